package dev.kindling.driver.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Lineage;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.lineage.LineageForms;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a program sees of its plans before they run. */
class LineageTest {
    private final RecordedJobs jobs = new RecordedJobs();

    private RDD<Integer> numbers(int partitions) {
        return jobs.session.parallelize(List.of(0, 1, 2, 3, 4, 5, 6, 7), partitions);
    }

    private PairRDD<Integer, Integer> pairs(int partitions) {
        return numbers(partitions).mapToPair(n -> Tuple2.of(n % 3, n));
    }

    private static String here(String text) {
        return text.replaceAll("LineageTest.java:\\d+", "HERE");
    }

    private static String textOf(RDD<?> set) {
        LineageForms.check(set.lineage());
        return here(set.lineage().toText());
    }

    private static List<String> notesOf(RDD<?> set) {
        return textOf(set)
                .lines()
                .filter(line -> line.startsWith("    note: "))
                .map(line -> line.substring(10))
                .toList();
    }

    private static List<Boolean> skipped(RDD<?> set) {
        return set.lineage().stages().stream().map(Lineage.Stage::skipped).toList();
    }

    /** A partitioner like those that programs write: without equals. */
    private static final class EvenOdd extends Partitioner {
        private static final long serialVersionUID = 1L;
        private final int partitions;

        EvenOdd(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key % 2;
        }

        @Override
        public String toString() {
            throw new IllegalStateException("nobody's business");
        }
    }

    // ---- stages
    // -------------------------------------------------------------------------------------------------------

    @Test
    void stagesAreKnownBeforeAnythingRuns() {
        PairRDD<Integer, Long> sizes = pairs(4).groupByKey(3).mapValues(Groups::size);

        assertEquals("""
                stage 0: 4 tasks
                    parallelize at HERE
                    mapToPair at HERE
                    -> 3 partitions by HashPartitioner(3), grouped
                stage 1: 3 tasks as named, reads stage 0
                    groupByKey at HERE
                    mapValues at HERE
                """, textOf(sizes));
        assertTrue(jobs.graphs.isEmpty());
    }

    @Test
    void setsOfOneCallAreOneLineAndCallsOfOneLineAreTwo() {
        PairRDD<Integer, Integer> left = pairs(2);
        PairRDD<Integer, Integer> right = pairs(2).mapValues(n -> n + 1).mapValues(n -> n + 1);

        assertEquals("""
                stage 0: 2 tasks
                    parallelize at HERE
                    mapToPair at HERE
                    -> 2 partitions by HashPartitioner(2)
                stage 1: 2 tasks
                    parallelize at HERE
                    mapToPair at HERE
                    mapValues at HERE
                    mapValues at HERE
                    -> 2 partitions by HashPartitioner(2)
                stage 2: 2 tasks, small ones together, reads stages 0, 1
                    join at HERE
                """, textOf(left.join(right)));
    }

    @Test
    void stagesSayWhetherTheirSmallTasksRunTogether() {
        String free = pairs(2).groupByKey().lineage().toJson();
        String named = pairs(2).groupByKey(3).lineage().toJson();
        String besides =
                pairs(2).reduceByKey(Integer::sum).union(pairs(2)).lineage().toJson();

        assertTrue(free.contains("\"tasks\":2,\"together\":\"small_ones\""), free);
        assertTrue(named.contains("\"tasks\":3,\"together\":\"number_named\""), named);
        assertTrue(besides.contains("\"tasks\":4,\"together\":\"input_besides\""), besides);
        assertTrue(besides.contains("\"tasks\":2,\"together\":\"not_after_a_shuffle\""), besides);
    }

    @Test
    void stepsNameTheSetsTheyAreMadeOf() {
        List<Lineage.Stage> stages = pairs(4).groupByKey(3).lineage().stages();

        assertEquals(
                List.of(List.of(), List.of(0)),
                stages.get(0).steps().stream().map(Lineage.Step::parents).toList());
        assertEquals(
                List.of(List.of(1)),
                stages.get(1).steps().stream().map(Lineage.Step::parents).toList());
    }

    @Test
    void whatAJobHasMadeIsSkippedAndSaysByWhich() {
        PairRDD<Integer, Integer> sums =
                pairs(4).groupByKey().mapValues(g -> 1).mapToPair(t -> t.swap()).reduceByKey(Integer::sum);
        assertEquals(List.of(false, false, false), skipped(sums));

        sums.count();
        sums.count();

        assertEquals(List.of(true, true, false), skipped(sums));
        assertTrue(textOf(sums).contains("stage 0: 4 tasks, skipped: job 0 has made its output\\n".translateEscapes()));
        assertTrue(textOf(sums)
                .contains("stage 1: 4 tasks, small ones together, reads stage 0, skipped: job 0 has made its output"));
    }

    @Test
    void whatOnlySkippedStagesReadIsSkippedToo() {
        PairRDD<Integer, Integer> counts = pairs(4).reduceByKey(Integer::sum, 3);
        PairRDD<Integer, Iterable<Integer>> groups =
                counts.mapToPair(t -> t.swap()).groupByKey(2);
        groups.count();
        jobs.planner.forgetShuffle(0);

        assertTrue(textOf(groups).contains("stage 0: 4 tasks, skipped: only skipped stages read it"), textOf(groups));
    }

    @Test
    void namesAndStorageLevelsAreShown() {
        PairRDD<Integer, Integer> sums = pairs(2).reduceByKey(Integer::sum, 3);
        sums.setName("sums");
        sums.cache();
        RDD<Integer> values = sums.values().persist(StorageLevel.DISK_ONLY_2);

        assertEquals("""
                stage 0: 2 tasks
                    parallelize at HERE
                    mapToPair at HERE
                    -> 3 partitions by HashPartitioner(3), combined before and after
                stage 1: 3 tasks as named, reads stage 0
                    sums: reduceByKey at HERE, cached MEMORY_ONLY
                    values at HERE, cached DISK_ONLY_2
                """, textOf(values));
        assertTrue(values.lineage().stages().get(1).steps().stream().allMatch(Lineage.Step::cached));
        sums.unpersist();
        sums.setName(null);
        assertTrue(textOf(values).contains("    reduceByKey at HERE\n"));
    }

    // ---- why a shuffle is there
    // ---------------------------------------------------------------------------------------

    @Test
    void aJoinOfSetsThatArePlacedAlikeHasNothingToExplain() {
        PairRDD<Integer, Integer> left = pairs(2).reduceByKey(Integer::sum, 4);
        PairRDD<Integer, Integer> right = pairs(3).reduceByKey(Integer::sum, 4);

        assertEquals(3, left.join(right).lineage().stages().size());
        assertEquals(List.of(), notesOf(left.join(right)));
        assertEquals(List.of(), notesOf(pairs(2).join(pairs(2))));
        assertEquals(List.of(), notesOf(pairs(2).sortByKey().distinct().groupBy(t -> t._1())));
    }

    @Test
    void twoObjectsOfAPartitionerWithoutEqualsAreSaidToBeUnequal() {
        PairRDD<Integer, Integer> left = pairs(2).partitionBy(new EvenOdd(4));
        PairRDD<Integer, Integer> right = pairs(2).partitionBy(new EvenOdd(4));

        assertEquals(
                List.of("join at HERE shuffles the right side: placed by EvenOdd(4) before, which is not equal to"
                        + " EvenOdd(4): EvenOdd has no equals, so nobody can know that both place keys alike"),
                notesOf(left.join(right)));
        Partitioner one = new EvenOdd(4);
        assertEquals(List.of(), notesOf(pairs(2).partitionBy(one).join(pairs(2).partitionBy(one))));
    }

    @Test
    void aJoinSaysWhichSideMovesAndWhy() {
        PairRDD<Integer, Integer> placed = pairs(2).reduceByKey(Integer::sum, 8);

        assertEquals(
                List.of("join at HERE shuffles the right side: it is not partitioned; the left side is, by"
                        + " HashPartitioner(8), and stays where it is"),
                notesOf(placed.join(pairs(2))));
        assertEquals(
                List.of("join at HERE shuffles the left side: placed by HashPartitioner(8) before, which is not equal"
                        + " to HashPartitioner(2): 8 partitions are not 2"),
                notesOf(placed.join(pairs(2), 2)));
        assertEquals(
                List.of(
                        "cogroup at HERE shuffles set 2 of 3: placed by EvenOdd(2) before, which is not equal to"
                                + " HashPartitioner(8)",
                        "cogroup at HERE shuffles set 3 of 3: it is not partitioned; set 1 of 3 is, by"
                                + " HashPartitioner(8), and stays where it is"),
                notesOf(placed.cogroup(pairs(2).partitionBy(new EvenOdd(2)), pairs(2))));
    }

    @Test
    void aCallThatMayHaveChangedTheKeysIsNamed() {
        PairRDD<Integer, Integer> placed = pairs(2).reduceByKey(Integer::sum, 8);

        assertEquals(
                List.of(
                        "reduceByKey at HERE shuffles: its rows were placed by HashPartitioner(8) until mapToPair at HERE,"
                                + " which may have changed the keys; mapValues and flatMapValues keep them, and so do"
                                + " mapPartitions and its kin when told so"),
                notesOf(placed.mapToPair(t -> Tuple2.of(t._1(), 1)).reduceByKey(Integer::sum, 8)));
        assertEquals(List.of(), notesOf(placed.mapValues(n -> n + 1).reduceByKey(Integer::sum, 8)));
        assertEquals(List.of(), notesOf(placed.mapToPair(t -> t).reduceByKey(new HashPartitioner(3), Integer::sum)));
        assertEquals(
                List.of("groupByKey at HERE shuffles: placed by HashPartitioner(8) before, which is not equal to"
                        + " HashPartitioner(4): 8 partitions are not 4"),
                notesOf(placed.groupByKey(4)));
    }

    // ---- as a tree
    // ----------------------------------------------------------------------------------------------------

    @Test
    void theDebugTextIndentsAtShuffles() {
        PairRDD<Integer, Iterable<Integer>> groups = pairs(4).groupByKey(3);
        groups.setName("groups\n1");
        groups.cache();

        String text = groups.mapValues(Groups::size).toDebugString();

        assertEquals("""
                (3) mapValues at HERE [3] Rows
                |  groups 1: groupByKey at HERE [2] Shuffle by HashPartitioner(3), cached MEMORY_ONLY
                 +-(4) mapToPair at HERE [1] Rows
                    |  parallelize at HERE [0] Slices
                """, here(text), text);
    }

    @Test
    void aSetUsedOftenIsToldOnce() {
        RDD<Integer> set = numbers(1);
        for (int i = 0; i < 40; i++) {
            set = set.zip(set).map(t -> t._1());
        }

        List<String> lines = set.toDebugString().lines().toList();

        // Each zip, each map, each second mention, and the one leaf.
        assertEquals(3 * 40 + 1, lines.size());
        assertTrue(lines.get(120).endsWith(", as above"), lines.get(120));
    }

    @Test
    void aPlanOfTenThousandSetsIsTold() {
        RDD<Integer> set = numbers(1);
        for (int i = 0; i < 5_000; i++) {
            set = set.map(n -> n + 1);
        }
        PairRDD<Integer, Integer> shuffled = set.mapToPair(n -> Tuple2.of(n, n));
        for (int i = 0; i < 200; i++) {
            shuffled = shuffled.reduceByKey(new EvenOdd(1), Integer::sum);
        }

        assertEquals(5_202, shuffled.toDebugString().lines().count());
        assertEquals(201, shuffled.lineage().stages().size());
        LineageForms.check(shuffled.lineage());
    }

    // ---- any plan
    // -----------------------------------------------------------------------------------------------------

    @Test
    void everyFormOfAnyPlanIsWellFormed() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            List<PairRDD<Integer, Integer>> sets = new ArrayList<>(List.of(pairs(1 + random.nextInt(3))));
            for (int i = 0; i < 10; i++) {
                PairRDD<Integer, Integer> any = sets.get(random.nextInt(sets.size()));
                PairRDD<Integer, Integer> made = grown(any, sets.get(random.nextInt(sets.size())), random);
                if (random.nextInt(4) == 0) {
                    made.setName("<b>&\"" + i);
                }
                if (random.nextInt(5) == 0) {
                    made.cache();
                }
                if (random.nextInt(6) == 0) {
                    made.foreachPartition(rows -> {});
                }
                sets.add(made);
            }
            for (PairRDD<Integer, Integer> set : sets.subList(6, sets.size())) {
                LineageForms.check(set.lineage());
                assertFalse(set.toDebugString().isEmpty());
            }
        }
    }

    private PairRDD<Integer, Integer> grown(
            PairRDD<Integer, Integer> set, PairRDD<Integer, Integer> other, Random random) {
        int n = 1 + random.nextInt(4);
        return switch (random.nextInt(9)) {
            case 0 -> set.mapValues(v -> v + 1);
            case 1 -> set.mapToPair(t -> t.swap());
            case 2 -> set.reduceByKey(Integer::sum, n);
            case 3 -> set.groupByKey(n).mapValues(group -> 1);
            case 4 -> set.join(other).mapValues(t -> t._1());
            case 5 -> set.union(other);
            case 6 -> set.partitionBy(new EvenOdd(n));
            case 7 -> set.coalesce(n);
            default -> set.cogroup(other, n).mapValues(t -> 1);
        };
    }
}
