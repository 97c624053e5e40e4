package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemoryArbiterTest {
    @Test
    void aTaskAloneMayHaveAllButHalfOfTheOthersParts() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 4);
        arbiter.open(1);

        assertEquals(1000, arbiter.shareBytes());
        assertTrue(arbiter.acquire(1, 1000).isGranted());
        assertFalse(arbiter.acquire(1, 1).isGranted());
        assertEquals(100, arbiter.guaranteedBytes());
    }

    @Test
    void onTheOnlySlotATaskMayHaveAll() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 1);
        arbiter.open(1);

        assertEquals(1600, arbiter.shareBytes());
        assertTrue(arbiter.acquire(1, 1600).isGranted());
    }

    @Test
    void whoComesLaterHasHalfOfItsPartWhateverTheFirstHolds() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 4);
        arbiter.open(1);
        arbiter.acquire(1, 1000);
        for (int task = 2; task <= 4; task++) {
            arbiter.open(task);
            assertTrue(arbiter.acquire(task, 200).isGranted());
            assertFalse(arbiter.acquire(task, 1).isGranted());
        }
    }

    @Test
    void noneGetsMoreThanAnEqualPartWhileSeveralRun() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 2);
        arbiter.open(1);
        arbiter.open(2);

        assertFalse(arbiter.acquire(1, 801).isGranted());
        assertTrue(arbiter.acquire(1, 800).isGranted());
        assertTrue(arbiter.acquire(2, 800).isGranted());
    }

    @Test
    void storageMayTakeWhatWasOnlyKeptButNeverAGuarantee() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 4);
        arbiter.open(1);
        arbiter.acquire(1, 1000);

        assertTrue(arbiter.acquireStorage(300));
        assertFalse(arbiter.acquireStorage(1));
        arbiter.open(2);
        assertTrue(arbiter.acquire(2, 100).isGranted());
        assertFalse(arbiter.acquire(2, 1).isGranted());
    }

    @Test
    void withNTasksOnNSlotsEachHasFromHalfToAllOfItsEqualPartInAnyOrder() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int slots = 1 + random.nextInt(6);
            long pool = 10_000 + random.nextInt(1_000_000);
            MemoryArbiter arbiter = new MemoryArbiter(pool, slots);
            for (int task = 1; task <= slots; task++) {
                arbiter.open(task);
                // Uneven needs: some take all they get at once, some little by little.
                long step = 1 + random.nextLong(pool / 8);
                while (arbiter.acquire(task, step).isGranted()) {}
                if (random.nextInt(3) == 0) {
                    arbiter.release(task, random.nextLong(arbiter.held(task) + 1));
                }
            }
            for (int task = 1; task <= slots; task++) {
                while (arbiter.acquire(task, 1).isGranted()) {}
                assertTrue(arbiter.held(task) + 1 >= pool / slots / 2, "seed " + seed + ": less than half of its part");
            }
        }
    }

    @Test
    void executionEvictsStorageDownToItsHalfAndNoFurther() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 1);
        assertTrue(arbiter.acquireStorage(1200));
        assertFalse(arbiter.acquireStorage(1));
        arbiter.open(1);

        assertEquals(new MemoryArbiter.Grant(false, 300), arbiter.acquire(1, 700));
        assertEquals(1200, arbiter.storageBytes());
        arbiter.releaseStorage(300);
        assertTrue(arbiter.acquire(1, 700).isGranted());
        assertEquals(new MemoryArbiter.Grant(false, 100), arbiter.acquire(1, 100));
        arbiter.releaseStorage(100);
        assertTrue(arbiter.acquire(1, 100).isGranted());
        assertEquals(new MemoryArbiter.Grant(false, 0), arbiter.acquire(1, 1));
    }

    @Test
    void storageNeverTakesFromExecution() {
        MemoryArbiter arbiter = new MemoryArbiter(1600, 1);
        arbiter.open(1);
        assertTrue(arbiter.acquire(1, 1500).isGranted());

        assertTrue(arbiter.acquireStorage(100));
        assertFalse(arbiter.acquireStorage(1));
        assertEquals(1500, arbiter.held(1));
    }

    @Test
    void aTaskBeyondTheSlotsGetsItsGuaranteeWhenAnotherEnds() {
        MemoryArbiter arbiter = new MemoryArbiter(800, 2);
        arbiter.open(1);
        arbiter.open(2);
        arbiter.open(3);
        assertEquals(0, arbiter.guaranteedBytes(3));
        assertTrue(arbiter.acquire(3, 50).isGranted());

        arbiter.close(1);

        assertEquals(100, arbiter.guaranteedBytes(3));
        assertEquals(600, arbiter.freeBytes());
    }

    @Test
    void moreIsNotGivenBackThanWasHad() {
        MemoryArbiter arbiter = new MemoryArbiter(800, 2);
        arbiter.open(1);
        arbiter.acquire(1, 10);

        assertThrows(KindlingException.class, () -> arbiter.release(1, 11));
    }

    @Test
    void theInvariantHoldsOverAnyHistory() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int slots = 1 + random.nextInt(6);
            long pool = 1000 + random.nextInt(100_000);
            MemoryArbiter arbiter = new MemoryArbiter(pool, slots);
            List<Integer> open = new ArrayList<>();
            int lastTask = 0;
            for (int step = 0; step < 500; step++) {
                int what = random.nextInt(10);
                if (what == 0 && open.size() < slots + 1) {
                    arbiter.open(++lastTask);
                    open.add(lastTask);
                } else if (what == 1 && !open.isEmpty()) {
                    arbiter.close(open.remove(random.nextInt(open.size())));
                } else if (what < 6 && !open.isEmpty()) {
                    acquire(arbiter, open.get(random.nextInt(open.size())), random, pool);
                } else if (what < 8 && !open.isEmpty()) {
                    int task = open.get(random.nextInt(open.size()));
                    arbiter.release(task, random.nextLong(arbiter.held(task) + 1));
                } else if (what == 8) {
                    arbiter.acquireStorage(1 + random.nextLong(pool / 4));
                } else {
                    arbiter.releaseStorage(random.nextLong(arbiter.storageBytes() + 1));
                }
                check(arbiter, open, slots, pool);
            }
        }
    }

    private static void acquire(MemoryArbiter arbiter, int task, SplittableRandom random, long pool) {
        long held = arbiter.held(task);
        long bytes = 1 + random.nextLong(pool / 3);
        long storageBefore = arbiter.storageBytes();
        MemoryArbiter.Grant grant = arbiter.acquire(task, bytes);
        if (grant.evictBytes() > 0) {
            assertFalse(grant.isGranted(), "granted before storage was evicted");
            assertTrue(storageBefore - grant.evictBytes() >= pool / 2, "protected storage was evicted");
            arbiter.releaseStorage(grant.evictBytes());
            grant = arbiter.acquire(task, bytes);
            assertTrue(grant.isGranted(), "refused after storage was evicted");
        }
        assertTrue(grant.isGranted() || held + bytes > arbiter.guaranteedBytes(task), "the guarantee was refused");
        assertEquals(grant.isGranted() ? held + bytes : held, arbiter.held(task));
    }

    private static void check(MemoryArbiter arbiter, List<Integer> open, int slots, long pool) {
        long total = arbiter.storageBytes();
        long guaranteed = 0;
        for (int task : open) {
            total += Math.max(arbiter.held(task), arbiter.guaranteedBytes(task));
            guaranteed += arbiter.guaranteedBytes(task) > 0 ? 1 : 0;
        }
        total += (slots - guaranteed) * arbiter.guaranteedBytes();
        assertTrue(total <= pool, total + " of " + pool);
        assertEquals(pool - total, arbiter.freeBytes());
        assertEquals(Math.min(slots, open.size()), guaranteed);
        assertTrue(arbiter.storageBytes() >= 0);
    }
}
