package dev.kindling.executor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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

    @Test
    void tasksOfUnevenNeedsNeitherWaitNorStarveAndAllIsGivenBack() throws Exception {
        int slots = 4;
        MemoryPool memory = new MemoryPool(16 * MIB, slots);
        ExecutorService threads = Executors.newFixedThreadPool(slots);
        try {
            List<Future<Long>> tasks = new ArrayList<>();
            for (int task = 0; task < 40; task++) {
                int need = 1 + task % 8;
                long seed = task;
                tasks.add(threads.submit(() -> work(memory, need * MIB / 2, new SplittableRandom(seed))));
            }
            for (Future<Long> task : tasks) {
                assertTrue(task.get(60, TimeUnit.SECONDS) > 0);
            }
        } finally {
            threads.shutdownNow();
        }
        assertTrue(memory.tryAcquireStorage(12 * MIB), "all was given back but what is never lent");
    }

    /** Takes up to {@code need}, gives back and takes again; what is guaranteed is never refused. */
    private static long work(MemoryPool memory, long need, SplittableRandom random) {
        long granted = 0;
        try (AttemptMemory attempt = memory.openTask()) {
            for (int step = 0; step < 2_000; step++) {
                long bytes = 1 + random.nextLong(need / 4);
                boolean isGuaranteed = attempt.held() + bytes <= attempt.guaranteed();
                boolean isGranted = attempt.held() + bytes <= need && attempt.tryAcquire(bytes);
                assertTrue(isGranted || !isGuaranteed || attempt.held() + bytes > need, "a guarantee was refused");
                granted += isGranted ? 1 : 0;
                if (!isGranted || random.nextInt(4) == 0) {
                    attempt.release(random.nextLong(attempt.held() + 1));
                }
            }
        }
        return granted;
    }
}
