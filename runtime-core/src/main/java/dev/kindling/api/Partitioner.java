package dev.kindling.api;

import java.io.Serializable;

/**
 * Says to which partition a key belongs: the same answer for equal keys, in every process, for as long as the
 * application lives. Two partitioners that are {@code equals} place keys alike, so a join of two sets partitioned by
 * them does not shuffle. Called by many threads at once.
 */
public abstract class Partitioner implements Serializable {
    private static final long serialVersionUID = 1L;

    public abstract int numPartitions();

    /** The partition of {@code key}, from 0 to {@code numPartitions() - 1}; {@code key} may be null. */
    public abstract int getPartition(Object key);

    /**
     * Whether nobody asked for this number of partitions: small neighbours may then be computed together, as
     * {@code kindling.shuffle.targetPartitionBytes} says.
     */
    public boolean hasDefaultCount() {
        return false;
    }

    /**
     * How the joins and groups of these sets place their rows when the program names nothing: as the set with most
     * partitions that is placed already, unless others have ten times as many; else by hash over the configured
     * parallelism, or over as many partitions as the largest set has.
     */
    public static Partitioner defaultPartitioner(RDD<?> rdd, RDD<?>... others) {
        return rdd.context().session().defaultPartitioner(rdd, others);
    }
}
