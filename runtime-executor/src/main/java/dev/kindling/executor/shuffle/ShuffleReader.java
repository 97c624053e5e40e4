package dev.kindling.executor.shuffle;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.serde.RowCodecs;
import dev.kindling.serde.RowReader;
import java.io.Closeable;
import java.io.IOException;

/**
 * The reduce side of a shuffle: the blocks of one partition, as they arrive or organised by bucket. Owned by the
 * attempt's thread. Use either {@link #readRows} or the bucket methods, not both.
 *
 * <p>By bucket, all blocks are fetched first: only then is a bucket complete. They are held encoded, a fraction of what
 * their rows would take, counted against the attempt's memory, and go to a spill file when that is short. A bucket is
 * small enough for the operator's tables to stay in the cache.
 */
public final class ShuffleReader implements Closeable {
    private final BlockSource source;
    private final int firstBucket;
    private final int bucketCount;
    private final TaskEnvironment environment;
    private final RowCodecs codecs;
    private final RowReader arriving;
    private final long batchBytes;
    private final HeldBlocks held;
    private boolean isFetched;
    private int bucket = -1;

    /**
     * @param source the blocks of buckets {@code firstBucket} to {@code endBucket - 1} of all map outputs; closed with
     *     this reader
     */
    public ShuffleReader(BlockSource source, int firstBucket, int endBucket, TaskEnvironment environment) {
        this.source = source;
        this.firstBucket = firstBucket;
        this.bucketCount = endBucket - firstBucket;
        this.environment = environment;
        this.codecs = environment.newRowCodecs();
        this.batchBytes = environment.memory().batchBytes();
        this.arriving = codecs.newReader().readAtOnce(batchBytes);
        this.held = new HeldBlocks(environment, codecs, bucketCount);
    }

    // ---- rows as they come ----------------------------------------------------------------------------------------

    /**
     * Rows of blocks in the order of arrival, nothing buffered, up to {@code to} or the heap bytes of a batch; returns
     * how many came, 0 when there are no more.
     */
    public int readRows(Object[] target, int from, int to) throws IOException {
        int at = from;
        long enough = arriving.heapBytes() + batchBytes;
        while (at < to && arriving.heapBytes() < enough) {
            int n = arriving.read(target, at, to);
            if (n == 0) {
                FetchedBlock block = source.next();
                if (block == null) {
                    break;
                }
                arriving.reset(block.bytes(), block.offset(), block.length());
            }
            at += n;
        }
        return at - from;
    }

    // ---- bucket by bucket -----------------------------------------------------------------------------------------

    /**
     * Moves to the next bucket that has rows; the first call waits for all blocks. False after the last. The memory of
     * the bucket before is given back, its open walks are of no use any more.
     */
    public boolean nextBucket() throws IOException {
        if (!isFetched) {
            fetchAll();
            isFetched = true;
        }
        if (bucket >= 0 && bucket < bucketCount) {
            held.forget(bucket);
        }
        do {
            bucket++;
        } while (bucket < bucketCount && held.isEmpty(bucket));
        return bucket < bucketCount;
    }

    private void fetchAll() throws IOException {
        for (FetchedBlock block = source.next(); block != null; block = source.next()) {
            environment.checkCancelled();
            int index = block.bucket() - firstBucket;
            if (index < 0 || index >= bucketCount) {
                throw new KindlingException(
                        ErrorCode.INTERNAL,
                        "a block of bucket " + block.bucket() + " came, wanted are " + firstBucket + " to "
                                + (firstBucket + bucketCount - 1));
            }
            held.add(index, block);
        }
    }

    /** Which of the partition's buckets the current one is, from 0. */
    public int bucketIndex() {
        return bucket;
    }

    /** Rows of the current bucket. */
    public long bucketRows() {
        return held.rows(bucket);
    }

    /** Encoded bytes of the current bucket. */
    public long bucketBytes() {
        return held.bytes(bucket);
    }

    /** The current bucket's rows from the start; may be opened again, also while another walk is open. */
    public BucketRows openBucket() {
        return held.open(bucket);
    }

    /** Hands out the current bucket's blocks, in the order of their map outputs; it is empty then. */
    public void takeBucket(Blocks to) throws IOException {
        held.take(bucket, to);
    }

    /** Receives blocks; the array is not changed afterwards. */
    @FunctionalInterface
    public interface Blocks {
        void accept(int mapIndex, byte[] bytes, int offset, int length) throws IOException;
    }

    /**
     * Makes room for the operator: moves held blocks to disk, those of the last buckets first and of the current one at
     * the end, until {@code bytes} are free or nothing is left to move. Returns the bytes given back to the attempt's
     * memory.
     */
    public long shed(long bytes) throws IOException {
        return held.spillFrom(Math.max(0, bucket), bytes);
    }

    /** Bytes of blocks that went through a scratch file. */
    public long spilledBytes() {
        return held.spilledBytes();
    }

    /** Time taken by moving them there. */
    public long spillNanos() {
        return held.spillNanos();
    }

    /** Gives back memory and scratch files, and closes the source. */
    @Override
    public void close() throws IOException {
        try {
            held.close();
        } finally {
            source.close();
        }
    }
}
