package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Persisted sets on real executor processes: memory that does not suffice, processes that are killed. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CachingIT {
    private static final long ROWS = 400_000;
    private static final int PARTITIONS = 8;

    @TempDir
    Path scratch;

    private Leftovers leftovers;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
    }

    @AfterEach
    void nothingIsLeft() {
        leftovers.assertNone(scratch);
    }

    private KindlingContext cluster(String master, Blocks blocks) {
        KindlingContext kindling = new KindlingContext(
                master, "test", new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
        kindling.addListener(blocks);
        return kindling;
    }

    /** Where each block is now, as the events say. */
    private static final class Blocks implements KindlingListener {
        private final Map<String, Event.BlockUpdated> now = new ConcurrentHashMap<>();
        private final Set<String> movedToDisk = ConcurrentHashMap.newKeySet();
        private final Set<String> dropped = ConcurrentHashMap.newKeySet();

        @Override
        public void onEvent(Event event) {
            if (event instanceof Event.BlockUpdated e) {
                String copy = e.block() + " on " + e.executor();
                Event.BlockUpdated before = e.level().equals(StorageLevel.NONE) ? now.remove(copy) : now.put(copy, e);
                if (before != null && before.memory() > 0 && e.memory() == 0) {
                    (e.disk() > 0 ? movedToDisk : dropped).add(copy);
                }
            }
        }

        long copies() {
            return now.size();
        }

        long memoryBytes() {
            return now.values().stream().mapToLong(Event.BlockUpdated::memory).sum();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20); // within the test's own deadline
        }
    }

    private static PairRDD<Integer, Integer> pairs(KindlingContext kindling, LongAccumulator computed) {
        return kindling.range(0, ROWS, 1, PARTITIONS).mapToPair(n -> {
            computed.add(1L);
            return Tuple2.of((int) (n % 30_000), (int) (n * 7919 % 1_000_003));
        });
    }

    @Test
    void pairsOfIntsAreKeptPackedAndReadFromWhereTheyAreKept() throws Exception {
        Blocks blocks = new Blocks();
        try (KindlingContext kindling = cluster("local-cluster[2,1,128]", blocks)) {
            PairRDD<Integer, Integer> set =
                    pairs(kindling, kindling.longAccumulator("computed")).cache();
            long sum = set.map(pair -> (long) pair._2()).reduce(Long::sum);
            await(() -> blocks.copies() == PARTITIONS);

            double bytesPerRow = (double) blocks.memoryBytes() / ROWS;
            System.out.printf("(int, int) rows take %.2f bytes each in the cache%n", bytesPerRow);
            assertTrue(bytesPerRow <= 8, bytesPerRow + " bytes a row");
            assertEquals(sum, set.map(pair -> (long) pair._2()).reduce(Long::sum));

            set.unpersist(true);
            await(() -> blocks.copies() == 0);
        }
    }

    @Test
    void moreThanFitsIntoMemoryGoesToDiskOrIsComputedAgain() throws Exception {
        Blocks blocks = new Blocks();
        try (KindlingContext kindling = cluster("local-cluster[1,2,64]", blocks)) {
            RDD<String> texts = kindling.range(0, 300_000, 1, 16).map(n -> "a row of some length, number " + n * 31);
            RDD<String> onBoth = texts.persist(StorageLevel.MEMORY_AND_DISK);
            RDD<String> inMemory = texts.map(text -> text + ", and once more").cache();

            for (int turn = 0; turn < 3; turn++) {
                assertEquals(300_000, onBoth.count());
                assertEquals(300_000, inMemory.count());
            }
            await(() -> !blocks.movedToDisk.isEmpty());
            long distinct = inMemory.mapToPair(text -> Tuple2.of(text, 1))
                    .reduceByKey(Integer::sum, 4)
                    .count();

            assertEquals(300_000, distinct);
            assertTrue(blocks.memoryBytes() < 48 << 20, blocks.memoryBytes() + " bytes");
        }
    }

    @Test
    void killedHolderCostsTheComputationOfWhatItHeld() throws Exception {
        Blocks blocks = new Blocks();
        try (KindlingContext kindling = cluster("local-cluster[2,1,64]", blocks)) {
            LongAccumulator computed = kindling.longAccumulator("computed");
            RDD<Long> set = kindling.range(0, ROWS, 1, PARTITIONS)
                    .mapPartitions(rows -> {
                        computed.add(1L);
                        return rows;
                    })
                    .cache();
            long expected = set.reduce(Long::sum);
            await(() -> blocks.copies() == PARTITIONS);

            killOneExecutor(kindling);

            assertEquals(expected, set.reduce(Long::sum));
            await(() -> blocks.copies() == PARTITIONS);
            assertEquals(ROWS, set.count());
        }
    }

    @Test
    void secondCopySurvivesAKilledHolderWithoutComputingAgain() throws Exception {
        Blocks blocks = new Blocks();
        try (KindlingContext kindling = cluster("local-cluster[2,1,64]", blocks)) {
            RDD<Long> pids = kindling.range(0, PARTITIONS, 1, PARTITIONS)
                    .map(n -> ProcessHandle.current().pid() * 1_000 + n)
                    .persist(StorageLevel.MEMORY_AND_DISK_2);
            List<Long> computedBy = pids.collect();
            await(() -> blocks.copies() == 2 * PARTITIONS);

            killOneExecutor(kindling);

            // Computed again, a row would have another process in it.
            assertEquals(computedBy, pids.collect());
            await(() -> blocks.copies() == 2 * PARTITIONS);
            assertEquals(computedBy, pids.collect());
        }
    }

    @Test
    void blocksOfAnotherExecutorAreFetchedWhenItsSlotsAreTaken() throws Exception {
        Blocks blocks = new Blocks();
        try (KindlingContext kindling = cluster("local-cluster[2,1,64]", blocks)) {
            RDD<Long> set = kindling.range(0, ROWS, 1, 2).persist(StorageLevel.DISK_ONLY);
            long sum = set.reduce(Long::sum);
            await(() -> blocks.copies() == 2);

            TreeMap<Integer, Long> sums = new TreeMap<>();
            for (int turn = 0; turn < 3; turn++) {
                // One task reads both partitions: one of them is not its executor's.
                sums.put(turn, set.coalesce(1).reduce(Long::sum));
            }

            assertEquals(Set.of(sum), Set.copyOf(sums.values()));
        }
    }

    private static void killOneExecutor(KindlingContext kindling) {
        long pid = kindling.range(0, 1, 1, 1)
                .map(n -> ProcessHandle.current().pid())
                .first();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }
}
