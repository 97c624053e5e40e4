package dev.kindling.executor.operator;

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
 * Memory is counted by the bytes of the chunks. Closing it gives back both. Owned by the task's thread.
 *
 * <p>A chunk is as many rows as fill a page, by the sizes seen so far, and at most {@link #MAX_CHUNK_ROWS}: so a reader
 * never decodes more than a page at a time, whatever the size of the lane.
 */
final class RowStore implements AutoCloseable {
    static final int MAX_CHUNK_ROWS = 1024;
    private static final int FIRST_CHUNK_ROWS = 16;

    private final TaskScope scope;
    private final boolean onDisk;
    private final RowWriter writer;
    private final RowReader reader;
    private final List<Lane> lanes = new ArrayList<>();
    private SpillFile file;
    private byte[] readBuffer = new byte[0];
    private long heldBytes;
    private long rowsWritten;
    private long bytesWritten;

    /** @param onDisk nothing is kept in memory: it is needed for what comes next */
    RowStore(TaskScope scope, boolean onDisk) {
        this.scope = scope;
        this.onDisk = onDisk;
        this.writer = scope.newRowWriter();
        this.reader = scope.newRowReader();
    }

    Lane openLane() {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    /** Rows that make a chunk of about a page. */
    private int chunkRows() {
        if (rowsWritten == 0) {
            return FIRST_CHUNK_ROWS;
        }
        long perRow = Math.max(1, bytesWritten / rowsWritten);
        return (int) Math.max(1, Math.min(MAX_CHUNK_ROWS, scope.pageBytes() / perRow));
    }

    /** Moves what lies in memory to the scratch file; returns how many bytes that were. */
    long spill() throws IOException {
        long before = heldBytes;
        for (Lane lane : lanes) {
            lane.spill();
        }
        return before - heldBytes;
    }

    private void spillLargestLane() throws IOException {
        Lane largest = null;
        for (Lane lane : lanes) {
            if (largest == null || lane.heldInMemory > largest.heldInMemory) {
                largest = lane;
            }
        }
        if (largest != null) {
            largest.spill();
        }
    }

    private SpillFile file() throws IOException {
        if (file == null) {
            file = scope.openScratch();
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        for (Lane lane : lanes) {
            lane.forget();
        }
        lanes.clear();
        if (file != null) {
            scope.closeScratch(file);
            file = null;
        }
    }

    /** One sequence of rows: first added to, then {@link #finish}ed, then read. */
    final class Lane implements StoredRows {
        private Object[] buffer = new Object[FIRST_CHUNK_ROWS];
        private int buffered;
        private byte[][] chunks = new byte[4][];
        private long[] positions = new long[4];
        private int[] lengths = new int[4];
        private short[] rowCounts = new short[4];
        private int chunkCount;
        private long rowCount;
        private long byteCount;
        private long heldInMemory;

        void add(Object row) throws IOException {
            if (buffered == buffer.length) {
                flush();
                buffer = new Object[chunkRows()];
            }
            buffer[buffered++] = row;
        }

        /** All rows are in; its row buffer is given back. */
        void finish() throws IOException {
            flush();
            buffer = new Object[FIRST_CHUNK_ROWS];
        }

        private void flush() throws IOException {
            if (buffered == 0) {
                return;
            }
            writer.append(buffer, 0, buffered);
            byte[] bytes = writer.takeBytes();
            int rows = buffered;
            rowCount += buffered;
            rowsWritten += buffered;
            byteCount += bytes.length;
            bytesWritten += bytes.length;
            Arrays.fill(buffer, 0, buffered, null);
            buffered = 0;
            keep(bytes, rows);
        }

        private void keep(byte[] bytes, int rows) throws IOException {
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * chunkCount);
                positions = Arrays.copyOf(positions, 2 * chunkCount);
                lengths = Arrays.copyOf(lengths, 2 * chunkCount);
                rowCounts = Arrays.copyOf(rowCounts, 2 * chunkCount);
            }
            lengths[chunkCount] = bytes.length;
            rowCounts[chunkCount] = (short) rows;
            if (acquire(bytes.length)) {
                chunks[chunkCount++] = bytes;
                heldInMemory += bytes.length;
                heldBytes += bytes.length;
            } else {
                positions[chunkCount++] = write(bytes);
            }
        }

        private boolean acquire(int bytes) throws IOException {
            if (onDisk) {
                return false;
            }
            if (mayHold(bytes) && scope.memory().tryAcquire(bytes)) {
                return true;
            }
            spillLargestLane();
            return mayHold(bytes) && scope.memory().tryAcquire(bytes);
        }

        /** A quarter of the guaranteed memory: the rest is for rows decoded and for the rest of the chain. */
        private boolean mayHold(int moreBytes) {
            return heldBytes + moreBytes <= scope.memory().guaranteed() / 4;
        }

        private long write(byte[] bytes) throws IOException {
            scope.counters().diskSpilled += bytes.length;
            return file().append(bytes, 0, bytes.length);
        }

        private void spill() throws IOException {
            for (int chunk = 0; chunk < chunkCount && heldInMemory > 0; chunk++) {
                byte[] bytes = chunks[chunk];
                if (bytes != null) {
                    positions[chunk] = write(bytes);
                    chunks[chunk] = null;
                    release(bytes.length);
                }
            }
        }

        /** Gives back its memory; the lane cannot be read any more. */
        void forget() {
            Arrays.fill(chunks, null);
            release(heldInMemory);
        }

        private void release(long bytes) {
            heldInMemory -= bytes;
            heldBytes -= bytes;
            scope.memory().release(bytes);
        }

        @Override
        public long rowCount() {
            return rowCount + buffered;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        @Override
        public Cursor open() {
            return new LaneCursor(this);
        }

        // The lock: user code may walk two groups on two threads.
        private int decode(int chunk, Object[] target, int from, int to) throws IOException {
            synchronized (RowStore.this) {
                open(chunk);
                return reader.read(target, from, to);
            }
        }

        private int decode(int chunk, NumberPairs target) throws IOException {
            synchronized (RowStore.this) {
                open(chunk);
                int count = reader.readNumbers(target);
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
                file.read(positions[chunk], bytes);
            }
            reader.reset(bytes, 0, lengths[chunk]);
        }
    }

    /** Decodes a chunk at once, so that many cursors share the one reader. */
    private static final class LaneCursor implements StoredRows.Cursor {
        private final Lane lane;
        private final Object[] rows = new Object[MAX_CHUNK_ROWS];
        private int chunk;
        private int next;
        private int count;

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
                if (to - from >= MAX_CHUNK_ROWS) {
                    return lane.decode(chunk++, target, from, to);
                }
                count = lane.decode(chunk++, rows, 0, rows.length);
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
    }
}
