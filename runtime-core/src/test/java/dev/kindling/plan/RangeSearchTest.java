package dev.kindling.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RangeSearchTest {
    private static final int BUCKETS = 8;

    @Test
    void bucketIsThatOfThePartitionAndOfTheRangeInIt() {
        RangeBounds by = new RangeBounds(0, 4, NaturalOrder.ASCENDING, false);
        by.resolve(new Object[] {10, 20}, new Object[][] {{3, 7}, {}, {25}});
        RangeSearch search = new RangeSearch(by, BUCKETS);

        assertEquals(0, search.bucketOf(3));
        assertEquals(1, search.bucketOf(4));
        assertEquals(2, search.bucketOf(10));
        assertEquals(BUCKETS, search.bucketOf(11));
        assertEquals(BUCKETS, search.bucketOf(20));
        assertEquals(2 * BUCKETS, search.bucketOf(25));
        assertEquals(2 * BUCKETS + 1, search.bucketOf(1000));
    }

    @Test
    void withoutBoundsInsideThereIsOneBucketAPartition() {
        RangeBounds by = new RangeBounds(0, 3, NaturalOrder.DESCENDING, false);
        by.resolve(new Object[] {"p", "f"});
        RangeSearch search = new RangeSearch(by, BUCKETS);

        assertEquals(0, search.bucketOf("z"));
        assertEquals(BUCKETS, search.bucketOf("k"));
        assertEquals(2 * BUCKETS, search.bucketOf("a"));

        RangeBounds ofOne = new RangeBounds(0, 1, NaturalOrder.ASCENDING, false);
        ofOne.resolve(new Object[0]);
        assertEquals(0, new RangeSearch(ofOne, 1).bucketOf("any"));
    }

    @Test
    void keysOfAnyKindAndOrderComeWhereTheComparatorSays() {
        Random random = new Random(1);
        Comparator<Object> byLength =
                Comparator.comparingInt(key -> key.toString().length());
        for (Comparator<Object> order : List.of(NaturalOrder.ASCENDING, NaturalOrder.DESCENDING)) {
            agrees(order, i -> random.nextInt(500));
            agrees(order, i -> random.nextLong());
            agrees(order, i -> random.nextGaussian());
            // Prefixes that are equal, characters that are no byte, and null.
            agrees(order, i -> i % 50 == 0 ? null : "customer" + random.nextInt(300));
            agrees(order, i -> "zażółć".substring(random.nextInt(3)) + (char) random.nextInt(0x500));
            agrees(order, i -> new BigDecimal(random.nextInt(1000)));
        }
        agrees(byLength.thenComparing(Object::toString), i -> "k" + random.nextInt(2000));
    }

    private static void agrees(Comparator<Object> order, Function<Integer, Object> keys) {
        Object[] bounds = new Object[300];
        Arrays.setAll(bounds, keys::apply);
        Arrays.sort(bounds, order);
        Object[] distinct = Arrays.stream(bounds).distinct().toArray();
        int partitions = distinct.length / 3;
        Object[] ofPartitions = new Object[partitions - 1];
        Object[][] inside = new Object[partitions][];
        for (int p = 0; p < partitions; p++) {
            int end = p + 1 < partitions ? 3 * p + 2 : distinct.length;
            inside[p] = Arrays.copyOfRange(distinct, 3 * p, end);
            if (p + 1 < partitions) {
                ofPartitions[p] = distinct[3 * p + 2];
            }
        }
        RangeBounds by = new RangeBounds(0, partitions, order, false);
        by.resolve(ofPartitions, inside);
        RangeSearch search = new RangeSearch(by, BUCKETS);
        for (int i = 0; i < 3000; i++) {
            Object key = i < distinct.length ? distinct[i] : keys.apply(i);
            int partition = 0;
            while (partition < ofPartitions.length && order.compare(ofPartitions[partition], key) < 0) {
                partition++;
            }
            int range = 0;
            while (range < inside[partition].length && order.compare(inside[partition][range], key) < 0) {
                range++;
            }
            assertEquals(partition * BUCKETS + range, search.bucketOf(key), () -> "key " + key);
            assertEquals(partition, by.getPartition(key));
        }
    }
}
