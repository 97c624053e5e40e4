package dev.kindling.executor.shuffle;

import dev.kindling.executor.attempt.SpillTimer;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.serde.NumberPairs;
import dev.kindling.serde.RowCodecs;
import dev.kindling.serde.RowReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Blocks kept by bucket until they are read: in memory as far as it is granted, else in one spill file. Within a bucket
 * they are read in the order of their map outputs, whatever the order they came in. Owned by the attempt's thread.
 */
final class HeldBlocks implements Closeable {
    private static final long GRANT_BYTES = 256 << 10;

    /** What a block costs beside its bytes: its entry here, its array's header. */
    private static final long BLOCK_OVERHEAD_BYTES = 64;

    private final TaskEnvironment environment;
    private final RowCodecs codecs;
    private final Bucket[] buckets;
    private SpillFile spill;
    private long heldBytes;
    private long grantedBytes;
    private long spilledBytes;
    private long spillNanos;

    /** One block: in memory while {@code bytes} is set, else at {@code position} of the spill file. */
    private static final class Held {
        private final int mapIndex;
        private final int length;
        private byte[] bytes;
        private int offset;
        private long position;

        private Held(int mapIndex, byte[] bytes, int offset, int length) {
            this.mapIndex = mapIndex;
            this.bytes = bytes;
            this.offset = offset;
            this.length = length;
        }

        /** What it holds in memory; a block that is part of a larger array is counted by its own length. */
        private long heldBytes() {
            return bytes == null ? 0 : length;
        }
    }

    private static final class Bucket {
        private Held[] blocks = new Held[8];
        private int count;
        private boolean isSorted = true;
        private long rows;
        private long bytes;

        private void add(Held block) {
            if (count == blocks.length) {
                blocks = Arrays.copyOf(blocks, 2 * count);
            }
            isSorted &= count == 0 || blocks[count - 1].mapIndex <= block.mapIndex;
            blocks[count++] = block;
            bytes += block.length;
        }

        /** Stable: several blocks of one map output keep their order. */
        private void sort() {
            if (!isSorted) {
                Arrays.sort(blocks, 0, count, (a, b) -> Integer.compare(a.mapIndex, b.mapIndex));
                isSorted = true;
            }
        }
    }

    HeldBlocks(TaskEnvironment environment, RowCodecs codecs, int bucketCount) {
        this.environment = environment;
        this.codecs = codecs;
        this.buckets = new Bucket[bucketCount];
    }

    /** Keeps {@code block} as one of {@code bucket}. */
    void add(int bucket, FetchedBlock block) throws IOException {
        if (buckets[bucket] == null) {
            buckets[bucket] = new Bucket();
        }
        FetchedBlock alone = block.alone();
        Held held = new Held(block.mapIndex(), alone.bytes(), alone.offset(), block.length());
        buckets[bucket].add(held);
        buckets[bucket].rows += block.rowCount();
        heldBytes += held.length + BLOCK_OVERHEAD_BYTES;
        if (heldBytes > grantedBytes && !grow()) {
            spillFrom(0, Long.MAX_VALUE);
            // What is left are the entries of the blocks; counted if there is room, needed in any case.
            grow();
        }
    }

    private boolean grow() {
        long missing = heldBytes - grantedBytes;
        for (long wanted : new long[] {Math.max(missing, GRANT_BYTES), missing}) {
            if (wanted <= 0) {
                return true;
            }
            if (environment.memory().tryAcquire(wanted)) {
                grantedBytes += wanted;
                return true;
            }
        }
        return false;
    }

    boolean isEmpty(int bucket) {
        return buckets[bucket] == null || buckets[bucket].count == 0;
    }

    long rows(int bucket) {
        return isEmpty(bucket) ? 0 : buckets[bucket].rows;
    }

    long bytes(int bucket) {
        return isEmpty(bucket) ? 0 : buckets[bucket].bytes;
    }

    /** Moves blocks to disk until {@code wantedBytes} are freed, the last bucket first, none before {@code first}. */
    long spillFrom(int first, long wantedBytes) throws IOException {
        SpillTimer timer = SpillTimer.start();
        long freed = 0;
        for (int b = buckets.length - 1; b >= first && freed < wantedBytes; b--) {
            if (buckets[b] != null) {
                freed += spill(buckets[b]);
            }
        }
        heldBytes -= freed;
        long surplus = grantedBytes - heldBytes;
        if (surplus > 0) {
            environment.memory().release(surplus);
            grantedBytes -= surplus;
        }
        spillNanos += timer.stop(environment, "shuffle read", freed, freed);
        return freed;
    }

    private long spill(Bucket bucket) throws IOException {
        environment.checkCancelled();
        long freed = 0;
        for (int i = 0; i < bucket.count; i++) {
            Held block = bucket.blocks[i];
            if (block.bytes != null) {
                if (spill == null) {
                    spill = environment.openSpill();
                }
                block.position = spill.append(block.bytes, block.offset, block.length);
                block.bytes = null;
                freed += block.length;
            }
        }
        spilledBytes += freed;
        return freed;
    }

    /** The bucket has been read: its memory is given back. */
    void forget(int bucket) {
        Bucket done = buckets[bucket];
        if (done == null) {
            return;
        }
        for (int i = 0; i < done.count; i++) {
            heldBytes -= done.blocks[i].heldBytes() + BLOCK_OVERHEAD_BYTES;
        }
        buckets[bucket] = null;
        giveBackSurplus();
    }

    private void giveBackSurplus() {
        long surplus = grantedBytes - heldBytes;
        if (surplus >= GRANT_BYTES || heldBytes == 0 && surplus > 0) {
            environment.memory().release(surplus);
            grantedBytes -= surplus;
        }
    }

    /** Hands out the blocks of {@code bucket}, which belong to the receiver from then on. */
    void take(int bucket, ShuffleReader.Blocks to) throws IOException {
        if (isEmpty(bucket)) {
            return;
        }
        Bucket taken = buckets[bucket];
        taken.sort();
        for (int i = 0; i < taken.count; i++) {
            Held block = taken.blocks[i];
            heldBytes -= block.heldBytes();
            giveBackSurplus();
            byte[] bytes = block.bytes;
            block.bytes = null;
            if (bytes == null) {
                bytes = new byte[block.length];
                spill.read(block.position, bytes);
                to.accept(block.mapIndex, bytes, 0, block.length);
            } else {
                to.accept(block.mapIndex, bytes, block.offset, block.length);
            }
        }
    }

    BucketRows open(int bucket) {
        if (isEmpty(bucket)) {
            return new Walk(new Bucket());
        }
        buckets[bucket].sort();
        return new Walk(buckets[bucket]);
    }

    long spilledBytes() {
        return spilledBytes;
    }

    long spillNanos() {
        return spillNanos;
    }

    @Override
    public void close() throws IOException {
        Arrays.fill(buckets, null);
        environment.memory().release(grantedBytes);
        grantedBytes = 0;
        heldBytes = 0;
        if (spill != null) {
            spill.close();
            spill = null;
        }
    }

    private final class Walk implements BucketRows {
        private final Bucket bucket;
        private final long batchBytes = environment.memory().batchBytes();
        private final RowReader rows = codecs.newReader().readAtOnce(batchBytes);
        private byte[] spilled = {};
        private int next;

        private Walk(Bucket bucket) {
            this.bucket = bucket;
        }

        @Override
        public int read(Object[] target, int from, int to) throws IOException {
            int at = from;
            long enough = rows.heapBytes() + batchBytes;
            while (at < to && rows.heapBytes() < enough) {
                int n = rows.read(target, at, to);
                if (n == 0) {
                    if (next == bucket.count) {
                        break;
                    }
                    openBlock(bucket.blocks[next++]);
                }
                at += n;
            }
            return at - from;
        }

        @Override
        public int readNumbers(NumberPairs target) throws IOException {
            for (int count = rows.readNumbers(target); ; count = rows.readNumbers(target)) {
                if (count != 0 || next == bucket.count) {
                    return count;
                }
                openBlock(bucket.blocks[next++]);
            }
        }

        @Override
        public long heapBytes() {
            return rows.heapBytes();
        }

        private void openBlock(Held block) throws IOException {
            if (block.bytes != null) {
                rows.reset(block.bytes, block.offset, block.length);
                return;
            }
            if (spilled.length < block.length) {
                spilled = new byte[block.length];
            }
            spill.read(block.position, spilled);
            rows.reset(spilled, 0, block.length);
        }

        @Override
        public void close() {
            next = bucket.count;
            spilled = new byte[0];
            rows.reset(spilled, 0, 0);
        }
    }
}
