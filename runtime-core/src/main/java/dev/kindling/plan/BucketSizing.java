package dev.kindling.plan;

/**
 * How many fine buckets a shuffle partition is cut into. A bucket that fits the processor's cache is grouped or sorted
 * several times faster than a whole partition; but every bucket costs the writer an open page, so their total is
 * bounded. The number never changes which partition a key is in.
 */
public final class BucketSizing {
    /** Total over all partitions: below it a writer's open pages stay in the cache themselves. */
    private static final int TARGET_BUCKETS = 256;

    /** More per partition does not pay: what is too large then is cut again by the reader. */
    private static final int MAX_PER_PARTITION = 64;

    /** The same for the ranges of a sort, whose rows are longer as a rule. */
    private static final int TARGET_RANGES = 128;

    private BucketSizing() {}

    /** The factor for {@code shuffle}, whose size is not known. */
    public static int bucketsPerPartition(PlanNode.Shuffle shuffle) {
        int partitions = shuffle.partitionCount();
        if (!(shuffle.reduceSide() instanceof PlanNode.ReduceSide.Sorted)) {
            return perPartition(TARGET_BUCKETS, partitions);
        }
        // Buckets by hash would mix the order.
        return shuffle.by() instanceof RangeBounds ? perPartition(TARGET_RANGES, partitions) : 1;
    }

    private static int perPartition(int target, int partitions) {
        return Math.max(1, Math.min(MAX_PER_PARTITION, target / partitions));
    }
}
