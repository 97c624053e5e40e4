package dev.kindling.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the bucket that a key of a sort belongs to: its partition, and the range of that it lies in. Goes by
 * {@linkplain SortPrefix prefixes} as far as keys have them, so that few keys are compared. Used by one thread.
 */
public final class RangeSearch {
    private final Comparator<Object> order;
    private final SortPrefix prefixOf;
    /** All bounds, of partitions and inside of them, growing. */
    private final Object[] bounds;

    private final long[] prefixes;
    /** Of the keys up to each bound, and of those above the last. */
    private final int[] buckets;

    /** @param bucketsPerPartition more than there are bounds inside of any partition */
    public RangeSearch(RangeBounds by, int bucketsPerPartition) {
        this.order = by.order();
        this.prefixOf = new SortPrefix(order);
        Object[] ofPartitions = by.ranges().bounds();
        List<Object> all = new ArrayList<>();
        int[] bucketOf = new int[by.numPartitions() * bucketsPerPartition];
        for (int partition = 0; partition <= ofPartitions.length; partition++) {
            int bucket = partition * bucketsPerPartition;
            if (by.hasInnerBounds()) {
                for (Object bound : by.innerBounds()[partition]) {
                    bucketOf[all.size()] = bucket++;
                    all.add(bound);
                }
            }
            bucketOf[all.size()] = bucket;
            if (partition < ofPartitions.length) {
                all.add(ofPartitions[partition]);
            }
        }
        this.bounds = all.toArray();
        this.buckets = Arrays.copyOf(bucketOf, bounds.length + 1);
        this.prefixes = new long[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            prefixes[i] = prefixOf.of(bounds[i]);
        }
    }

    public int bucketOf(Object key) {
        long prefix = prefixOf.of(key);
        return buckets[prefixOf.isKnown() ? rangeOf(key, prefix) : rangeOf(key)];
    }

    private int rangeOf(Object key) {
        int found = Arrays.binarySearch(bounds, key, order);
        return found >= 0 ? found : -found - 1;
    }

    private int rangeOf(Object key, long prefix) {
        // Steps of halved length, each taken or not: nothing for the processor to guess wrong.
        int first = 0;
        for (int length = prefixes.length; length > 1; length -= length >>> 1) {
            first += prefixes[first + (length >>> 1) - 1] < prefix ? length >>> 1 : 0;
        }
        if (first < prefixes.length && prefixes[first] < prefix) {
            first++;
        }
        while (first < prefixes.length && prefixes[first] == prefix && order.compare(bounds[first], key) < 0) {
            first++;
        }
        return first;
    }
}
