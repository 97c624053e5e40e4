package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.data.Group;
import dev.kindling.serde.HeapSize;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes groups out of buckets of pair rows, of one input ({@code groupByKey}) or several ({@code cogroup}).
 *
 * <p>A bucket that fits the memory granted is decoded at once: keys get dense ids, values are counted by id and
 * scattered, so the groups are ranges of one array; pairs of numbers stay numbers meanwhile. A larger one is cut by
 * other bits of the hash and its parts are treated alike; a part with one key only is not decoded at all: its groups
 * read the file whenever they are walked. So a group may be of any size.
 *
 * <p>Whether a bucket fits is guessed from its bytes, by what earlier ones took, and seen while it is decoded: one that
 * turns out too large is dropped and cut. Owned by the task's thread.
 */
final class Grouping implements Closeable {
    private static final int SAMPLE_ROWS = 1024;
    // An id, and the reference twice while values are scattered; the numbers of a bucket of numbers need no more.
    private static final int ROW_BYTES = Math.max(NumberBucket.ROW_BYTES, 4 + 2 * HeapSize.REFERENCE);
    // A page of packed numbers grows more than twentyfold, one of text hardly: until something was decoded.
    private static final double FIRST_HEAP_PER_BYTE = 4;

    /** Makes an output row of a key and its groups, one an input. */
    interface Shape {
        Object rowOf(Object key, Group<?>[] groups);
    }

    /** Memory for the bucket being decoded, grown as it turns out what it takes. */
    interface Room {
        /** Whether {@code bytes} are there beside those of the rows' arrays. */
        boolean has(long bytes) throws IOException;
    }

    /** Gives back memory that others hold for the sake of the grouping; returns how many bytes. */
    interface Shed {
        long shed(long bytes) throws IOException;
    }

    private final TaskScope scope;
    private final int inputs;
    private final Shape shape;
    private final Shed shed;
    private final Reservation reservation;
    private final NumberBucket numbers;
    private final KeyTable keys = new KeyTable();
    private final Object[] rowBuffer;
    private final Deque<HashSplit.Part> pending = new ArrayDeque<>();
    private final List<HashSplit> splits = new ArrayList<>();

    // The decoded bucket: values of input i for key id k lie in values[i] from starts[i][k] to starts[i][k + 1].
    private final Object[][] values;
    private final int[][] starts;
    private int nextKey;
    private Object readyRow;
    private double heapPerByte = FIRST_HEAP_PER_BYTE;

    Grouping(TaskScope scope, int inputs, Shape shape, Shed shed) {
        this.scope = scope;
        this.inputs = inputs;
        this.shape = shape;
        this.shed = shed;
        this.reservation = new Reservation(scope.memory(), 0.5);
        this.numbers = new NumberBucket(scope, inputs, shape);
        this.rowBuffer = new Object[scope.batchRows()];
        this.values = new Object[inputs][];
        this.starts = new int[inputs][];
    }

    /** Rows read but not grouped yet, or grouped but not handed out. */
    boolean hasMore() {
        return readyRow != null || nextKey < keys.count() || numbers.hasMore() || !pending.isEmpty();
    }

    /** The next bucket, when there is nothing {@link #hasMore} left: one sequence of pairs an input. */
    void add(StoredRows[] bucket) throws IOException {
        forgetBucket();
        if (!decode(bucket)) {
            cut(bucket, new HashSplit(scope, inputs, 1, false, false));
        }
    }

    /** The parts of a cut made by the caller; they are closed here. */
    void add(HashSplit split) throws IOException {
        splits.add(split);
        pending.addAll(split.parts());
    }

    /** Puts the next groups into {@code batch}, all of one bucket; returns how many, 0 when there are no more. */
    int read(Batch batch) throws IOException {
        batch.count = 0;
        while (batch.count == 0 && hasMore()) {
            scope.checkCancelled();
            if (readyRow != null) {
                batch.rows[batch.count++] = readyRow;
                readyRow = null;
            } else if (nextKey < keys.count()) {
                handOut(batch);
            } else if (numbers.hasMore()) {
                numbers.handOut(batch);
            } else {
                forgetBucket();
                open(pending.pop());
            }
        }
        return batch.count;
    }

    private void handOut(Batch batch) {
        int end = Math.min(keys.count(), nextKey + batch.limit());
        for (; nextKey < end; nextKey++) {
            Group<?>[] groups = new Group<?>[inputs];
            for (int input = 0; input < inputs; input++) {
                groups[input] = new HeapGroup(values[input], starts[input][nextKey], starts[input][nextKey + 1], scope);
            }
            batch.rows[batch.count++] = shape.rowOf(keys.keyOf(nextKey), groups);
        }
    }

    private void open(HashSplit.Part part) throws IOException {
        StoredRows[] rows = part.rows();
        if (decode(rows)) {
            part.close();
        } else if (part.isSingleKey()) {
            // The part stays open until the task ends: its groups may be walked until then.
            Group<?>[] groups = new Group<?>[inputs];
            for (int input = 0; input < inputs; input++) {
                groups[input] = new StoredGroup(rows[input], scope);
            }
            readyRow = shape.rowOf(part.key(), groups);
        } else {
            cut(rows, part.cut());
            part.close();
        }
    }

    private void forgetBucket() {
        numbers.clear();
        keys.clear();
        nextKey = 0;
        for (int input = 0; input < inputs; input++) {
            values[input] = null;
        }
        reservation.close();
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    /** Whether {@code bytes} are reserved; small buckets go without. */
    private boolean reserve(long bytes) throws IOException {
        if (bytes <= Math.max(scope.memory().floorBytes(), reservation.bytes())) {
            return true;
        }
        if (!reservation.mayGrowTo(bytes)) {
            return false;
        }
        if (reservation.growTo(bytes)) {
            return true;
        }
        shed.shed(bytes - reservation.bytes());
        for (HashSplit split : splits) {
            if (reservation.growTo(bytes)) {
                return true;
            }
            split.spill();
        }
        return reservation.growTo(bytes);
    }

    // ---- a bucket that fits -----------------------------------------------------------------------------------------

    /** Whether the bucket fits, and is decoded now. */
    private boolean decode(StoredRows[] rows) throws IOException {
        long rowCount = 0;
        long byteCount = 0;
        for (StoredRows input : rows) {
            rowCount += input.rowCount();
            byteCount += input.byteCount();
        }
        if (rowCount > Integer.MAX_VALUE / 2) {
            return false;
        }
        long arrayBytes = rowCount * ROW_BYTES;
        if (!reserve(arrayBytes + (numbers.isRefused() ? (long) (byteCount * heapPerByte) : 0))) {
            return false;
        }
        NumberBucket.Outcome asNumbers = numbers.decode(rows, bytes -> reserve(arrayBytes + bytes));
        if (asNumbers == NumberBucket.Outcome.GROUPED) {
            return true;
        }
        if (asNumbers == NumberBucket.Outcome.NOT_NUMBERS
                && reserve(arrayBytes + (long) (byteCount * heapPerByte))
                && decodeObjects(rows, arrayBytes, byteCount)) {
            return true;
        }
        forgetBucket();
        return false;
    }

    private boolean decodeObjects(StoredRows[] rows, long arrayBytes, long byteCount) throws IOException {
        int[][] ids = new int[inputs][];
        long heapBytes = 0;
        for (int input = 0; input < inputs; input++) {
            int rowCount = (int) rows[input].rowCount();
            values[input] = new Object[rowCount];
            ids[input] = new int[rowCount];
            StoredRows.Cursor cursor = rows[input].open();
            int at = 0;
            for (int count = next(cursor); count > 0; count = next(cursor)) {
                number(rowBuffer, count, keys, ids[input], values[input], at);
                at += count;
                if (!reserve(
                        arrayBytes + heapBytes + cursor.heapBytes() + keys.heapBytes() + keys.count() * 8L * inputs)) {
                    return false;
                }
            }
            heapBytes += cursor.heapBytes();
        }
        heapPerByte = (double) heapBytes / Math.max(1, byteCount);
        for (int input = 0; input < inputs; input++) {
            starts[input] = startsOf(ids[input], keys.count());
            values[input] = scatter(values[input], ids[input], starts[input]);
        }
        return true;
    }

    private int next(StoredRows.Cursor cursor) throws IOException {
        scope.checkCancelled();
        return cursor.read(rowBuffer, 0, rowBuffer.length);
    }

    private static void number(Object[] pairs, int count, KeyTable keys, int[] ids, Object[] values, int at) {
        try {
            for (int row = 0; row < count; row++) {
                Tuple2<?, ?> pair = (Tuple2<?, ?>) pairs[row];
                ids[at + row] = keys.idOf(pair._1());
                values[at + row] = pair._2();
            }
        } catch (RuntimeException e) {
            throw UserFunctionFailed.ofKey(e);
        }
    }

    /** Where the values of each id start, once sorted by id; one more for the end of the last. */
    static int[] startsOf(int[] ids, int idCount) {
        int[] starts = new int[idCount + 1];
        for (int id : ids) {
            starts[id + 1]++;
        }
        for (int id = 0; id < idCount; id++) {
            starts[id + 1] += starts[id];
        }
        return starts;
    }

    private static Object[] scatter(Object[] values, int[] ids, int[] starts) {
        int[] next = starts.clone();
        Object[] sorted = new Object[values.length];
        for (int row = 0; row < values.length; row++) {
            sorted[next[ids[row]]++] = values[row];
        }
        return sorted;
    }

    // ---- a bucket that does not -------------------------------------------------------------------------------------

    private void cut(StoredRows[] rows, HashSplit split) throws IOException {
        splits.removeIf(HashSplit::isClosed);
        splits.add(split);
        giveFrequentKeyItsLane(rows, split);
        for (int input = 0; input < inputs; input++) {
            StoredRows.Cursor cursor = rows[input].open();
            for (int count = next(cursor); count > 0; count = next(cursor)) {
                split.add(input, rowBuffer, count);
            }
            split.finish(input);
        }
        for (HashSplit.Part part : split.parts()) {
            pending.push(part);
        }
    }

    private void giveFrequentKeyItsLane(StoredRows[] rows, HashSplit split) throws IOException {
        KeyTable sample = new KeyTable();
        int[] counts = new int[SAMPLE_ROWS * inputs];
        int total = 0;
        for (StoredRows input : rows) {
            Object[] first = new Object[SAMPLE_ROWS];
            int count = input.open().read(first, 0, SAMPLE_ROWS);
            int[] ids = new int[count];
            number(first, count, sample, ids, new Object[count], 0);
            for (int id : ids) {
                counts[id]++;
            }
            total += count;
        }
        for (int id = 0; id < sample.count(); id++) {
            if (counts[id] >= Math.max(2, total / 4)) {
                split.giveOwnLane(sample.keyOf(id));
                return;
            }
        }
    }

    /** The task ends, and with it the groups that are read from the parts of a cut. */
    @Override
    public void close() throws IOException {
        forgetBucket();
        for (HashSplit split : splits) {
            split.close();
        }
        splits.clear();
        pending.clear();
    }
}
