package dev.kindling.plan;

import dev.kindling.api.Partitioner;

/** How partitioners are named to people. */
public final class PartitionerText {
    private PartitionerText() {}

    /** Such as {@code HashPartitioner(8)}: a user's class is named, its {@code toString} is not called. */
    public static String of(Partitioner by) {
        if (by instanceof RangeBounds) {
            return "ranges of keys";
        }
        String simple = by.getClass().getSimpleName();
        return (simple.isEmpty() ? by.getClass().getName() : simple) + "(" + by.numPartitions() + ")";
    }
}
