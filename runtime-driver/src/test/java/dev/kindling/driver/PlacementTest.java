package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.RangePartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.testkit.KindlingExtension;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Where rows lie, what that saves, how much is computed for what is wanted, and what is refused. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(KindlingExtension.class)
class PlacementTest {
    private static final List<Integer> NUMBERS =
            IntStream.range(0, 1_000).map(n -> n * 7 % 1_000).boxed().toList();
    private static final HashPartitioner BY_3 = new HashPartitioner(3);

    /** How many rows functions have seen; executors are threads of this JVM. */
    private static final AtomicLong SEEN = new AtomicLong();

    @BeforeEach
    void nothingIsSeen() {
        SEEN.set(0);
    }

    private static PairRDD<Integer, Integer> pairs(KindlingContext kindling) {
        return kindling.parallelize(NUMBERS, 4).mapToPair(n -> Tuple2.of(n, n));
    }

    private static <K, V> PairRDD<K, V> counting(PairRDD<K, V> rdd) {
        return rdd.mapValues(value -> {
            SEEN.incrementAndGet();
            return value;
        });
    }

    /** One for each shuffle, and one for the action. */
    private static int stages(RDD<?> rdd) {
        return rdd.lineage().stages().size();
    }

    // ---- placed alike
    // -------------------------------------------------------------------------------------------------

    @Test
    void whatIsPlacedAlikeIsNotShuffledAgain(KindlingContext kindling) {
        PairRDD<Integer, Integer> left = pairs(kindling).partitionBy(BY_3);
        PairRDD<Integer, Integer> right = pairs(kindling).reduceByKey(new HashPartitioner(3), Integer::sum);

        assertEquals(2, stages(left));
        assertEquals(3, stages(left.join(right)));
        assertEquals(3, stages(left.cogroup(right, left.mapValues(v -> v + 1))));
        assertEquals(3, stages(left.subtractByKey(right)));
        assertEquals(2, stages(left.groupByKey()));
        assertEquals(2, stages(left.sampleByKey(false, Map.of(1, 1.0)).reduceByKey(Integer::sum)));
        assertEquals(3, stages(left.union(right).reduceByKey(Integer::sum)));
        assertEquals(2, stages(left.filterByRange(3, 9).groupByKey()));
        assertEquals(2, stages(left.repartitionAndSortWithinPartitions(new HashPartitioner(3))));
        assertEquals(3, stages(left.repartitionAndSortWithinPartitions(new HashPartitioner(4))));
    }

    @Test
    void onlyTheSideThatLiesElsewhereIsShuffled(KindlingContext kindling) {
        PairRDD<Integer, Integer> placed = pairs(kindling).partitionBy(BY_3);

        assertEquals(3, stages(placed.join(pairs(kindling))));
        assertEquals(4, stages(placed.join(pairs(kindling).partitionBy(new HashPartitioner(5)), BY_3)));
        assertEquals(BY_3, placed.leftOuterJoin(pairs(kindling)).partitioner().orElseThrow());
    }

    private static final class ByParity extends Partitioner {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public int numPartitions() {
            return 2;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key % 2;
        }
    }

    @Test
    void thePlanSaysWhyRowsPlacedBeforeAreMoved(KindlingContext kindling) {
        PairRDD<Integer, Integer> own = pairs(kindling).partitionBy(new ByParity());

        assertTrue(
                own.groupByKey(new ByParity())
                        .toDebugString()
                        .contains("ByParity has no equals, so nobody can know that both place keys alike"),
                own.groupByKey(new ByParity()).toDebugString());
        assertTrue(pairs(kindling)
                .partitionBy(BY_3)
                .groupByKey(4)
                .toDebugString()
                .contains("not equal to HashPartitioner(4): 3 partitions are not 4"));
        assertTrue(!pairs(kindling).partitionBy(BY_3).toDebugString().contains("not equal"));
    }

    // ---- ranges
    // -------------------------------------------------------------------------------------------------------

    @Test
    void partitionsOutsideOfTheRangeAreNotComputed(KindlingContext kindling) {
        PairRDD<Integer, Integer> sorted = counting(pairs(kindling).sortByKey(true, 10));

        assertEquals(
                IntStream.rangeClosed(210, 219).boxed().toList(),
                sorted.filterByRange(210, 219).keys().collect());

        assertTrue(SEEN.get() >= 10 && SEEN.get() < 400, SEEN + " of 1000 rows computed for 10");
        SEEN.set(0);
        RangePartitioner<Integer> by = RangePartitioner.of(10, pairs(kindling), Comparator.naturalOrder());
        assertEquals(
                10,
                counting(pairs(kindling).partitionBy(by))
                        .filterByRange(210, 219)
                        .count());
        assertTrue(SEEN.get() >= 10 && SEEN.get() < 400, SEEN + " of 1000 rows computed for 10");
    }

    @Test
    void aRangeInAnotherOrderReadsEverything(KindlingContext kindling) {
        PairRDD<Integer, Integer> byDigits = counting(
                pairs(kindling).sortByKey((a, b) -> Integer.toString(a).compareTo(Integer.toString(b)), true, 10));

        assertEquals(10, byDigits.filterByRange(210, 219).count());

        assertEquals(1_000, SEEN.get());
    }

    @Test
    void oneKeyOfARangedSetIsLookedUpInItsPartition(KindlingContext kindling) {
        PairRDD<Integer, Integer> ranged =
                pairs(kindling).partitionBy(RangePartitioner.of(10, pairs(kindling), Comparator.naturalOrder()));

        assertEquals(List.of(77), counting(ranged).lookup(77));

        assertTrue(SEEN.get() < 400, SEEN + " of 1000 rows computed for one key");
    }

    // ---- no more than is wanted
    // ---------------------------------------------------------------------------------------

    @Test
    void whatIsTakenDecidesWhatIsComputed(KindlingContext kindling) {
        RDD<Long> endless = kindling.range(0, Long.MAX_VALUE, 1, 2).map(n -> {
            SEEN.incrementAndGet();
            return n;
        });

        assertEquals(
                List.of(Tuple2.of(0L, 0L), Tuple2.of(1L, 1L)),
                endless.zip(kindling.range(0, Long.MAX_VALUE, 1, 2)).take(2));
        assertEquals(2, SEEN.getAndSet(0));
        assertEquals(List.of(0L, 1L, 2L), endless.mapPartitions(rows -> rows).take(3));
        assertEquals(3, SEEN.getAndSet(0));
        assertEquals(
                List.of(Tuple2.of(0L, 0L)),
                endless.cartesian(kindling.range(0, 1_000_000, 1, 1)).take(1));
        assertEquals(1, SEEN.get());
    }

    @Test
    void aSampleOfAFewReadsNothingBehindTheLastOfThem(KindlingContext kindling) {
        PairRDD<Integer, Integer> rows = counting(pairs(kindling));

        assertEquals(1, rows.takeSample(false, 1, 3).size());

        assertTrue(SEEN.get() <= 1_250, SEEN + " rows: all once for the count, and one partition again");
    }

    @Test
    void aSortOverZippedFilesIsSampledFromWholeFiles(KindlingContext kindling, @TempDir Path directory)
            throws Exception {
        // Large enough for a sort of one file to sample pieces of it; pieces of two files do not fit together.
        Path left = directory.resolve("left");
        Path right = directory.resolve("right");
        List<String> lines = IntStream.range(0, 60_000)
                .mapToObj(n -> String.format("%08d", n * 7919 % 60_000) + "-".repeat(n % 90 + 45))
                .toList();
        Files.write(left, lines);
        Files.write(right, lines.stream().map(line -> line.substring(0, 8)).toList());

        PairRDD<String, String> zipped =
                kindling.textFile(left.toString(), 1).zip(kindling.textFile(right.toString(), 1));

        assertEquals(
                "00000000",
                zipped.mapToPair(Tuple2::swap).sortByKey(true, 4).first()._1());
    }

    @Test
    void aSampleCountsEveryRowOnceForAccumulators(KindlingContext kindling) {
        LongAccumulator seen = kindling.longAccumulator("seen");

        kindling.parallelize(NUMBERS, 4)
                .map(n -> {
                    seen.add(1);
                    return n;
                })
                .takeSample(false, 100);

        assertEquals(1_000, seen.value());
    }

    // ---- sets without partitions
    // ------------------------------------------------------------------------------------------

    @Test
    void aSetWithoutPartitionsIsLikeAnyEmptyOne(KindlingContext kindling) {
        RDD<Integer> none = kindling.emptyRDD();

        assertEquals(7, none.treeAggregate(7, Integer::sum, Integer::sum, 2, true));
        assertEquals(7, none.treeAggregate(7, Integer::sum, Integer::sum));
        assertEquals(0, none.countApproxDistinct(0.1));
        assertEquals(List.of(), none.takeSample(true, 3));
        assertEquals(List.of(), none.zip(none).collect());
        assertEquals(List.of(), none.cartesian(kindling.of(1, 2)).collect());
        assertEquals(List.of(), none.pipe("cat").collect());
        assertEquals(0, none.randomSplit(new double[] {1, 1})[0].count());
        assertEquals(List.of(), none.keyBy(n -> n).filterByRange(1, 2).collect());
    }

    // ---- what is refused
    // ------------------------------------------------------------------------------------------------

    private static void refused(String why, Executable call) {
        KindlingException refused = assertThrows(KindlingException.class, call);
        assertEquals(ErrorCode.BAD_ARGUMENT, refused.code());
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
        assertTrue(refused.getMessage().contains(" at PlacementTest.java:"), refused.getMessage());
    }

    @Test
    void badArgumentsAreRefusedWhereTheyAreGiven(KindlingContext kindling) {
        RDD<Integer> rdd = kindling.parallelize(NUMBERS, 4);

        refused("partitions, the other one 3", () -> rdd.zip(rdd.coalesce(3)));
        refused("a weight is -1.0", () -> rdd.randomSplit(new double[] {1, -1}));
        refused("the weights add up to nothing", () -> rdd.randomSplit(new double[] {0, 0}));
        refused("the fraction is 1.5", () -> pairs(kindling).sampleByKey(false, Map.of(1, 1.5)));
        refused("-1 rows; give at least 0", () -> rdd.takeSample(false, -1));
        refused("the relative error is 0.0", () -> rdd.countApproxDistinct(0));
        refused("there is no partition 4", () -> rdd.iterator(() -> 4, null));
        refused("the command is empty", () -> rdd.pipe(List.of()));
        refused("cannot compress with java.lang.String", () -> rdd.saveAsTextFile("/tmp/never", String.class));
        refused("0 bytes a record", () -> kindling.binaryRecords("/tmp", 0));
    }

    @Test
    void partitionsOfUnequalLengthsAreNotZipped(KindlingContext kindling) {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> kindling.parallelize(NUMBERS, 4)
                        .zip(kindling.parallelize(NUMBERS, 4).filter(n -> n != 999))
                        .count());

        assertEquals(ErrorCode.USER_CODE_FAILED, failed.code());
        assertTrue(failed.getMessage().contains("zip needs as many rows in each partition"), failed.getMessage());
    }

    @Test
    void aKeyWithoutAFractionFailsTheJobAndIsNotNamed(KindlingContext kindling) {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> pairs(kindling).sampleByKey(false, Map.of(1, 0.5, 2, 0.5)).count());

        assertTrue(failed.getMessage().contains("a key that has none of the 2 fractions"), failed.getMessage());
    }
}
