package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.data.Group;
import dev.kindling.serde.NumberPairs;
import java.io.IOException;

/**
 * A bucket whose keys and values are all whole numbers, grouped without an object a row: ids by key, a count by id, and
 * the values scattered so that each group is a range of one array. Owned by the task's thread.
 */
final class NumberBucket {
    /** An id, and the value twice while it is scattered. */
    static final int ROW_BYTES = 4 + 2 * 8;

    /** What came of an attempt to group a bucket. */
    enum Outcome {
        GROUPED,
        /** One of its rows is not a pair of numbers like the others. */
        NOT_NUMBERS,
        TOO_LARGE
    }

    private final TaskScope scope;
    private final int inputs;
    private final Grouping.Shape shape;
    private final NumberTable keys = new NumberTable();
    private final NumberPairs pairs = new NumberPairs(StoredRows.NUMBER_ROWS);
    private final long[][] values;
    private final int[][] starts;
    private final boolean[] valuesAreInts;
    private boolean keysAreInts;
    private boolean hasRows;
    private boolean isRefused;
    private int nextKey;

    NumberBucket(TaskScope scope, int inputs, Grouping.Shape shape) {
        this.scope = scope;
        this.inputs = inputs;
        this.shape = shape;
        this.values = new long[inputs][];
        this.starts = new int[inputs][];
        this.valuesAreInts = new boolean[inputs];
    }

    /**
     * Groups the rows, or does nothing. A set that was not of numbers is not tried again.
     *
     * @param memory holds {@link #ROW_BYTES} a row already; here the keys come on top
     */
    Outcome decode(StoredRows[] rows, Grouping.Room memory) throws IOException {
        if (isRefused) {
            return Outcome.NOT_NUMBERS;
        }
        int[][] ids = new int[inputs][];
        for (int input = 0; input < inputs; input++) {
            ids[input] = new int[(int) rows[input].rowCount()];
            Outcome outcome = read(rows[input], input, ids[input], memory);
            if (outcome != Outcome.GROUPED) {
                clear();
                isRefused = outcome == Outcome.NOT_NUMBERS;
                return outcome;
            }
        }
        for (int input = 0; input < inputs; input++) {
            starts[input] = Grouping.startsOf(ids[input], keys.count());
            values[input] = scatter(values[input], ids[input], starts[input]);
        }
        return Outcome.GROUPED;
    }

    private Outcome read(StoredRows rows, int input, int[] ids, Grouping.Room memory) throws IOException {
        StoredRows.Cursor cursor = rows.open();
        values[input] = new long[0];
        int at = 0;
        for (int count = cursor.readNumbers(pairs); count != 0; count = cursor.readNumbers(pairs)) {
            scope.checkCancelled();
            if (count < 0 || !isLikeTheOthers(input, at == 0)) {
                return Outcome.NOT_NUMBERS;
            }
            if (at == 0) {
                values[input] = new long[ids.length];
            }
            keys.number(pairs.keys, count, ids, at);
            System.arraycopy(pairs.values, 0, values[input], at, count);
            at += count;
            // Where each group starts, and where its next value goes while they are scattered.
            if (!memory.has(keys.heapBytes() + keys.count() * 8L * inputs)) {
                return Outcome.TOO_LARGE;
            }
        }
        return Outcome.GROUPED;
    }

    private boolean isLikeTheOthers(int input, boolean isFirstOfInput) {
        if (!hasRows) {
            hasRows = true;
            keysAreInts = pairs.keysAreInts;
        }
        if (isFirstOfInput) {
            valuesAreInts[input] = pairs.valuesAreInts;
        }
        return keysAreInts == pairs.keysAreInts && valuesAreInts[input] == pairs.valuesAreInts;
    }

    private static long[] scatter(long[] values, int[] ids, int[] starts) {
        int[] next = starts.clone();
        long[] sorted = new long[values.length];
        for (int row = 0; row < values.length; row++) {
            sorted[next[ids[row]]++] = values[row];
        }
        return sorted;
    }

    /** Whether the rows are known not to be numbers. */
    boolean isRefused() {
        return isRefused;
    }

    boolean hasMore() {
        return nextKey < keys.count();
    }

    /** Appends the next groups to {@code batch}, up to its limit. */
    void handOut(Batch batch) {
        int end = Math.min(keys.count(), nextKey + batch.limit() - batch.count);
        for (; nextKey < end; nextKey++) {
            Group<?>[] groups = new Group<?>[inputs];
            for (int input = 0; input < inputs; input++) {
                groups[input] = new NumberGroup(
                        values[input], starts[input][nextKey], starts[input][nextKey + 1], valuesAreInts[input], scope);
            }
            batch.rows[batch.count++] = shape.rowOf(NumberGroup.box(keys.keyOf(nextKey), keysAreInts), groups);
        }
    }

    void clear() {
        keys.clear();
        nextKey = 0;
        hasRows = false;
        for (int input = 0; input < inputs; input++) {
            values[input] = null;
            starts[input] = null;
        }
    }
}
