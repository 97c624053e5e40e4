package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.TaskRows;
import dev.kindling.protocol.TaskFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows that a function of the engine keeps until the end of its task, as glom and top do. */
class KeptRowsTest {
    private static final int ROWS = 20_000;
    private static final int ROW_CHARS = 1_000;

    private final MiniCluster cluster = new MiniCluster();

    private Object run(PartitionFunction function, long memoryBytes) {
        cluster.memory(memoryBytes);
        return cluster.call(cluster.slices(IntStream.range(0, ROWS).boxed().toList()), 0, function);
    }

    private record KeepAll(int kept) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            Deque<Object> last = new ArrayDeque<>();
            while (rows.hasNext()) {
                last.add(rows.keep(rows.next() + "x".repeat(ROW_CHARS), "keep fewer"));
                if (last.size() > kept) {
                    last.poll();
                    rows.hold(-ROW_CHARS, "keep fewer");
                }
            }
            return last.size();
        }
    }

    @Test
    void moreThanTheTasksShareIsRefusedWithWhatToDo() {
        cluster.memory(4 << 20);

        TaskFailure failure =
                cluster.fail(cluster.slices(IntStream.range(0, ROWS).boxed().toList()), 0, new KeepAll(ROWS));

        TaskFailure.OutOfResources refused = assertInstanceOf(TaskFailure.OutOfResources.class, failure);
        assertTrue(refused.message().contains("more than its share of 4 MiB"), refused.message());
        assertTrue(refused.message().contains(": keep fewer, or raise"), refused.message());
        assertTrue(refused.message().contains("4 MiB are counted pages"), refused.message());
    }

    @Test
    void whatIsLetGoOfIsNotCounted() {
        assertEquals(100, run(new KeepAll(100), 4 << 20));
    }

    @Test
    void whatIsKeptIsCounted() {
        List<Long> held = new ArrayList<>();

        run(
                (partition, rows) -> {
                    Object result = new KeepAll(ROWS).call(partition, rows);
                    held.add(cluster.lastEnvironment().memory().held());
                    return result;
                },
                MiniCluster.PLENTY);

        assertTrue(held.get(0) > (long) ROWS * ROW_CHARS, held + " bytes");
        assertEquals(0, cluster.lastEnvironment().memory().held());
    }
}
