package dev.kindling.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import dev.kindling.config.Config;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.block.FetchFailedException;
import dev.kindling.executor.task.MiniCluster;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.SplitCodec;
import dev.kindling.storage.SplitPlanner;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task reports when user code, input or result are not as they should be. */
class FailingFunctionsTest {
    private static final Stores STORES = new Stores(Config.defaults());

    private final MiniCluster cluster = new MiniCluster();

    @TempDir
    Path directory;

    private PlanNode textFile(String content, int partitions) throws IOException {
        Path file = directory.resolve("input.tsv");
        Files.writeString(file, content);
        List<byte[]> splits = new ArrayList<>();
        SplitPlanner.plan(STORES, file.toString(), false, partitions, PlanNode.FileInput.Format.TEXT_LINES)
                .forEach(split -> splits.add(SplitCodec.encode(split)));
        return cluster.file(file.toString(), PlanNode.FileInput.Format.TEXT_LINES, splits);
    }

    private static String lines(int count, int badLine) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(line -> (line == badLine ? "not a number" : Integer.toString(line)) + "\t" + line + "\n")
                .collect(Collectors.joining());
    }

    private TaskFailure.UserError failureOf(PlanNode root) {
        for (int partition = 0; partition < root.partitionCount(); partition++) {
            if (cluster.run(root, partition, MiniCluster.collecting()) instanceof TaskOutcome.Failure failure) {
                return assertInstanceOf(TaskFailure.UserError.class, failure.failure());
            }
        }
        throw new AssertionError("no partition failed");
    }

    // ---- positions --------------------------------------------------------------------------------------------------

    @Test
    void theMessageNamesFileLineAndByteOfTheBadInputLineAndNotTheLineItself() throws IOException {
        String text = lines(5_000, 3_456);
        PlanNode parsed = cluster.map(
                cluster.map(textFile(text, 3), line -> ((String) line).split("\t")),
                fields -> Integer.parseInt(((String[]) fields)[0]));

        TaskFailure.UserError error = failureOf(parsed);

        assertEquals(NumberFormatException.class.getName(), error.className());
        int offset = text.indexOf("not a number");
        assertTrue(
                error.message().endsWith(" (at line 3456, byte " + offset + " of file:" + directory + "/input.tsv)"),
                error.message());
        Throwable travelled =
                (Throwable) ResultCodec.decode(error.exception(), getClass().getClassLoader());
        assertInstanceOf(NumberFormatException.class, travelled);
    }

    @Test
    void thePositionSurvivesFiltersFlatMapsAndWholePartitions() throws IOException {
        String text = lines(3_000, 2_222);
        PlanNode chain = cluster.flatMap(
                cluster.filter(
                        textFile(text, 1),
                        line -> ((String) line).hashCode() % 2 == 0 || ((String) line).startsWith("not")),
                line -> Arrays.<Object>asList("ignored", line).iterator());
        PlanNode parsed = cluster.map(
                cluster.filter(chain, line -> !line.equals("ignored")),
                line -> Integer.parseInt(((String) line).split("\t")[0]));
        PlanNode byPartition = cluster.mapPartitions(chain, (partition, rows) -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Object next() {
                Object row = rows.next();
                return row.equals("ignored") ? 0 : Integer.parseInt(((String) row).split("\t")[0]);
            }
        });

        assertTrue(
                failureOf(parsed).message().contains("(at line 2222, "),
                failureOf(parsed).message());
        assertTrue(
                failureOf(byPartition).message().contains("(at line 2222, "),
                failureOf(byPartition).message());
    }

    @Test
    void aCombineFunctionAndAnActionAreBlamedForTheirRowToo() throws IOException {
        PlanNode lines = textFile(lines(3_000, 1_500), 1);
        TaskFailure ofAction = cluster.fail(lines, 0, (partition, rows) -> {
            int sum = 0;
            while (rows.hasNext()) {
                sum += Integer.parseInt(((String) rows.next()).split("\t")[0]);
            }
            return sum;
        });
        assertTrue(ofAction.message().contains("(at line 1500, "), ofAction.message());

        Combiner parsing = new Combiner(
                value -> Integer.parseInt((String) value),
                (sum, value) -> (Integer) sum + Integer.parseInt((String) value),
                (left, right) -> (Integer) left + (Integer) right);
        PlanNode pairs = cluster.map(lines, line -> new Tuple2<>(1, ((String) line).split("\t")[0]));
        PlanNode.ReduceSide side = new PlanNode.ReduceSide.Combined(parsing, true);
        TaskOutcome outcome = cluster.run(
                new StageBody(1, pairs, new StageBody.Sink.MapOutput(1, new HashPartitioner(2), 1, side)), 0);
        TaskFailure ofCombine =
                assertInstanceOf(TaskOutcome.Failure.class, outcome).failure();
        assertTrue(ofCombine.message().contains("(at line 1500, "), ofCombine.message());
    }

    // ---- what is reported -------------------------------------------------------------------------------------------

    @Test
    void theStackShowsTheUsersFramesFirstAndNoneOfOurs() {
        TaskFailure.UserError error =
                failureOf(cluster.map(cluster.range(0, 10, 1, 1), n -> Integer.parseInt("x" + n)));

        String[] frames = error.stack().split("\n");
        assertTrue(frames[0].startsWith("java.lang.NumberFormatException"), error.stack());
        assertTrue(error.stack().contains(getClass().getName()), error.stack());
        assertFalse(error.stack().contains("dev.kindling.executor"), error.stack());
    }

    @Test
    void anExceptionThatCannotTravelIsStillTold() {
        TaskFailure.UserError error = failureOf(cluster.map(cluster.range(0, 10, 1, 1), n -> {
            throw new Stubborn(n);
        }));

        assertEquals(Stubborn.class.getName(), error.className());
        assertEquals("row said no", error.message());
    }

    private static final class Stubborn extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final Object cause;

        Stubborn(Object row) {
            super("row said no");
            this.cause = new Thread(() -> System.out.println(row));
        }

        Object cause() {
            return cause;
        }
    }

    @Test
    void aFailedFetchIsNotTheUsersFaultThoughUserCodeWrappedOrSwallowedIt() {
        PlanNode missing =
                cluster.shuffleThatFails(new FetchFailedException(1, new AttemptId(4, 2, 0), "e5", "gone", null));
        PlanNode wrapped = cluster.mapPartitions(missing, (partition, rows) -> {
            try {
                return List.<Object>of(rows.next()).iterator();
            } catch (Exception e) {
                throw new IllegalStateException("wrapped", e);
            }
        });
        PlanNode swallowed = cluster.mapPartitions(missing, (partition, rows) -> {
            try {
                return List.<Object>of(rows.next()).iterator();
            } catch (Exception e) {
                return List.<Object>of("swallowed").iterator();
            }
        });

        for (PlanNode chain : List.of(wrapped, swallowed)) {
            TaskFailure failure = cluster.fail(chain, 0, MiniCluster.collecting());
            assertEquals(new TaskFailure.FetchFailed(1, new AttemptId(4, 2, 0), "e5", "gone"), failure);
        }
    }

    @Test
    void nullInsteadOfAnIteratorIsNamed() {
        TaskFailure.UserError error = failureOf(cluster.flatMap(cluster.range(0, 3, 1, 1), n -> null));

        assertTrue(error.message().contains("emptyIterator"), error.message());
    }

    @Test
    void aRowThatCannotBeSerializedIsNotRetried() {
        PlanNode pairs = cluster.map(cluster.range(0, 3, 1, 1), n -> new Tuple2<>(n, (Object) new Thread()));
        TaskOutcome outcome = cluster.run(
                new StageBody(
                        1,
                        pairs,
                        new StageBody.Sink.MapOutput(1, new HashPartitioner(2), 1, new PlanNode.ReduceSide.PairRows())),
                0);

        TaskFailure failure =
                assertInstanceOf(TaskOutcome.Failure.class, outcome).failure();
        assertInstanceOf(TaskFailure.NotSerializable.class, failure, failure.message());
    }

    @Test
    void outOfMemoryEndsTheProcessNotTheTask() {
        PlanNode hungry = cluster.map(cluster.range(0, 3, 1, 1), n -> {
            throw new OutOfMemoryError("planted");
        });

        assertThrows(OutOfMemoryError.class, () -> cluster.run(hungry, 0, MiniCluster.collecting()));
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    @Test
    void aLargeResultIsStoredAndATooLargeOneRefused() {
        cluster.settings(new TaskSettings("test", 1024, 16 << 10, 1_000, 100_000, 1 << 20));
        PlanNode text =
                cluster.map(cluster.range(0, 1_000_000, 1, 1), n -> "row number " + Long.toString((Long) n, 36));

        TaskOutcome.Success small =
                assertInstanceOf(TaskOutcome.Success.class, cluster.run(text, 0, (partition, rows) -> rows.next()));
        assertInstanceOf(TaskResult.Direct.class, small.result());
        assertEquals(0, small.storedResult().length);

        TaskOutcome.Success large = assertInstanceOf(
                TaskOutcome.Success.class, cluster.run(text, 0, (partition, rows) -> firstOf(rows, 1_000)));
        assertEquals(large.storedResult().length, ((TaskResult.Stored) large.result()).byteCount());
        assertEquals(
                1_000,
                ((List<?>) ResultCodec.decode(large.storedResult(), getClass().getClassLoader())).size());

        TaskFailure tooLarge = cluster.fail(text, 0, (partition, rows) -> firstOf(rows, 100_000));
        assertInstanceOf(TaskFailure.ResultTooLarge.class, tooLarge);
        assertTrue(tooLarge.message().contains("toLocalIterator"), tooLarge.message());
        assertTrue(tooLarge.message().contains("saveAsTextFile"), tooLarge.message());
    }

    private static List<Object> firstOf(Iterator<Object> rows, int count) {
        List<Object> first = new ArrayList<>();
        while (first.size() < count) {
            first.add(rows.next());
        }
        return first;
    }

    @Test
    void textIsWrittenToTheAttemptsFileAndNothingIsLeftOfAFailedAttempt() throws IOException {
        String target = directory.resolve("out").toString();
        STORES.writing(target).claim(target, "app");
        StageBody good = new StageBody(
                7,
                cluster.slices(Arrays.asList("Zürich", 2, null, new Tuple2<>(3, 4))),
                new StageBody.Sink.FileOutput(target, StageBody.Sink.FileOutput.Form.TEXT));
        StageBody bad = new StageBody(
                8,
                cluster.map(cluster.range(0, 5000, 1, 1), n -> 1 / (4000 - (Long) n)),
                new StageBody.Sink.FileOutput(target, StageBody.Sink.FileOutput.Form.TEXT));

        TaskOutcome.Success written = assertInstanceOf(TaskOutcome.Success.class, cluster.run(good, 0));
        TaskResult.PartWritten part = (TaskResult.PartWritten) written.result();
        assertEquals("Zürich\n2\nnull\n(3,4)\n", Files.readString(Path.of(target, part.attemptFile())));
        assertEquals(4, part.rowCount());
        assertEquals(Files.size(Path.of(target, part.attemptFile())), part.byteCount());

        assertInstanceOf(TaskOutcome.Failure.class, cluster.run(bad, 0));
        try (var files = Files.walk(Path.of(target))) {
            assertEquals(
                    List.of(Path.of(target, part.attemptFile())),
                    files.filter(file -> file.getFileName().toString().startsWith("part-"))
                            .toList());
        }
    }

    // ---- the attempt's surroundings ---------------------------------------------------------------------------------

    @Test
    void functionsSeeTheirAttemptAndItsListenersAreCalledLastAddedFirst() {
        List<String> calls = new ArrayList<>();
        PlanNode seeing = cluster.map(cluster.slices(List.of(), List.of(1)), n -> {
            TaskContext context = TaskContext.get();
            context.addTaskCompletionListener(ended -> calls.add("first"));
            context.addTaskCompletionListener(ended -> calls.add("second"));
            return context.partitionId() + "/" + TaskContext.getPartitionId() + "/" + context.attemptNumber();
        });

        assertEquals(List.of("1/1/0"), cluster.collect(seeing, 1));

        assertEquals(List.of("second", "first"), calls);
        assertEquals(null, TaskContext.get());
    }

    @Test
    void aGroupKeptBeyondItsTaskRefusesToBeRead() {
        List<Iterable<?>> kept = new ArrayList<>();
        PlanNode groups = cluster.shuffle(
                cluster.map(cluster.range(0, 20_000, 1, 1), n -> new Tuple2<>(1, n)),
                new HashPartitioner(1),
                1,
                new PlanNode.ReduceSide.Groups());
        PlanNode keeping = cluster.map(groups, row -> {
            kept.add((Iterable<?>) ((Tuple2<?, ?>) row)._2());
            return 0;
        });
        for (long memory : new long[] {MiniCluster.PLENTY, 1}) {
            cluster.memory(memory);
            cluster.collect(keeping);
        }

        assertEquals(2, kept.size());
        for (Iterable<?> group : kept) {
            KindlingException late = assertThrows(KindlingException.class, group::iterator);
            assertEquals(ErrorCode.CLOSED, late.code());
        }
    }

    @Test
    void aCancelledAttemptStopsWithinABatchOfRowsAndWithinARowWhenInterrupted() {
        PlanNode endless = cluster.range(0, Long.MAX_VALUE, 1, 1);
        TaskOutcome outcome = cluster.run(
                cluster.map(endless, n -> {
                    if ((Long) n == 5_000) {
                        cluster.lastEnvironment().cancel();
                    }
                    return n;
                }),
                0,
                (partition, rows) -> {
                    while (rows.hasNext()) {
                        rows.next();
                    }
                    return 0;
                });
        assertInstanceOf(TaskFailure.Cancelled.class, ((TaskOutcome.Failure) outcome).failure());
        assertTrue(cluster.metrics().recordsRead() < 8_000, cluster.metrics().recordsRead() + " rows read");

        List<Object> slow = new ArrayList<>();
        TaskOutcome interrupted = cluster.run(
                cluster.map(endless, n -> {
                    slow.add(n);
                    if (slow.size() == 3_000) {
                        cluster.lastEnvironment().cancel();
                        Thread.currentThread().interrupt();
                    }
                    return n;
                }),
                0,
                MiniCluster.collecting());
        assertInstanceOf(TaskFailure.Cancelled.class, ((TaskOutcome.Failure) interrupted).failure());
        assertEquals(3_000, slow.size());
        assertFalse(Thread.interrupted(), "the thread goes on to other attempts");
    }
}
