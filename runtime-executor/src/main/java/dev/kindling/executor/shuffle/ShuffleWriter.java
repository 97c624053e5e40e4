package dev.kindling.executor.shuffle;

import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.RowWriter;
import java.io.Closeable;
import java.io.IOException;

/** The map side of a shuffle: rows of one attempt into the buckets of its map output. Owned by the attempt's thread. */
public final class ShuffleWriter implements Closeable {
    private final StageBody.Sink.MapOutput sink;
    private final TaskEnvironment environment;
    private final Partitioner by;
    private final int bucketsPerPartition;
    private final RowWriter[] buckets;
    private long rowDigest;
    private long rowCount;

    public ShuffleWriter(StageBody.Sink.MapOutput sink, TaskEnvironment environment) {
        this.sink = sink;
        this.environment = environment;
        this.by = sink.by();
        this.bucketsPerPartition = sink.bucketsPerPartition();
        this.buckets = new RowWriter[by.numPartitions() * bucketsPerPartition];
    }

    /** Adds the first {@code count} of {@code rows}, each a {@code Tuple2}. */
    public void add(Object[] rows, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Tuple2<?, ?> row = (Tuple2<?, ?>) rows[i];
            int hash = row._1() == null ? 0 : row._1().hashCode();
            int bucket = by.getPartition(row._1()) * bucketsPerPartition
                    + Math.floorMod(hash * 0x9E3779B9 >>> 8, bucketsPerPartition);
            if (buckets[bucket] == null) {
                buckets[bucket] = new RowWriter(
                        environment.userClassLoader(), environment.settings().pageBytes());
            }
            buckets[bucket].append(row);
            rowDigest += row.hashCode() * 0x9E3779B97F4A7C15L;
        }
        rowCount += count;
    }

    /** Writes and publishes the map output. */
    public TaskResult.MapWritten finish() throws IOException {
        try (MapOutputWriter out = environment.openMapOutput(sink.shuffleId(), buckets.length)) {
            for (int bucket = 0; bucket < buckets.length; bucket++) {
                if (buckets[bucket] != null) {
                    out.startBlock(bucket, buckets[bucket].rowCount());
                    buckets[bucket].drainTo(out::write);
                }
            }
            return new TaskResult.MapWritten(
                    sink.shuffleId(), partitionBytes(out.commit()), rowCount, rowDigest);
        }
    }

    private long[] partitionBytes(long[] bucketBytes) {
        long[] bytes = new long[by.numPartitions()];
        for (int bucket = 0; bucket < bucketBytes.length; bucket++) {
            bytes[bucket / bucketsPerPartition] += bucketBytes[bucket];
        }
        return bytes;
    }

    /** Gives back memory and scratch files; after {@link #finish} too. */
    @Override
    public void close() {}
}
