package dev.kindling.executor.operator;

import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.shuffle.BucketRows;
import dev.kindling.executor.shuffle.ShuffleReader;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RangeBounds;
import dev.kindling.protocol.TaskInput;
import dev.kindling.serde.NumberPairs;
import java.io.Closeable;
import java.io.IOException;

/** One partition of a shuffle as the operators above open it: when its first row is wanted, and once. */
final class ShuffleLeaf implements Closeable {
    private final PlanNode.ShuffleRead node;
    private final TaskInput.ShuffleInput input;
    private final int firstBucket;
    private final int endBucket;
    private final TaskScope scope;
    private BlockSource source;
    private ShuffleReader reader;

    ShuffleLeaf(PlanNode.ShuffleRead node, TaskInput.ShuffleInput input, TaskScope scope) {
        this.node = node;
        this.input = input;
        this.firstBucket = input.leafPartition() * node.bucketsPerPartition();
        this.endBucket = firstBucket + node.bucketsRead();
        this.scope = scope;
    }

    /** The blocks as they come, each with the map output it is from. */
    BlockSource openBlocks() throws IOException {
        source = scope.environment().openShuffle(input, firstBucket, endBucket);
        return source;
    }

    /** The rows, as they come or by bucket. */
    ShuffleReader open() throws IOException {
        reader = new ShuffleReader(openBlocks(), firstBucket, endBucket, scope.environment());
        return reader;
    }

    /** Whether its buckets are ranges of keys, each above those of the bucket before. */
    boolean isInRanges() {
        return node.reduceSide() instanceof PlanNode.ReduceSide.Sorted
                && node.by() instanceof RangeBounds bounds
                && bounds.hasInnerBounds();
    }

    int mapCount() {
        return input.sources().size();
    }

    @Override
    public void close() throws IOException {
        if (source == null) {
            return;
        }
        TaskCounters counters = scope.counters();
        counters.shuffleBytesReadLocal += source.localBytes();
        counters.shuffleBytesReadRemote += source.remoteBytes();
        counters.fetchWaitNanos += source.waitNanos();
        BlockSource closing = source;
        source = null;
        if (reader != null) {
            counters.diskSpilled += reader.spilledBytes();
            counters.memorySpilled += reader.spilledBytes();
            counters.spillNanos += reader.spillNanos();
            reader.close();
        } else {
            closing.close();
        }
    }

    /** The bucket at which a reader stands. */
    static final class Bucket implements StoredRows {
        private final ShuffleReader reader;

        Bucket(ShuffleReader reader) {
            this.reader = reader;
        }

        @Override
        public long rowCount() {
            return reader.bucketRows();
        }

        @Override
        public long byteCount() {
            return reader.bucketBytes();
        }

        @Override
        public Cursor open() throws IOException {
            BucketRows rows = reader.openBucket();
            return new Cursor() {
                @Override
                public int read(Object[] target, int from, int to) throws IOException {
                    return rows.read(target, from, to);
                }

                @Override
                public int readNumbers(NumberPairs target) throws IOException {
                    return rows.readNumbers(target);
                }

                @Override
                public long heapBytes() {
                    return rows.heapBytes();
                }
            };
        }
    }
}
