package dev.kindling.driver.core;

/**
 * For which partitions of one stage or one persisted set accumulator updates were merged: each partition's first, for
 * ever.
 *
 * <p>It lives as long as its stage or set. A map stage lives as long as its shuffle, so that a partition which is computed
 * again, for a lost output or by a later job, does not count again; a result stage lives as long as its job; a set as
 * long as it is persisted, so that a partition which was evicted does not count again. Costs nothing until an attempt
 * brings updates.
 */
final class CountedUpdates {
    private final int partitionCount;
    private PartitionSet counted;

    CountedUpdates(int partitionCount) {
        this.partitionCount = partitionCount;
    }

    /** Whether updates of the partition were merged. */
    boolean has(int partition) {
        return counted != null && counted.contains(partition);
    }

    /** True for the first updates of the partition, which are to be merged; false for all later ones. */
    boolean isFirst(int partition) {
        if (counted == null) {
            counted = new PartitionSet(partitionCount);
        }
        return counted.add(partition);
    }
}
