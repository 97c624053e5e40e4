package dev.kindling.bench.ramp;

import dev.kindling.api.Partitioner;

/** Has Spark place keys as the plan does. */
final class OurPartitioner extends org.apache.spark.Partitioner {
    private static final long serialVersionUID = 1L;

    private final Partitioner by;

    OurPartitioner(Partitioner by) {
        this.by = by;
    }

    @Override
    public int numPartitions() {
        return by.numPartitions();
    }

    @Override
    public int getPartition(Object key) {
        return by.getPartition(key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OurPartitioner that && that.by.equals(by);
    }

    @Override
    public int hashCode() {
        return by.hashCode();
    }
}
