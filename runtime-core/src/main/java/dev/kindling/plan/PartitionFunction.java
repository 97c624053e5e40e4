package dev.kindling.plan;

import java.io.Serializable;

/** What an action does with one partition on its executor; its answer is merged on the driver. */
@FunctionalInterface
public interface PartitionFunction extends Serializable {
    Object call(int partition, TaskRows rows) throws Exception;

    /** The most rows that {@code call} reads: a task computes no more of them. {@code Long.MAX_VALUE}: unknown. */
    default long rowLimit() {
        return Long.MAX_VALUE;
    }

    /**
     * Whether its answer is the list of all its rows: then they are written as they come, and it is not called. So a
     * partition of any size leaves a small heap.
     */
    default boolean isAllRows() {
        return false;
    }

    /**
     * Whether its job looks at rows that another job of the same action computes too, as a sample does: what
     * accumulators get meanwhile does not count.
     */
    default boolean isLookAhead() {
        return false;
    }
}
