package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rows come out of the partitions they belong to, in order, however sets are put together. */
class PartitionMappingTest {
    private final MiniCluster cluster = new MiniCluster();

    @Test
    void aUnionHasThePartitionsOfItsParentsOneAfterTheOther() {
        PlanNode left = cluster.slices(List.of(1, 2), List.of(), List.of(3));
        PlanNode right = cluster.map(cluster.range(10, 14, 1, 2), n -> n);
        PlanNode union = cluster.union(left, right, left);

        List<List<Object>> partitions = new ArrayList<>();
        for (int partition = 0; partition < union.partitionCount(); partition++) {
            partitions.add(cluster.collect(union, partition));
        }

        assertEquals(
                List.of(
                        List.of(1, 2),
                        List.of(),
                        List.of(3),
                        List.of(10L, 11L),
                        List.of(12L, 13L),
                        List.of(1, 2),
                        List.of(),
                        List.of(3)),
                partitions);
    }

    @Test
    void aCoalescedSetReadsNeighboursInOrder() {
        for (int parents : new int[] {1, 7, 8, 100}) {
            for (int partitions : new int[] {1, 2, 3, 7}) {
                PlanNode few = cluster.coalesce(cluster.range(0, 1000, 1, parents), Math.min(parents, partitions));
                assertEquals(
                        LongStream.range(0, 1000).boxed().toList(),
                        cluster.collect(few),
                        parents + " partitions into " + partitions);
            }
        }
    }

    @Test
    void coalescedShufflesAreReadOneAfterTheOther() {
        PlanNode grouped = cluster.shuffle(
                cluster.map(cluster.range(0, 3000, 1, 3), n -> new Tuple2<>((Long) n % 50, n)),
                new HashPartitioner(8),
                2,
                new PlanNode.ReduceSide.Groups());

        List<Object> sizes = cluster.collect(cluster.map(
                cluster.coalesce(grouped, 3), row -> Groups.size((Iterable<?>) ((Tuple2<?, ?>) row)._2())));

        assertEquals(Collections.nCopies(50, 60L), sizes);
    }

    @Test
    void rangesOfAnyStepAreCutWithoutGapOrOverlap() {
        for (long[] range : new long[][] {
            {0, 10, 1},
            {0, 10, 3},
            {10, 0, -1},
            {10, 0, -4},
            {5, 5, 1},
            {0, -5, 1},
            {Long.MAX_VALUE - 7, Long.MAX_VALUE, 2}
        }) {
            List<Object> expected = new ArrayList<>();
            for (long n = range[0]; range[2] > 0 ? n < range[1] && n >= range[0] : n > range[1]; n += range[2]) {
                expected.add(n);
            }
            for (int partitions : new int[] {1, 3, 20}) {
                assertEquals(
                        expected,
                        cluster.collect(cluster.range(range[0], range[1], range[2], partitions)),
                        List.of(range).toString());
            }
        }
    }

    @Test
    void rowFunctionsDoWhatStreamsDo() {
        Random random = new Random(3);
        List<Integer> rows =
                IntStream.range(0, 5000).mapToObj(i -> random.nextInt(100)).toList();
        PlanNode source = cluster.slices(rows);
        PlanNode pairs = cluster.map(cluster.filter(source, n -> (Integer) n > 20), n -> new Tuple2<>(n, n));
        PlanNode repeated = cluster.rows(
                cluster.rows(pairs, new RowFunction.MapValues(n -> (Integer) n % 4)),
                new RowFunction.FlatMapValues(
                        n -> Collections.<Object>nCopies((Integer) n, "x" + n).iterator()));
        PlanNode halves = cluster.rows(source, new RowFunction.MapToDouble(n -> (Integer) n / 2.0));

        assertEquals(
                rows.stream()
                        .filter(n -> n > 20)
                        .flatMap(n -> Collections.nCopies(n % 4, new Tuple2<>(n, "x" + n % 4)).stream())
                        .toList(),
                cluster.collect(repeated));
        assertEquals(rows.stream().map(n -> n / 2.0).toList(), cluster.collect(halves));
    }
}
