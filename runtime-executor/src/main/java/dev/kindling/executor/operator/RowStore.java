package dev.kindling.executor.operator;

import dev.kindling.executor.attempt.SpillTimer;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.serde.NumberPairs;
import dev.kindling.serde.RowReader;
import dev.kindling.serde.RowWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows put aside as encoded chunks in any number of lanes: in memory as far as it is granted, else in one scratch file.
 * Rows become bytes as they come, so what is held is known to the byte: chunks, open pages and the index of the chunks.
 * Closing it gives back memory and file. Owned by the task's thread.
 *
 * <p>A chunk is a page, and at most {@link #MAX_CHUNK_ROWS} rows: so a reader never decodes more than a page at a time,
 * whatever the size of the lane.
 */
final class RowStore implements AutoCloseable {
    static final int MAX_CHUNK_ROWS = 1024;

    /** Enough to make the write of a chunk worth it; a merge holds one of each run. */
    private static final int MAX_PAGE_BYTES = 16 << 10;

    private static final int MIN_PAGE_BYTES = 1 << 10;
    private static final long GRANT_BYTES = 256 << 10;
    // Where a chunk lies, its length and rows, and the array it may have in memory.
    private static final int INDEX_BYTES = 40;

    private final TaskScope scope;
    private final boolean onDisk;
    private final int pageBytes;
    private final RowReader reader;
    private final List<Lane> lanes = new ArrayList<>();
    private SpillFile file;
    private byte[] readBuffer = new byte[0];

    /** Encoded chunks in memory, and the index of all chunks. */
    private long chunkBytes;

    /** The lanes' writers with their open pages. */
    private long openBytes;

    private long grantedBytes;

    /**
     * @param openLanes how many lanes are written to at a time
     * @param onDisk nothing is kept in memory: it is needed for what comes next
     */
    RowStore(TaskScope scope, int openLanes, boolean onDisk) {
        this.scope = scope;
        this.onDisk = onDisk;
        // Pages are small, and a chunk is decoded as a whole.
        this.reader = scope.newRowReader().readAtOnce(Long.MAX_VALUE);
        // Open pages are needed in any case: they have to fit what the task is sure to get.
        long share = scope.memory().guaranteed() / 4 / openLanes;
        this.pageBytes = (int) Math.max(MIN_PAGE_BYTES, Math.min(Math.min(MAX_PAGE_BYTES, scope.pageBytes()), share));
    }

    Lane openLane() {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    /** Moves what lies in memory to the scratch file; returns how many bytes that were. */
    long spill() throws IOException {
        long freed = spill(lanes);
        giveBackSurplus();
        return freed;
    }

    private long spill(List<Lane> some) throws IOException {
        SpillTimer timer = SpillTimer.start();
        long before = chunkBytes;
        for (Lane lane : some) {
            lane.spill();
        }
        long freed = before - chunkBytes;
        scope.counters().memorySpilled += freed;
        scope.counters().spillNanos += timer.stop(scope.environment(), "stored rows", freed, freed);
        return freed;
    }

    private void spillLargestLane() throws IOException {
        Lane largest = null;
        for (Lane lane : lanes) {
            if (lane.heldInMemory > 0 && (largest == null || lane.heldInMemory > largest.heldInMemory)) {
                largest = lane;
            }
        }
        if (largest != null) {
            spill(List.of(largest));
        }
    }

    private SpillFile file() throws IOException {
        if (file == null) {
            file = scope.openScratch();
        }
        return file;
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    private long heldBytes() {
        return chunkBytes + openBytes;
    }

    /** A quarter of the task's share is for chunks: the rest is for rows decoded and for the rest of the chain. */
    private boolean mayHold(long moreBytes) {
        return !onDisk && chunkBytes + moreBytes <= scope.memory().share() / 4;
    }

    /** Whether all that is held is granted. */
    private boolean isGranted() {
        long missing = heldBytes() - grantedBytes;
        if (missing <= 0) {
            return true;
        }
        long wanted = Math.max(missing, GRANT_BYTES);
        if (scope.memory().tryAcquire(wanted)) {
            grantedBytes += wanted;
            return true;
        }
        if (wanted > missing && scope.memory().tryAcquire(missing)) {
            grantedBytes += missing;
            return true;
        }
        return false;
    }

    private void giveBackSurplus() {
        long surplus = grantedBytes - heldBytes();
        if (surplus >= GRANT_BYTES || heldBytes() == 0) {
            scope.memory().release(surplus);
            grantedBytes -= surplus;
        }
    }

    @Override
    public void close() throws IOException {
        for (Lane lane : lanes) {
            lane.drop();
        }
        lanes.clear();
        readBuffer = new byte[0];
        giveBackSurplus();
        if (file != null) {
            scope.closeScratch(file);
            file = null;
        }
    }

    // ---- lanes ------------------------------------------------------------------------------------------------------

    /** One sequence of rows: first added to, then {@link #finish}ed, then read. */
    final class Lane implements StoredRows {
        private RowWriter writer = scope.newRowWriter(pageBytes);
        private int openRows;
        private byte[][] chunks = new byte[4][];
        private long[] positions = new long[4];
        private int[] lengths = new int[4];
        private short[] rowCounts = new short[4];
        private int chunkCount;
        private long rowCount;
        private long byteCount;
        private long heldInMemory;

        void add(Object row) throws IOException {
            long before = scope.bytesOfWriters();
            writer.append(row);
            openBytes += scope.bytesOfWriters() - before;
            openRows++;
            if (openRows == MAX_CHUNK_ROWS || writer.hasClosedPages()) {
                flush();
            }
        }

        /** All rows are in; its open page is given back. */
        void finish() throws IOException {
            flush();
            if (writer != null) {
                openBytes -= writer.heldBytes();
                writer.leave();
                writer = null;
            }
            giveBackSurplus();
        }

        private void flush() throws IOException {
            if (openRows == 0) {
                return;
            }
            long before = scope.bytesOfWriters();
            byte[] bytes = writer.takeBytes();
            openBytes += scope.bytesOfWriters() - before;
            int rows = openRows;
            openRows = 0;
            rowCount += rows;
            byteCount += bytes.length;
            keep(bytes, rows);
        }

        private void keep(byte[] bytes, int rows) throws IOException {
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * chunkCount);
                positions = Arrays.copyOf(positions, 2 * chunkCount);
                lengths = Arrays.copyOf(lengths, 2 * chunkCount);
                rowCounts = Arrays.copyOf(rowCounts, 2 * chunkCount);
            }
            int chunk = chunkCount++;
            lengths[chunk] = bytes.length;
            rowCounts[chunk] = (short) rows;
            chunkBytes += INDEX_BYTES;
            if (!mayHold(bytes.length)) {
                spillLargestLane();
            }
            if (!mayHold(bytes.length)) {
                positions[chunk] = writeThrough(bytes);
                isGranted(); // index and open pages are needed in any case
                return;
            }
            hold(chunk, bytes, bytes.length);
            if (!isGranted()) {
                spillLargestLane();
            }
            if (!isGranted() && chunks[chunk] != null) {
                positions[chunk] = writeThrough(bytes);
                hold(chunk, null, -bytes.length);
            }
        }

        private void hold(int chunk, byte[] bytes, long more) {
            chunks[chunk] = bytes;
            heldInMemory += more;
            chunkBytes += more;
        }

        /** What is on its way to disk in any case was never meant to be held. */
        private long writeThrough(byte[] bytes) throws IOException {
            scope.counters().memorySpilled += onDisk ? 0 : bytes.length;
            return write(bytes);
        }

        private long write(byte[] bytes) throws IOException {
            scope.counters().diskSpilled += bytes.length;
            return file().append(bytes, 0, bytes.length);
        }

        private void spill() throws IOException {
            scope.checkCancelled();
            for (int chunk = 0; chunk < chunkCount && heldInMemory > 0; chunk++) {
                byte[] bytes = chunks[chunk];
                if (bytes != null) {
                    positions[chunk] = write(bytes);
                    hold(chunk, null, -bytes.length);
                }
            }
        }

        /** Gives back its memory; the lane cannot be read any more. */
        void forget() {
            drop();
            giveBackSurplus();
        }

        private void drop() {
            if (writer != null) {
                openBytes -= writer.heldBytes();
                writer.leave();
                writer = null;
            }
            chunkBytes -= heldInMemory + (long) chunkCount * INDEX_BYTES;
            heldInMemory = 0;
            chunkCount = 0;
            chunks = new byte[0][];
            positions = new long[0];
            lengths = new int[0];
            rowCounts = new short[0];
        }

        @Override
        public long rowCount() {
            return rowCount + openRows;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        /** Rows of its fullest chunk. */
        int maxChunkRows() {
            int most = 0;
            for (int chunk = 0; chunk < chunkCount; chunk++) {
                most = Math.max(most, rowCounts[chunk]);
            }
            return most;
        }

        @Override
        public Cursor open() {
            return new LaneCursor(this);
        }

        // The lock: user code may walk two groups on two threads.
        private int decode(LaneCursor cursor, int chunk, Object[] target, int from, int to) throws IOException {
            synchronized (RowStore.this) {
                open(chunk);
                long before = reader.heapBytes();
                int count = reader.read(target, from, to);
                cursor.heapBytes += reader.heapBytes() - before;
                close(chunk);
                return count;
            }
        }

        private int decode(int chunk, NumberPairs target) throws IOException {
            synchronized (RowStore.this) {
                open(chunk);
                int count = reader.readNumbers(target);
                close(chunk);
                // Pages of several kinds in one chunk: that is for the reader of objects.
                return count == target.count && count == rowCounts[chunk] ? count : -1;
            }
        }

        private void open(int chunk) throws IOException {
            byte[] bytes = chunks[chunk];
            if (bytes == null) {
                if (readBuffer.length < lengths[chunk]) {
                    readBuffer = new byte[lengths[chunk]];
                }
                bytes = readBuffer;
                file.read(positions[chunk], bytes, lengths[chunk]);
            }
            reader.reset(bytes, 0, lengths[chunk]);
        }

        /** A buffer as large as a large row is not kept. */
        private void close(int chunk) {
            if (lengths[chunk] > 4 * MAX_PAGE_BYTES) {
                readBuffer = new byte[0];
                reader.reset(readBuffer, 0, 0);
            }
        }
    }

    /** Decodes a chunk at once, so that many cursors share the one reader. */
    private static final class LaneCursor implements StoredRows.Cursor {
        private final Lane lane;
        private Object[] rows = new Object[0];
        private int chunk;
        private int next;
        private int count;
        private long heapBytes;

        LaneCursor(Lane lane) {
            this.lane = lane;
        }

        @Override
        public int read(Object[] target, int from, int to) throws IOException {
            if (next == count) {
                if (chunk == lane.chunkCount) {
                    return 0;
                }
                count = 0;
                next = 0;
                int rowsInChunk = lane.rowCounts[chunk];
                if (to - from >= rowsInChunk) {
                    return lane.decode(this, chunk++, target, from, from + rowsInChunk);
                }
                if (rows.length < rowsInChunk) {
                    rows = new Object[rowsInChunk];
                }
                count = lane.decode(this, chunk++, rows, 0, rowsInChunk);
            }
            int taken = Math.min(to - from, count - next);
            System.arraycopy(rows, next, target, from, taken);
            next += taken;
            return taken;
        }

        @Override
        public int readNumbers(NumberPairs target) throws IOException {
            return chunk == lane.chunkCount ? 0 : lane.decode(chunk++, target);
        }

        @Override
        public long heapBytes() {
            return heapBytes;
        }
    }
}
