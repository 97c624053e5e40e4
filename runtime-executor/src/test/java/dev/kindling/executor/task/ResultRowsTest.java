package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.TaskRows;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskResult;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All rows of a partition leave it page by page: none waits for the last. */
class ResultRowsTest {
    private static final int DIRECT_BYTES = 100_000;
    private static final int MAX_BYTES = 2_000_000;

    /** As {@code collect} asks for them. */
    private enum AllRows implements PartitionFunction {
        ROWS;

        @Override
        public Object call(int partition, TaskRows rows) {
            throw new AssertionError("nobody wants them as a list of objects");
        }

        @Override
        public boolean isAllRows() {
            return true;
        }
    }

    private final MiniCluster cluster = new MiniCluster();

    ResultRowsTest() {
        cluster.settings(new TaskSettings("test", 64, 16 << 10, DIRECT_BYTES, MAX_BYTES, 1 << 20));
    }

    private PlanNode strings(int count, int length, AtomicInteger made) {
        PlanNode numbers = cluster.slices(IntStream.range(0, count).boxed().toList());
        return cluster.map(numbers, number -> {
            made.incrementAndGet();
            return number + "x".repeat(length);
        });
    }

    private static List<String> expected(int count, int length) {
        return IntStream.range(0, count).mapToObj(i -> i + "x".repeat(length)).toList();
    }

    @Test
    void smallResultTravelsWithTheOutcomeAndALargeOneLiesInTheEnvironment() {
        for (int count : new int[] {0, 1, 500, 10_000}) {
            Object rows = cluster.call(strings(count, 100, new AtomicInteger()), 0, AllRows.ROWS);

            assertEquals(expected(count, 100), rows);
            assertEquals(count == 10_000, cluster.lastEnvironment().committedResult().length > 0);
        }
    }

    @Test
    void largeResultsLengthIsTheOneThatWasSaid() {
        TaskOutcome outcome = cluster.run(strings(10_000, 100, new AtomicInteger()), 0, AllRows.ROWS);

        TaskOutcome.Success success = assertInstanceOf(TaskOutcome.Success.class, outcome);
        TaskResult.Stored stored = assertInstanceOf(TaskResult.Stored.class, success.result());
        assertTrue(stored.isOf(cluster.lastEnvironment().committedResult()));
    }

    @Test
    void resultThatIsTooLargeEndsWithTheRowThatMakesItSo() {
        AtomicInteger made = new AtomicInteger();

        TaskFailure failure = cluster.fail(strings(100_000, 1_000, made), 0, AllRows.ROWS);

        TaskFailure.ResultTooLarge tooLarge = assertInstanceOf(TaskFailure.ResultTooLarge.class, failure);
        assertTrue(tooLarge.message().contains("toLocalIterator"), tooLarge.message());
        assertTrue(made.get() < 5_000, made + " rows were made");
        assertEquals(0, cluster.lastEnvironment().committedResult().length);
    }

    @Test
    void memoryOfTheTaskDoesNotBoundItsResult() {
        cluster.memory(1);

        Object rows = cluster.call(strings(10_000, 100, new AtomicInteger()), 0, AllRows.ROWS);

        assertEquals(expected(10_000, 100), rows);
    }
}
