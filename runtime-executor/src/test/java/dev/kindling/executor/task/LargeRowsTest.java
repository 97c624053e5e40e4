package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Of rows that are large few are alive at a time, whatever makes them and however many a batch may hold. */
class LargeRowsTest {
    private static final int ROWS = 1_000;
    private static final int LARGE = 500_000;

    private final MiniCluster cluster = new MiniCluster().memory(1 << 20);
    private final AtomicInteger alive = new AtomicInteger();
    private int mostAlive;

    private Object make(Object row) {
        mostAlive = Math.max(mostAlive, alive.incrementAndGet());
        byte[] large = new byte[LARGE];
        large[0] = ((Integer) row).byteValue();
        return large;
    }

    private Object digest(Object large) {
        alive.decrementAndGet();
        return (int) ((byte[]) large)[0];
    }

    private PlanNode numbers() {
        return cluster.slices(IntStream.range(0, ROWS).boxed().toList());
    }

    private static List<Object> expected() {
        return IntStream.range(0, ROWS).<Object>mapToObj(i -> (int) (byte) i).toList();
    }

    @Test
    void madeAndUsedUpByNeighbouringFunctions() {
        List<Object> digests = cluster.collect(cluster.map(cluster.map(numbers(), this::make), this::digest));

        assertEquals(expected(), digests);
        assertTrue(mostAlive <= 2, mostAlive + " rows at a time");
    }

    @Test
    void filteredInBetween() {
        PlanNode kept = cluster.filter(cluster.map(numbers(), this::make), large -> {
            boolean isKept = ((byte[]) large)[0] % 2 == 0;
            if (!isKept) {
                alive.decrementAndGet();
            }
            return isKept;
        });

        List<Object> expected = new ArrayList<>(expected());
        expected.removeIf(number -> (Integer) number % 2 != 0);
        assertEquals(expected, cluster.collect(cluster.map(kept, this::digest)));
        assertTrue(mostAlive <= 3, mostAlive + " rows at a time");
    }

    @Test
    void madeByAFunctionOfManyRowsOrOfAPartition() {
        PlanNode twice = cluster.flatMap(
                numbers(),
                row -> Arrays.asList(row, row).stream().map(this::make).iterator());
        assertEquals(2 * ROWS, cluster.collect(cluster.map(twice, this::digest)).size());
        assertTrue(mostAlive <= 3, mostAlive + " rows at a time");

        PlanNode pulled = cluster.mapPartitions(numbers(), (partition, rows) -> {
            List<Object> all = new ArrayList<>();
            rows.forEachRemaining(all::add);
            return all.stream().map(this::make).iterator();
        });
        assertEquals(expected(), cluster.collect(cluster.map(pulled, this::digest)));
        assertTrue(mostAlive <= 3, mostAlive + " rows at a time");
    }

    @Test
    void readFromAShuffle() {
        PlanNode source = cluster.map(
                cluster.slices(IntStream.range(0, 60).boxed().toList()),
                row -> new Tuple2<>(row, "x".repeat(LARGE) + row));
        for (ReduceSide side : List.of(new ReduceSide.PairRows(), new ReduceSide.Groups())) {
            PlanNode read = cluster.shuffle(source, new HashPartitioner(1), 2, side);

            assertEquals(
                    60,
                    cluster.collect(cluster.map(read, row -> ((Tuple2<?, ?>) row)._1()))
                            .size());
        }
    }
}
