package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions of two sets read side by side: what comes out, in which order, and how much is read for it. */
class TwoSetsTest {
    private final MiniCluster cluster = new MiniCluster();

    private static List<Object> product(List<?> left, List<?> right) {
        List<Object> pairs = new ArrayList<>();
        left.forEach(l -> right.forEach(r -> pairs.add(new Tuple2<>(l, r))));
        return pairs;
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    // ---- zip
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aZipPullsFromBothSidesOnlyWhatItsReaderWants() {
        PlanNode zipped = cluster.zip(
                cluster.range(0, 1_000_000, 1, 2), cluster.range(0, 2_000_000, 2, 2), TwoSetsTest::pairwise);

        assertEquals(
                List.of(new Tuple2<>(500_000L, 1_000_000L), new Tuple2<>(500_001L, 1_000_002L)),
                cluster.take(zipped, 1, 2));

        assertEquals(4, cluster.metrics().recordsRead());
    }

    private static Iterator<Object> pairwise(Iterator<Object> left, Iterator<Object> right) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return left.hasNext() && right.hasNext();
            }

            @Override
            public Object next() {
                return new Tuple2<>(left.next(), right.next());
            }
        };
    }

    @Test
    void aFunctionOfTwoPartitionsMayReadOneSideAloneAndNeverTheOther() {
        PlanNode onlyRight =
                cluster.zip(cluster.range(0, 1_000, 1, 1), cluster.slices(List.of("a", "b")), (left, right) -> right);

        assertEquals(List.of("a", "b"), cluster.collect(onlyRight));

        assertEquals(2, cluster.metrics().recordsRead());
    }

    // ---- cartesian
    // ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {MiniCluster.PLENTY, 400 << 10, 16 << 10})
    void everyRowMeetsEveryRowWhateverMemoryThereIs(long memoryBytes) {
        cluster.memory(memoryBytes);
        List<Integer> left = numbers(0, 37);
        List<String> right =
                numbers(0, 3_000).stream().map(n -> "row number " + n).toList();

        PlanNode pairs = cluster.cartesian(
                cluster.slices(left.subList(0, 20), left.subList(20, 37)),
                cluster.slices(right.subList(0, 1), right.subList(1, 3_000), List.of()));

        assertEquals(6, pairs.partitionCount());
        assertEquals(product(left.subList(0, 20), right.subList(0, 1)), cluster.collect(pairs, 0));
        assertEquals(product(left.subList(20, 37), right.subList(1, 3_000)), cluster.collect(pairs, 4));
        assertEquals(List.of(), cluster.collect(pairs, 5));
        assertTrue(memoryBytes > 16 << 10 || cluster.metrics().diskSpilled() > 0, "a tiny memory must spill");
    }

    @Test
    void theFirstPairsNeedTheFirstRowsOnly() {
        PlanNode pairs = cluster.cartesian(cluster.range(0, 1_000_000, 1, 1), cluster.range(0, 1_000_000, 1, 1));

        assertEquals(product(List.of(0L), List.of(0L, 1L, 2L)), cluster.take(pairs, 0, 3));

        assertTrue(cluster.metrics().recordsRead() <= 8, cluster.metrics().recordsRead() + " rows read for 3 pairs");
    }

    @Test
    void theRightSideIsComputedOnceAndNotAtAllForAnEmptyLeftOne() {
        AtomicInteger computed = new AtomicInteger();
        PlanNode right = cluster.map(cluster.slices(List.of(1, 2, 3)), n -> {
            computed.incrementAndGet();
            return n;
        });

        assertEquals(List.of(), cluster.collect(cluster.cartesian(cluster.slices(List.of()), right)));
        assertEquals(0, computed.get());
        assertEquals(
                12,
                cluster.collect(cluster.cartesian(cluster.slices(numbers(0, 4)), right))
                        .size());
        assertEquals(3, computed.get());
    }

    // ---- placed alike -----------------------------------------------------------------------------------------------

    @Test
    void anAlignedUnionReadsTheSamePartitionOfEachSide() {
        PlanNode union = cluster.alignedUnion(
                new HashPartitioner(2),
                cluster.slices(List.of(0), List.of(1)),
                cluster.slices(List.of(), List.of(3)),
                cluster.slices(List.of(4), List.of(5)));

        assertEquals(List.of(0, 4), cluster.collect(union, 0));
        assertEquals(List.of(1, 3, 5), cluster.collect(union, 1));
    }

    @Test
    void aPrunedPartitionIsEmptyAndNotComputed() {
        PlanNode pruned = cluster.pruned(cluster.range(0, 30, 1, 3), partition -> partition == 1);

        assertEquals(List.of(), cluster.collect(pruned, 0));
        assertEquals(10, cluster.collect(pruned, 1).size());
        assertEquals(10, cluster.metrics().recordsRead());
    }
}
