package dev.kindling.api;

import dev.kindling.api.spi.KeyRanges;
import java.io.Serial;
import java.util.Comparator;

/**
 * Places keys by ranges of about even size, so that partitions follow each other in the order of their keys. Equal to
 * another one with the same bounds. There may be fewer ranges than partitions: the last partitions stay empty then.
 *
 * @param <K> the keys
 */
public final class RangePartitioner<K> extends Partitioner {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int partitions;
    private final KeyRanges ranges;

    private RangePartitioner(int partitions, KeyRanges ranges) {
        this.partitions = partitions;
        this.ranges = ranges;
    }

    /** Runs a job that samples the keys of {@code rdd}. {@code order} must be able to travel. */
    public static <K> RangePartitioner<K> of(
            int partitions, RDD<? extends Tuple2<K, ?>> rdd, Comparator<? super K> order) {
        return new RangePartitioner<>(partitions, rdd.context().session().sampleRanges(rdd, partitions, order));
    }

    /** What the engine goes by. */
    public KeyRanges ranges() {
        return ranges;
    }

    @Override
    public int numPartitions() {
        return partitions;
    }

    @Override
    public int getPartition(Object key) {
        return ranges.indexOf(key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RangePartitioner<?> that && partitions == that.partitions && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return 31 * partitions + ranges.hashCode();
    }

    @Override
    public String toString() {
        return "RangePartitioner(" + partitions + ")";
    }
}
