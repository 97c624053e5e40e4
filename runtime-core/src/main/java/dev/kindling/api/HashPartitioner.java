package dev.kindling.api;

import java.io.Serial;

/**
 * Partition = {@code hashCode} modulo the number of partitions, never negative; a null key belongs to partition 0. An
 * enum constant is placed by its name: its own hash differs from process to process.
 */
public final class HashPartitioner extends Partitioner {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int partitions;
    private final boolean hasDefaultCount;

    public HashPartitioner(int partitions) {
        this(partitions, false);
    }

    private HashPartitioner(int partitions, boolean hasDefaultCount) {
        if (partitions < 1) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "a HashPartitioner needs at least 1 partition, not " + partitions);
        }
        this.partitions = partitions;
        this.hasDefaultCount = hasDefaultCount;
    }

    /** Equal to a {@link #HashPartitioner} of as many partitions, but for {@link #hasDefaultCount}. */
    public static HashPartitioner ofDefaultCount(int partitions) {
        return new HashPartitioner(partitions, true);
    }

    @Override
    public boolean hasDefaultCount() {
        return hasDefaultCount;
    }

    @Override
    public int numPartitions() {
        return partitions;
    }

    @Override
    public int getPartition(Object key) {
        return key == null ? 0 : Math.floorMod(hashOf(key), partitions);
    }

    /** The hash a key is placed by, the same in every process for keys that have one. */
    public static int hashOf(Object key) {
        return key instanceof Enum<?> constant ? constant.name().hashCode() : key.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashPartitioner that && that.partitions == partitions;
    }

    @Override
    public int hashCode() {
        return partitions;
    }

    @Override
    public String toString() {
        return "HashPartitioner(" + partitions + ")";
    }
}
