package dev.kindling.executor.shuffle;

import dev.kindling.block.BlockFormat;
import dev.kindling.executor.attempt.SpillTimer;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.serde.NumberPairs;
import dev.kindling.serde.RowCodecs;
import dev.kindling.serde.RowWriter;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Rows put into buckets and taken out bucket by bucket, in the order they came. Pages stay in memory as far as the
 * attempt is granted memory; then the larger buckets move to a spill file, whole pages in chunks, and start anew.
 * Nothing is sorted or merged: what is taken out of a bucket is its chunks, then its pages. Owned by the attempt's
 * thread.
 */
final class BucketPages implements Closeable {
    /** Asked for at once, so that few requests are made: 16 pages of the usual size. */
    private static final long GRANT_BYTES = 256 << 10;

    /**
     * What a bucket costs beside its pages: its writer, its columns, their arrays' headers, its entry in the tables.
     */
    static final long BUCKET_OVERHEAD_BYTES = 400;

    private final TaskEnvironment environment;
    private final TaskMemory memory;
    private final RowCodecs codecs;
    private final int pageBytes;
    private final RowWriter[] writers;
    private final Chunks[] chunks;

    /** Used whether granted or not: with less, every row would make a page and a chunk of its own. */
    private final long floorBytes;

    private long overheadBytes;
    private long grantedBytes;

    /** Above it pages may not grow without another grant. */
    private long limitBytes;

    private SpillFile spill;
    private long spilledBytes;
    private long freedBytes;
    private long spillNanos;
    private byte[] chunk = {};
    private int chunkBytes;
    private int chunkRows;

    /** Where a bucket's spilled chunks lie: position, and length and rows, of each. */
    private static final class Chunks {
        private long[] places = new long[4];
        private int count;

        void add(long position, int length, int rows) {
            if (count * 2 == places.length) {
                places = Arrays.copyOf(places, count * 4);
            }
            places[count * 2] = position;
            places[count * 2 + 1] = (long) length << 32 | rows;
            count++;
        }

        long position(int index) {
            return places[index * 2];
        }

        int length(int index) {
            return (int) (places[index * 2 + 1] >>> 32);
        }

        int rows(int index) {
            return (int) places[index * 2 + 1];
        }
    }

    BucketPages(TaskEnvironment environment, RowCodecs codecs, int bucketCount) {
        this.environment = environment;
        this.memory = environment.memory();
        this.codecs = codecs;
        this.writers = new RowWriter[bucketCount];
        this.chunks = new Chunks[bucketCount];
        // All open pages together fit half of what the attempt is sure to get; the other half is for closed ones.
        long share = memory.guaranteed() / 2 / bucketCount - BUCKET_OVERHEAD_BYTES;
        this.floorBytes = Math.max(64 << 10, memory.guaranteed() / 4);
        this.pageBytes = (int) Math.max(256, Math.min(environment.settings().pageBytes(), share));
    }

    /** How many buckets can be open at once without their pages becoming too small to be worth it. */
    static int maxBuckets(TaskMemory memory) {
        return (int) Math.max(16, Math.min(1 << 20, memory.guaranteed() / 2 / (BUCKET_OVERHEAD_BYTES + 256)));
    }

    void append(int bucket, Object row) throws IOException {
        writerOf(bucket).append(row);
        keepToLimit();
    }

    /** Of a pair that is no object. */
    void append(int bucket, NumberPairs pairs, int index) throws IOException {
        writerOf(bucket).append(pairs, index);
        keepToLimit();
    }

    private RowWriter writerOf(int bucket) {
        RowWriter writer = writers[bucket];
        if (writer == null) {
            writer = codecs.newWriter(pageBytes);
            writers[bucket] = writer;
            overheadBytes += BUCKET_OVERHEAD_BYTES;
            setLimit();
        }
        return writer;
    }

    private void keepToLimit() throws IOException {
        if (codecs.heldBytes() > limitBytes) {
            makeRoom();
            setLimit();
        }
    }

    private void setLimit() {
        limitBytes = Math.max(grantedBytes, floorBytes) - overheadBytes;
    }

    private long heldBytes() {
        return codecs.heldBytes() + overheadBytes;
    }

    private void makeRoom() throws IOException {
        long missing = heldBytes() - grantedBytes;
        long wanted = Math.max(missing, GRANT_BYTES);
        if (memory.tryAcquire(wanted)) {
            grantedBytes += wanted;
        } else if (memory.tryAcquire(missing)) {
            grantedBytes += missing;
        } else {
            spill();
        }
    }

    /** Moves all buckets of at least the mean size to disk: half of the memory or more, in the fewest chunks. */
    private void spill() throws IOException {
        environment.checkCancelled();
        SpillTimer timer = SpillTimer.start();
        long heldBefore = codecs.heldBytes();
        long diskBefore = spilledBytes;
        long mean = codecs.heldBytes() / Math.max(1, overheadBytes / BUCKET_OVERHEAD_BYTES);
        for (int bucket = 0; bucket < writers.length; bucket++) {
            RowWriter writer = writers[bucket];
            if (writer != null && writer.heldBytes() > 0 && writer.heldBytes() >= mean) {
                int spilling = bucket;
                writer.drainTo((page, offset, length) -> addToChunk(spilling, page, offset, length));
                endChunk(bucket);
            }
        }
        // A chunk list is small beside what it stands for; what it takes is counted with the bucket.
        chunk = new byte[0];
        long freed = heldBefore - codecs.heldBytes();
        freedBytes += freed;
        spillNanos += timer.stop(environment, "shuffle write", freed, spilledBytes - diskBefore);
    }

    private void addToChunk(int bucket, byte[] page, int offset, int length) throws IOException {
        if (chunkBytes + length > BlockFormat.TARGET_BLOCK_BYTES) {
            endChunk(bucket);
        }
        if (chunkBytes + length > chunk.length) {
            chunk = Arrays.copyOf(chunk, Math.max(chunkBytes + length, Math.min(2 * chunk.length, 1 << 20)));
        }
        System.arraycopy(page, offset, chunk, chunkBytes, length);
        chunkBytes += length;
        chunkRows += RowWriter.rowsOf(page, offset);
    }

    private void endChunk(int bucket) throws IOException {
        if (chunkBytes == 0) {
            return;
        }
        if (spill == null) {
            spill = environment.openSpill();
        }
        if (chunks[bucket] == null) {
            chunks[bucket] = new Chunks();
        }
        chunks[bucket].add(spill.append(chunk, 0, chunkBytes), chunkBytes, chunkRows);
        spilledBytes += chunkBytes;
        chunkBytes = 0;
        chunkRows = 0;
    }

    /** Takes the rows of {@code bucket} out as encoded pages, each call with whole pages. */
    void take(int bucket, Pages to) throws IOException {
        Chunks ofBucket = chunks[bucket];
        if (ofBucket != null) {
            for (int i = 0; i < ofBucket.count; i++) {
                byte[] bytes = new byte[ofBucket.length(i)];
                spill.read(ofBucket.position(i), bytes);
                to.accept(bytes, 0, bytes.length, ofBucket.rows(i));
            }
            chunks[bucket] = null;
        }
        if (writers[bucket] != null) {
            writers[bucket].drainTo(
                    (page, offset, length) -> to.accept(page, offset, length, RowWriter.rowsOf(page, offset)));
            writers[bucket] = null;
            overheadBytes -= BUCKET_OVERHEAD_BYTES;
        }
        long surplus = grantedBytes - heldBytes();
        if (surplus >= GRANT_BYTES) {
            memory.release(surplus);
            grantedBytes -= surplus;
        }
    }

    /** Whole pages of one bucket; the array is not changed afterwards. */
    @FunctionalInterface
    interface Pages {
        void accept(byte[] bytes, int offset, int length, int rows) throws IOException;
    }

    /** Writes all buckets, the first one as number {@code firstBucket} of the output. */
    void writeTo(MapOutputWriter output, int firstBucket) throws IOException {
        BlockCutter cutter = new BlockCutter(output);
        for (int bucket = 0; bucket < writers.length; bucket++) {
            if (writers[bucket] != null || chunks[bucket] != null) {
                cutter.startBucket(firstBucket + bucket);
                take(bucket, cutter);
                cutter.endBlock();
            }
        }
    }

    long spilledBytes() {
        return spilledBytes;
    }

    /** Memory that spilling has made free. */
    long freedBytes() {
        return freedBytes;
    }

    long spillNanos() {
        return spillNanos;
    }

    @Override
    public void close() throws IOException {
        Arrays.fill(writers, null);
        memory.release(grantedBytes);
        grantedBytes = 0;
        if (spill != null) {
            spill.close();
            spill = null;
        }
    }

    /** Gathers pages of a bucket into blocks of the usual size. */
    private static final class BlockCutter implements Pages {
        private final MapOutputWriter output;
        private int bucket;
        private byte[][] pages = new byte[16][];
        private int[] lengths = new int[16];
        private int count;
        private long bytes;
        private long rows;

        private BlockCutter(MapOutputWriter output) {
            this.output = output;
        }

        void startBucket(int number) {
            bucket = number;
        }

        @Override
        public void accept(byte[] page, int offset, int length, int pageRows) throws IOException {
            if (bytes + length > BlockFormat.TARGET_BLOCK_BYTES) {
                endBlock();
            }
            if (count == pages.length) {
                pages = Arrays.copyOf(pages, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            pages[count] = page;
            lengths[count++] = length;
            bytes += length;
            rows += pageRows;
        }

        void endBlock() throws IOException {
            if (count == 0) {
                return;
            }
            output.startBlock(bucket, rows);
            for (int i = 0; i < count; i++) {
                output.write(pages[i], 0, lengths[i]);
                pages[i] = null;
            }
            count = 0;
            bytes = 0;
            rows = 0;
        }
    }
}
