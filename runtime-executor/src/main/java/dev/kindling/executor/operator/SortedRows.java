package dev.kindling.executor.operator;

import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import dev.kindling.executor.attempt.SpillTimer;
import dev.kindling.plan.SortPrefix;
import dev.kindling.serde.HeapSize;
import dev.kindling.serde.PagePairs;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The pairs of one partition in the order of their keys: of a shuffle, equal keys by map output, then by their row in it,
 * or of a set that lies where it should already, equal keys in the order they come. As many rows as the memory granted
 * allows are sorted at once; when there are more, they become sorted runs on disk, which are merged as they are read. So
 * a partition of any size is sorted in any memory. Where a partition comes in ranges of its keys, they are sorted one after
 * the other, each within the processor's cache.
 */
final class SortedRows implements Operator {
    // Reference, prefix and place, half as many again while the arrays grow, and twice a key and an index while they
    // are sorted; the rest is the row itself.
    private static final long SORT_BYTES_PER_ROW = (HeapSize.REFERENCE + 8 + 8) * 3 / 2 + 2 * (8 + 4);
    // A run being merged holds a chunk of its rows as objects and one of places.
    private static final long PLACES_BYTES = 32L * RowStore.MAX_CHUNK_ROWS;
    // Of 4 KB each, they and the objects made of them fill half of a second-level cache.
    private static final int TOUCHED_ROWS = 128;
    private static final int MIN_FAN_IN = 2;
    private static final int MAX_FAN_IN = 128;
    // Leaves 2^40 rows to a map output and 2^23 map outputs.
    private static final int PLACE_BITS = 40;

    private final Source source;
    private final Comparator<Object> order;
    private final TaskScope scope;
    private final SortPrefix prefixOf;
    private final SortBuffer buffer;
    private final Reservation reservation;
    private final BatchBudget handedOut;
    private final List<SortedRun> runs = new ArrayList<>();

    /** Where the runs lie; null while there are none. */
    private RowStore store;

    private long bufferBytes;
    private long heapBytesPerRow;
    private boolean isSorted;
    private RunMerge merge;
    private int next;

    /** Keeps the compiler from leaving out what only fills the cache. */
    private int touched;

    /** Where the pairs come from. */
    interface Source extends Closeable {
        /** Goes to the next range of keys, all above those before; false after the last. */
        boolean next() throws IOException;

        /** Adds all pairs of the range. */
        void addAllTo(SortedRows sorted) throws Exception;

        /** Makes room in memory by moving what it holds for later ranges to disk. */
        void shed(long bytes) throws IOException;
    }

    SortedRows(Source source, Comparator<Object> order, TaskScope scope) {
        this.source = source;
        this.order = order;
        this.scope = scope;
        this.prefixOf = new SortPrefix(order);
        this.buffer = new SortBuffer(order, prefixOf);
        this.reservation = new Reservation(scope.memory(), 0.75);
        this.handedOut = new BatchBudget(scope);
    }

    @Override
    public int read(Batch batch) throws Exception {
        scope.checkCancelled();
        for (; ; ) {
            if (!isSorted) {
                if (!source.next()) {
                    batch.count = 0;
                    return 0;
                }
                isSorted = true;
                readAll();
            }
            if ((merge == null ? readFromBuffer(batch) : readMerged(batch)) > 0) {
                return batch.count;
            }
            forgetRange();
        }
    }

    private void forgetRange() throws IOException {
        buffer.clear();
        bufferBytes = 0;
        next = 0;
        isSorted = false;
        merge = null;
        runs.clear();
        if (store != null) {
            store.close();
            store = null;
            reservation.close();
        }
    }

    private int readFromBuffer(Batch batch) {
        int limit = Math.min(batch.limit(), buffer.count() - next);
        int count = 0;
        handedOut.start();
        while (count < limit) {
            if (count % TOUCHED_ROWS == 0) {
                touched ^= buffer.touch(next, Math.min(next + TOUCHED_ROWS, buffer.count()));
            }
            Object row = buffer.row(next++);
            batch.rows[count] = row;
            // Rows of a page have just become objects.
            limit = handedOut.isFilledBy(row, count++) ? count : limit;
        }
        batch.count = count;
        return count;
    }

    private int readMerged(Batch batch) throws IOException {
        int count = 0;
        int limit = batch.limit();
        handedOut.start();
        try {
            for (; count < limit; count++) {
                SortedRun first = merge.next();
                if (first == null) {
                    break;
                }
                batch.rows[count] = first.row();
                // The runs have other rows in memory by then.
                if (handedOut.isFilledBy(first.row(), count)) {
                    limit = count + 1;
                }
            }
        } catch (RuntimeException e) {
            throw failed(e);
        }
        batch.count = count;
        return count;
    }

    // ---- input to runs ----------------------------------------------------------------------------------------------

    private void readAll() throws Exception {
        source.addAllTo(this);
        if (runs.isEmpty()) {
            sortBuffer();
            return;
        }
        writeRun();
        buffer.free();
        bufferBytes = 0;
        reservation.close();
        try {
            reduceToFanIn();
            merge = new RunMerge(runs, order, prefixOf);
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Room for {@code count} rows that take {@code rowBytes}, to be {@linkplain #add added} next. */
    void makeRoom(int count, long rowBytes) throws IOException {
        long bytes = count * SORT_BYTES_PER_ROW + rowBytes;
        bufferBytes += bytes;
        if (bufferBytes > scope.memory().floorBytes() && !reserve(bufferBytes)) {
            writeRun();
            reservation.close();
            bufferBytes = bytes;
            reservation.growTo(bytes);
        }
    }

    private boolean reserve(long bytes) throws IOException {
        if (reservation.growTo(bytes)) {
            return true;
        }
        if (reservation.mayGrowTo(bytes)) {
            source.shed(bytes - reservation.bytes());
        }
        return reservation.growTo(bytes);
    }

    /** A row that stays as it is; those with equal keys come in the order of {@code map}, then of {@code index}. */
    void add(Object row, int map, long index) {
        buffer.add(row, ((long) map << PLACE_BITS) + index);
    }

    /** Whether pairs had better come as pages: where keys have prefixes, hardly any has to be made twice. */
    boolean takesPages() {
        return prefixOf.isKnown();
    }

    /** As {@link #add(Object, int, long)}; {@code firstIndex} is that of the page's first pair. */
    void add(PagePairs page, int map, long firstIndex) {
        buffer.add(page, ((long) map << PLACE_BITS) + firstIndex);
    }

    private void sortBuffer() {
        try {
            buffer.sort();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    private static RuntimeException failed(RuntimeException thrown) {
        return thrown instanceof KindlingException ? thrown : UserFunctionFailed.ofKey(thrown);
    }

    private void writeRun() throws IOException {
        if (buffer.count() == 0) {
            return;
        }
        sortBuffer();
        SpillTimer timer = SpillTimer.start();
        TaskCounters counters = scope.counters();
        long diskBefore = counters.diskSpilled;
        if (store == null) {
            store = new RowStore(scope, 2, true);
        }
        long rowBytes = 0;
        SortedRun run = new SortedRun(store);
        runs.add(run);
        for (int i = 0; i < buffer.count(); i++) {
            Object row = buffer.row(i);
            rowBytes += HeapSize.of(row);
            run.add(row, buffer.place(i));
        }
        run.finish();
        heapBytesPerRow = Math.max(heapBytesPerRow, SORT_BYTES_PER_ROW + rowBytes / buffer.count());
        buffer.clear();
        counters.memorySpilled += bufferBytes;
        counters.spillNanos += timer.stop(scope.environment(), "sort", bufferBytes, counters.diskSpilled - diskBefore);
    }

    // ---- runs to one sequence ---------------------------------------------------------------------------------------

    private void reduceToFanIn() throws IOException {
        int fanIn = fanIn();
        while (runs.size() > fanIn) {
            List<SortedRun> first = List.copyOf(runs.subList(0, Math.min(fanIn, runs.size() - fanIn + 1)));
            SpillTimer timer = SpillTimer.start();
            TaskCounters counters = scope.counters();
            long diskBefore = counters.diskSpilled;
            SortedRun merged = new SortedRun(store);
            RunMerge some = new RunMerge(first, order, prefixOf);
            for (SortedRun run = some.next(); run != null; run = some.next()) {
                merged.add(run.row(), run.place());
            }
            merged.finish();
            runs.removeAll(first);
            runs.add(merged);
            counters.spillNanos +=
                    timer.stop(scope.environment(), "merge of sorted runs", 0, counters.diskSpilled - diskBefore);
        }
    }

    /** How many runs can be read side by side; memory for that is reserved. */
    private int fanIn() {
        int chunkRows = 1;
        for (SortedRun run : runs) {
            chunkRows = Math.max(chunkRows, run.chunkRows());
        }
        long bytesPerRun = PLACES_BYTES + chunkRows * (heapBytesPerRow + HeapSize.REFERENCE);
        int fanIn = Math.min(runs.size(), MAX_FAN_IN);
        while (fanIn > MIN_FAN_IN && !reservation.growTo(fanIn * bytesPerRun)) {
            fanIn--;
        }
        return fanIn;
    }

    @Override
    public void close() throws IOException {
        reservation.close();
        try {
            if (store != null) {
                store.close();
            }
        } finally {
            source.close();
        }
    }
}
