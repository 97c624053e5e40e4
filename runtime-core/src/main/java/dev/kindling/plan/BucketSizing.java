package dev.kindling.plan;

/**
 * How many fine buckets a shuffle partition is cut into. A bucket that fits the processor's cache is grouped
 * several times faster than a whole partition; but every bucket costs the writer an open page, so their total is
 * bounded. The number never changes which partition a key is in.
 */
public final class BucketSizing {
    /** Total over all partitions: below it a writer's open pages stay in the cache themselves. */
    private static final int TARGET_BUCKETS = 256;

    /** More per partition does not pay: what is too large then is cut again by the reader. */
    private static final int MAX_PER_PARTITION = 64;

    private BucketSizing() {}

    /**
     * The factor for a shuffle whose size is not known.
     *
     * @param partitions reduce partitions
     * @param order true where rows are sorted: buckets by hash would mix the order, so there is one a partition
     */
    public static int bucketsPerPartition(int partitions, boolean order) {
        if (order) {
            return 1;
        }
        return Math.max(1, Math.min(MAX_PER_PARTITION, TARGET_BUCKETS / partitions));
    }
}
