package dev.kindling.executor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.MemoryMap;
import dev.kindling.executor.core.MemoryArbiter;
import org.junit.jupiter.api.Test;

class MemoryMapTest {
    private static final long MIB = 1 << 20;

    @Test
    void smallHeapKeepsTwoThirdsForPagesAndALargeOneSixtyPercentForTheYoung() {
        assertEquals(21, MemoryMap.youngMb(64));
        assertEquals(307, MemoryMap.youngMb(512));
        assertEquals(2457, MemoryMap.youngMb(4096));
        assertTrue(MemoryMap.youngMb(256) > 64 && MemoryMap.youngMb(256) < 154);
    }

    @Test
    void partsAreThoseThatTheLauncherAndTheArbiterGoBy() {
        for (int tasks = 1; tasks <= 5; tasks++) {
            MemoryMap map = MemoryMap.ofProcess(512 * MIB, tasks);
            MemoryArbiter arbiter = new MemoryArbiter(map.pageBytes(), tasks);
            arbiter.open(1);

            assertEquals((512 - MemoryMap.youngMb(512)) * MIB / 2, map.pageBytes());
            assertEquals(arbiter.guaranteedBytes(), map.guaranteedForTask());
            assertEquals(arbiter.shareBytes(), map.mostForTask());
            assertTrue(arbiter.acquireStorage(map.mostForBlocks()));
            assertFalse(arbiter.acquireStorage(1));
        }
    }

    @Test
    void tasksPushOutCachedBlocksDownToWhatTheseKeep() {
        MemoryMap map = MemoryMap.ofProcess(512 * MIB, 1);
        MemoryArbiter arbiter = new MemoryArbiter(map.pageBytes(), 1);
        arbiter.open(1);
        arbiter.acquireStorage(map.mostForBlocks());

        MemoryArbiter.Grant grant = arbiter.acquire(1, arbiter.shareBytes());

        assertEquals(map.keptForBlocks(), map.mostForBlocks() - grant.evictBytes());
    }
}
