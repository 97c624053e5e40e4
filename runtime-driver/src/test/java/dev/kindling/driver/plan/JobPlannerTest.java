package dev.kindling.driver.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.core.JobGraph.StageSpec;
import dev.kindling.plan.LeafInput;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.StageBody;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.SplitCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobPlannerTest {
    private final RecordedJobs jobs = new RecordedJobs();

    private RDD<Integer> numbers(int partitions) {
        return jobs.session.parallelize(List.of(0, 1, 2, 3, 4, 5, 6, 7), partitions);
    }

    private PairRDD<Integer, Integer> pairs(int partitions) {
        return numbers(partitions).mapToPair(n -> Tuple2.of(n % 3, n));
    }

    private static List<Integer> ids(JobGraph graph) {
        return graph.stages().stream().map(StageSpec::stageId).toList();
    }

    @SuppressWarnings("unchecked")
    private List<Object> slice(LeafInput input) {
        return (List<Object>)
                ResultCodec.decode(((LeafInput.Bytes) input).bytes(), getClass().getClassLoader());
    }

    // ---- cutting
    // ------------------------------------------------------------------------------------------------------

    @Test
    void narrowStepsShareOneStage() {
        numbers(4)
                .map(n -> n + 1)
                .filter(n -> n > 2)
                .mapToPair(n -> Tuple2.of(n, n))
                .mapValues(n -> n)
                .collect();

        JobGraph graph = jobs.lastGraph();
        assertEquals(1, graph.stages().size());
        assertFalse(graph.resultStage().isMapStage());
        assertEquals(4, graph.resultStage().partitionCount());
        assertEquals(List.of(0, 1, 2, 3), graph.resultPartitions());
    }

    @Test
    void aStageNamesTheCallsOfTheProgramThatItComputes() {
        RDD<Integer> kept = numbers(4).map(n -> n + 1).cache();
        kept.filter(n -> n > 2)
                .mapToPair(n -> Tuple2.of(n, n))
                .groupByKey(3)
                .mapValues(Groups::size)
                .collect();

        List<List<String>> operations = jobs.lastGraph().stages().stream()
                .map(stage -> stage.calls().stream()
                        .map(call -> call.replaceAll(" at \\w+.java:\\d+", ""))
                        .toList())
                .toList();

        assertEquals(
                List.of(
                        List.of("parallelize", "map, cached", "filter", "mapToPair"),
                        List.of("groupByKey", "mapValues")),
                operations);
    }

    @Test
    void ofALoopsManyCallsTheFirstAndTheLastAreNamed() {
        RDD<Integer> rows = numbers(1);
        for (int round = 0; round < 100; round++) {
            int added = round;
            rows = rows.map(n -> n + added);
        }
        rows.filter(n -> n > 2).collect();

        List<String> calls = jobs.lastGraph().resultStage().calls();

        assertEquals(41, calls.size());
        assertTrue(calls.get(0).startsWith("parallelize at "), calls.get(0));
        assertEquals("... 62 more calls", calls.get(20));
        assertTrue(calls.get(40).startsWith("filter at "), calls.get(40));
    }

    @Test
    void aShuffleCutsThePlanAndIsReadInItsPlace() {
        pairs(4).groupByKey(3).mapValues(Groups::size).collect();

        JobGraph graph = jobs.lastGraph();
        StageSpec map = graph.stages().get(0);
        StageSpec result = graph.resultStage();
        assertEquals(2, graph.stages().size());
        assertEquals(4, map.partitionCount());
        assertEquals(3, map.reducePartitions());
        assertEquals(List.of(map.shuffleId()), result.readsShuffles());
        assertTrue(map.name().startsWith("mapToPair at JobPlannerTest.java:"), map.name());
        PlanNode.Rows rows =
                assertInstanceOf(PlanNode.Rows.class, jobs.bodyOf(result).root());
        PlanNode.ShuffleRead read = assertInstanceOf(PlanNode.ShuffleRead.class, rows.parent());
        StageBody.Sink.MapOutput sink = assertInstanceOf(
                StageBody.Sink.MapOutput.class, jobs.bodyOf(map).sink());
        assertEquals(sink.bucketsPerPartition(), read.bucketsPerPartition());
        assertEquals(sink.shuffleId(), read.shuffleId());
    }

    /** Neither function is large by itself; together they are, and the larger one is named. */
    @Test
    void largeProgramNamesTheVariableThatMakesMostOfIt() {
        byte[] table = new byte[600 << 10];
        byte[] other = new byte[500 << 10];
        numbers(2).map(n -> n + table.length).map(n -> n + other.length).collect();
        StageBody body = jobs.bodyOf(jobs.lastGraph().resultStage());

        String warning = JobPlanner.largeProgram(body, 1_100 << 10);

        assertTrue(
                warning.matches(
                        "map at JobPlannerTest.java:\\d+: the program of this stage is 1100 KiB large, most of it"
                                + " .*\\(byte\\[], 600 KiB\\); every executor receives it once a stage. Broadcast it, or"
                                + " capture less"),
                warning);
    }

    @Test
    void everyJobCarriesTheSameMapStage() {
        PairRDD<Integer, Iterable<Integer>> groups = pairs(2).groupByKey();
        groups.count();
        JobGraph first = jobs.lastGraph();
        groups.mapValues(Groups::size).collect();
        JobGraph second = jobs.lastGraph();

        assertSame(first.stages().get(0), second.stages().get(0));
        assertNotEquals(first.resultStage().stageId(), second.resultStage().stageId());
        assertNotEquals(first.jobId(), second.jobId());
    }

    @Test
    void aShuffleReachedByTwoWaysIsWrittenOnce() {
        PairRDD<Integer, Integer> sums = pairs(2).reduceByKey(Integer::sum);

        sums.mapValues(n -> n + 1).join(sums).collect();

        assertEquals(2, jobs.lastGraph().stages().size());
    }

    @Test
    void aUnionOfSetsPlacedAlikeStaysPlacedAndIsGroupedWithoutAnotherShuffle() {
        HashPartitioner three = new HashPartitioner(3);
        PairRDD<Integer, Integer> union = pairs(2).partitionBy(three)
                .union(pairs(4).partitionBy(three))
                .union(jobs.session.parallelizePairs(List.of(), 0))
                .union(pairs(3).partitionBy(three));

        assertEquals(3, union.getNumPartitions());
        assertEquals(Optional.of(three), union.partitioner());
        union.groupByKey().collect();
        assertEquals(4, jobs.lastGraph().stages().size());
        assertEquals(3, jobs.lastGraph().resultStage().readsShuffles().size());
        assertEquals(11, pairs(2).partitionBy(three).union(pairs(8)).getNumPartitions());
    }

    @Test
    void aProductReadsOnePartitionOfEachSide() {
        numbers(2).cartesian(numbers(4)).collect();

        List<LeafInput> read = jobs.lastGraph().resultStage().inputs().of(6);
        assertEquals(8, jobs.lastGraph().resultStage().partitionCount());
        assertEquals(List.of(1, 2), read.stream().map(LeafInput::leafPartition).toList());
    }

    @Test
    void setsOfDifferentPartitionCountsAreNotZipped() {
        KindlingException refused =
                assertThrows(KindlingException.class, () -> numbers(2).zip(numbers(3)));

        assertTrue(refused.getMessage().contains("2 partitions, the other one 3"), refused.getMessage());
    }

    @Test
    void setsPlacedAlikeAreJoinedWithoutAnotherShuffle() {
        PairRDD<Integer, Integer> left = pairs(4).partitionBy(new HashPartitioner(3));
        PairRDD<Integer, Integer> right = pairs(2).reduceByKey(Integer::sum, 3);

        left.cogroup(right).collect();

        JobGraph graph = jobs.lastGraph();
        assertEquals(3, graph.stages().size());
        assertEquals(2, graph.resultStage().readsShuffles().size());
        assertEquals(3, graph.resultStage().partitionCount());
    }

    @Test
    void rowsThatLieRightAreReducedWhereTheyAre() {
        PairRDD<Integer, Integer> placed = pairs(4).partitionBy(new HashPartitioner(3));

        placed.reduceByKey(Integer::sum).groupByKey().collect();

        assertEquals(2, jobs.lastGraph().stages().size());
    }

    @Test
    void aPartitionerSurvivesMapValuesAndFilterButNotMap() {
        HashPartitioner by = new HashPartitioner(3);
        PairRDD<Integer, Integer> placed = pairs(4).partitionBy(by);

        assertEquals(
                by,
                placed.mapValues(n -> n)
                        .filter(t -> true)
                        .flatMapValues(n -> List.of(n).iterator())
                        .partitioner()
                        .orElseThrow());
        assertTrue(placed.map(t -> t).partitioner().isEmpty());
        assertTrue(placed.mapPartitions(rows -> rows).partitioner().isEmpty());
        assertTrue(placed.mapPartitions(rows -> rows, true).partitioner().isPresent());
        assertTrue(placed.union(pairs(3)).partitioner().isEmpty());
        assertSame(placed.id(), placed.partitionBy(new HashPartitioner(3)).id());
    }

    @Test
    void theDefaultPartitionerFollowsTheLargestPlacedParent() {
        PairRDD<Integer, Integer> placed = pairs(4).partitionBy(new HashPartitioner(5));

        assertEquals(5, placed.join(pairs(8)).getNumPartitions());
        assertEquals(8, pairs(8).groupByKey().getNumPartitions());
        assertEquals(
                80,
                pairs(2).partitionBy(new HashPartitioner(7)).join(numbersIn(80)).getNumPartitions());
        assertEquals(
                6,
                new RecordedJobs(OptionalInt.of(6))
                        .session
                        .parallelizePairs(List.of(Tuple2.of(1, 1)), 1)
                        .groupByKey()
                        .getNumPartitions());
    }

    private PairRDD<Integer, Integer> numbersIn(int partitions) {
        return jobs.session.range(0, 100, 1, partitions).mapToPair(n -> Tuple2.of(n.intValue(), 1));
    }

    @Test
    void aChainOfTenThousandSetsIsNotTooDeep() throws Exception {
        RDD<Integer> set = numbers(2);
        for (int i = 0; i < 10_000; i++) {
            set = set.map(n -> n + 1);
        }
        RDD<Integer> deep = set;
        Throwable[] failure = {null};
        Thread smallStack = new Thread(null, deep::count, "small-stack", 256 << 10);
        smallStack.setUncaughtExceptionHandler((thread, thrown) -> failure[0] = thrown);
        smallStack.start();
        smallStack.join();

        assertNull(failure[0]);
        PlanNode root = jobs.bodyOf(jobs.lastGraph().resultStage()).root();
        assertEquals(2, root.partitionCount());
        assertEquals(deep.id(), root.id());
    }

    // ---- what tasks read
    // ----------------------------------------------------------------------------------------------

    @Test
    void aTaskGetsItsOwnSliceOnly() {
        numbers(4).collect();

        JobGraph.TaskInputs inputs = jobs.lastGraph().resultStage().inputs();
        assertEquals(List.of(4, 5), slice(inputs.of(2).get(0)));
        assertEquals(1, inputs.of(2).size());
    }

    @Test
    void aUnionsPartitionReadsFromTheParentItIsOf() {
        RDD<Integer> left = numbers(2);
        RDD<Integer> right = numbers(4);

        left.union(right).union(left).collect();

        StageSpec stage = jobs.lastGraph().resultStage();
        assertEquals(8, stage.partitionCount());
        assertEquals(left.id(), stage.inputs().of(1).get(0).leafId());
        assertEquals(List.of(2, 3), slice(stage.inputs().of(3).get(0)));
        assertEquals(left.id(), stage.inputs().of(7).get(0).leafId());
        assertEquals(1, stage.inputs().of(7).get(0).leafPartition());
        assertEquals(3, ((PlanNode.Union) jobs.bodyOf(stage).root()).parents().size());
    }

    @Test
    void aCoalescedPartitionReadsItsNeighboursInOrder() {
        numbers(8).coalesce(3).collect();

        StageSpec stage = jobs.lastGraph().resultStage();
        assertEquals(3, stage.partitionCount());
        assertEquals(
                List.of(2, 3, 4),
                stage.inputs().of(1).stream().map(LeafInput::leafPartition).toList());
    }

    @Test
    void theInputOfASetJoinedWithItselfTravelsOnce() {
        PairRDD<Integer, Integer> placed = pairs(4).partitionBy(new HashPartitioner(3));

        placed.cogroup(placed).collect();

        List<LeafInput> inputs = jobs.lastGraph().resultStage().inputs().of(2);
        assertEquals(1, inputs.size());
        assertEquals(
                2,
                assertInstanceOf(LeafInput.ShufflePartition.class, inputs.get(0))
                        .leafPartition());
    }

    @Test
    void onlyTheWantedPartitionsAreAskedFor() {
        jobs.rowsOf = partition -> List.of(partition, partition);

        assertEquals(List.of(0, 0, 1), numbers(8).take(3));

        assertEquals(
                List.of(List.of(0), List.of(1, 2, 3, 4)),
                jobs.graphs.stream().map(JobGraph::resultPartitions).toList());
    }

    // ---- sorts
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aSortSamplesTheStageBelowOnce() {
        jobs.withKeys(IntStream.rangeClosed(1, 29).boxed().toArray());
        PairRDD<Integer, Integer> sorted = pairs(2).reduceByKey(Integer::sum).sortByKey(true, 2);
        sorted.collect();
        sorted.count();

        assertEquals(3, jobs.graphs.size());
        JobGraph sample = jobs.graphs.get(0);
        JobGraph collect = jobs.graphs.get(1);
        JobGraph count = jobs.graphs.get(2);
        assertEquals(2, sample.stages().size());
        assertTrue(
                sample.description().startsWith("sample for sortByKey at JobPlannerTest.java"), sample.description());
        assertEquals(3, collect.stages().size());
        assertSame(sample.stages().get(0), collect.stages().get(0));
        assertEquals(ids(collect).subList(0, 2), ids(count).subList(0, 2));
        StageBody.Sink.MapOutput sink =
                (StageBody.Sink.MapOutput) jobs.bodyOf(collect.stages().get(1)).sink();
        assertEquals(0, sink.by().getPartition(15));
        assertEquals(1, sink.by().getPartition(16));
        assertFalse(((RangeBounds) sink.by()).hasInnerBounds());
    }

    @Test
    void aSortIntoOnePartitionNeedsNoSample() {
        pairs(2).sortByKey(true, 1).collect();

        assertEquals(1, jobs.graphs.size());
    }

    @Test
    void groupsAreSampledBySomeOfTheirBuckets() {
        jobs.withKeys(IntStream.range(0, 100).boxed().toArray());
        pairs(2).groupByKey().mapValues(Groups::size).sortByKey(true, 4).collect();

        assertEquals(2, jobs.graphs.size());
        PlanNode.Rows rows =
                (PlanNode.Rows) jobs.bodyOf(jobs.graphs.get(0).resultStage()).root();
        PlanNode.ShuffleRead read = (PlanNode.ShuffleRead) rows.parent();
        assertEquals(read.bucketsPerPartition() / 8, read.bucketsRead());
        PlanNode.Rows sorted =
                (PlanNode.Rows) jobs.bodyOf(jobs.graphs.get(1).stages().get(1)).root();
        PlanNode.ShuffleRead all = (PlanNode.ShuffleRead) sorted.parent();
        assertEquals(all.bucketsPerPartition(), all.bucketsRead());
    }

    @Test
    void tooFewKeysInSomeBucketsMakeTheSampleReadAll() {
        jobs.withKeys(1, 2, 3);
        pairs(2).groupByKey().mapValues(Groups::size).sortByKey(true, 4).collect();

        assertEquals(3, jobs.graphs.size());
        PlanNode.Rows rows =
                (PlanNode.Rows) jobs.bodyOf(jobs.graphs.get(1).resultStage()).root();
        PlanNode.ShuffleRead read = (PlanNode.ShuffleRead) rows.parent();
        assertEquals(read.bucketsPerPartition(), read.bucketsRead());
    }

    @Test
    void rowsOfWhichAKeyHasManyAreNotSampledByBucket() {
        jobs.withKeys(IntStream.range(0, 100).boxed().toArray());
        pairs(2).join(pairs(2)).sortByKey(true, 4).collect();

        PlanNode.Rows rows =
                (PlanNode.Rows) jobs.bodyOf(jobs.graphs.get(0).resultStage()).root();
        PlanNode.ShuffleRead read = (PlanNode.ShuffleRead)
                ((PlanNode.CoGroup) rows.parent()).parents().get(0);
        assertEquals(read.bucketsPerPartition(), read.bucketsRead());
    }

    private static Object[] boundsOf(int partitions, KeySample.PartSample... parts) {
        List<KeySample.Candidate> candidates = KeySample.sorted(List.of(parts), NaturalOrder.ASCENDING);
        return KeySample.boundsOf(candidates, partitions, NaturalOrder.ASCENDING);
    }

    private static Object[][] innerBoundsOf(Comparator<Object> order, Object[] bounds, KeySample.PartSample... parts) {
        return KeySample.innerBounds(KeySample.sorted(List.of(parts), order), bounds, 4, order);
    }

    @Test
    void largePartitionsOfASortAreCutIntoRanges() {
        List<Object> keys = IntStream.range(0, 100).boxed().collect(Collectors.toList());
        Object[] bounds = {49, 59};
        KeySample.PartSample large = new KeySample.PartSample(163_840, keys);

        Object[][] inside = innerBoundsOf(NaturalOrder.ASCENDING, bounds, large);

        // 80, 16 and 64 thousand rows: two ranges of forty thousand, one, and two.
        assertArrayEquals(new Object[][] {{24}, {}, {79}}, inside);
        assertEquals(0, innerBoundsOf(NaturalOrder.ASCENDING, bounds, new KeySample.PartSample(40_000, keys)).length);
        Comparator<Object> ofAProgram = Comparator.comparing(Object::toString);
        assertEquals(0, innerBoundsOf(ofAProgram, bounds, large).length);
    }

    @Test
    void rangesInsideOfAPartitionEndBeforeItsBound() {
        List<Object> keys = new ArrayList<>(Collections.nCopies(90, 5));
        keys.addAll(List.of(1, 2, 9));

        Object[][] inside =
                innerBoundsOf(NaturalOrder.ASCENDING, new Object[] {5}, new KeySample.PartSample(10_000_000, keys));

        assertArrayEquals(new Object[][] {{1, 2}, {9}}, inside);
    }

    @Test
    void boundsAreDistinctAndEqualKeysStayTogether() {
        KeySample.PartSample hot = new KeySample.PartSample(1000, List.of(7, 7, 7, 7, 7, 7, 7, 1, 9));

        Object[] bounds = boundsOf(5, hot);

        assertEquals(List.of(7, 9), List.of(bounds));
    }

    @Test
    void aPartitionWithManyRowsWeighsMore() {
        KeySample.PartSample many = new KeySample.PartSample(9000, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
        KeySample.PartSample few = new KeySample.PartSample(9, List.of(11, 12, 13, 14, 15, 16, 17, 18, 19));

        Object[] bounds = boundsOf(3, many, few);

        assertEquals(List.of(4, 7), List.of(bounds));
    }

    @Test
    void largeTextIsSampledInPieces(@TempDir Path directory) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            lines.append(1_000_000 + i).append('\n');
        }
        Path file = Files.writeString(directory.resolve("numbers.txt"), lines);
        jobs.withKeys(IntStream.range(0, 100).boxed().toArray());

        jobs.session
                .textFile(file.toString(), Optional.empty(), OptionalInt.of(1))
                .mapToPair(l -> Tuple2.of(l, 1))
                .sortByKey(true, 2)
                .collect();

        LeafInput.Bytes sampled = (LeafInput.Bytes)
                jobs.graphs.get(0).resultStage().inputs().of(0).get(0);
        LeafInput.Bytes whole = (LeafInput.Bytes)
                jobs.graphs.get(1).stages().get(0).inputs().of(0).get(0);
        assertEquals(2L << 20, SplitCodec.decode(sampled.bytes()).byteCount());
        assertEquals(8_000_000, SplitCodec.decode(whole.bytes()).byteCount());
        assertEquals(2, jobs.graphs.size());
    }

    // ---- outputs
    // ------------------------------------------------------------------------------------------------------

    @Test
    void anExistingTargetIsRefusedBeforeAnyJob(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("old"), "old");
        jobs.withKeys(1, 2, 3);

        KindlingException refused = assertThrows(
                KindlingException.class, () -> pairs(2).sortByKey(true, 2).saveAsTextFile(directory.toString()));

        assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code());
        assertTrue(jobs.graphs.isEmpty());
    }

    @Test
    void aFailureBeforeTheJobLeavesNoClaim(@TempDir Path directory) {
        Path target = directory.resolve("out");
        jobs.rowsOf = partition -> {
            throw new KindlingException(ErrorCode.TASK_FAILED, "the sample fails");
        };

        assertThrows(KindlingException.class, () -> pairs(2).sortByKey(true, 2).saveAsTextFile(target.toString()));

        assertFalse(Files.exists(target));
    }

    @Test
    void aSavingJobNamesItsTargetInFull(@TempDir Path directory) {
        numbers(2).saveAsTextFile(directory.resolve("out").toString());

        JobGraph graph = jobs.lastGraph();
        StageBody.Sink.FileOutput sink =
                (StageBody.Sink.FileOutput) jobs.bodyOf(graph.resultStage()).sink();
        assertEquals(graph.outputTarget().orElseThrow(), sink.target());
    }

    @Test
    void aShuffleNobodyCanReachIsForgotten() throws Exception {
        pairs(2).reduceByKey(Integer::sum).count();

        for (int i = 0; i < 200 && jobs.forgotten.isEmpty(); i++) {
            System.gc();
            numbers(1).count();
        }

        assertEquals(1, jobs.forgotten.size());
    }

    @Test
    void aShuffleNobodyCanReachIsForgottenAfterACollectionThoughTheProgramDoesNothing() {
        pairs(2).reduceByKey(Integer::sum).count();

        for (int i = 0; i < 200 && jobs.forgotten.isEmpty(); i++) {
            System.gc();
            jobs.session.dropCollected();
        }

        assertEquals(1, jobs.forgotten.size());
    }

    @Test
    void anActionOnAClosedContextSaysSo() {
        RDD<Integer> set = numbers(2);
        jobs.session.close();

        KindlingException closed = assertThrows(KindlingException.class, set::count);

        assertEquals(ErrorCode.CLOSED, closed.code());
    }

    @Test
    void zeroPartitionsAreRefusedWithTheirPlace() {
        KindlingException refused =
                assertThrows(KindlingException.class, () -> numbers(2).repartition(0));

        assertTrue(refused.getMessage().startsWith("repartition at JobPlannerTest.java:"), refused.getMessage());
    }
}
