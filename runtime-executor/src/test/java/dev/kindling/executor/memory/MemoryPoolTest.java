package dev.kindling.executor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {
    private static final long MIB = 1 << 20;

    @Test
    void theGuaranteeIsThereToTheLastByteInAnyHeap() {
        for (long pool : new long[] {300_000, 4 * MIB, 16 * MIB + 13, 900 * MIB}) {
            MemoryPool memory = new MemoryPool(pool, 3);
            List<AttemptMemory> attempts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                attempts.add(memory.openTask());
            }
            for (AttemptMemory attempt : attempts) {
                while (attempt.tryAcquire(1000)) {
                    assertTrue(attempt.held() <= pool);
                }
                assertTrue(
                        attempt.held() + 1000 > attempt.guaranteed(), attempt.held() + " of " + attempt.guaranteed());
            }
            attempts.forEach(AttemptMemory::close);
            AttemptMemory alone = memory.openTask();
            assertTrue(alone.tryAcquire(pool / 2), "all was given back");
        }
    }

    @Test
    void whatIsReleasedCanBeHadByOthers() {
        MemoryPool memory = new MemoryPool(64 * MIB, 2);
        AttemptMemory first = memory.openTask();
        assertTrue(first.tryAcquire(48 * MIB));
        AttemptMemory second = memory.openTask();
        assertFalse(second.tryAcquire(20 * MIB));

        first.release(38 * MIB);

        assertTrue(second.tryAcquire(20 * MIB));
        assertEquals(10 * MIB, first.held());
        assertEquals(48 * MIB, first.peak());
        assertThrows(KindlingException.class, () -> first.release(11 * MIB));
    }

    @Test
    void executionHasStorageEvicted() {
        MemoryPool memory = new MemoryPool(64 * MIB, 1);
        AtomicLong evicted = new AtomicLong();
        memory.evictWith(bytes -> {
            evicted.addAndGet(bytes);
            memory.releaseStorage(bytes);
            return bytes;
        });
        assertTrue(memory.tryAcquireStorage(48 * MIB));
        AttemptMemory attempt = memory.openTask();

        assertTrue(attempt.tryAcquire(24 * MIB));

        assertEquals(8 * MIB, evicted.get());
        assertFalse(attempt.tryAcquire(9 * MIB));
    }

    @Test
    void storageThatNobodyGivesUpIsNotLent() {
        MemoryPool memory = new MemoryPool(64 * MIB, 1);
        memory.evictWith(bytes -> 0);
        assertTrue(memory.tryAcquireStorage(48 * MIB));
        AttemptMemory attempt = memory.openTask();

        assertFalse(attempt.tryAcquire(24 * MIB));
        assertTrue(attempt.tryAcquire(16 * MIB));
    }
}
