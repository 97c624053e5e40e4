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
     * Groups the rows; false, and nothing done, when one of them is not a pair of numbers like the others. Such a set
     * is not tried again.
     */
    boolean decode(StoredRows[] rows) throws IOException {
        if (isRefused) {
            return false;
        }
        int[][] ids = new int[inputs][];
        for (int input = 0; input < inputs; input++) {
            ids[input] = read(rows[input], input);
            if (ids[input] == null) {
                clear();
                isRefused = true;
                return false;
            }
        }
        for (int input = 0; input < inputs; input++) {
            starts[input] = Grouping.startsOf(ids[input], keys.count());
            values[input] = scatter(values[input], ids[input], starts[input]);
        }
        return true;
    }

    /** The ids of the rows' keys, or null. */
    private int[] read(StoredRows rows, int input) throws IOException {
        StoredRows.Cursor cursor = rows.open();
        int[] ids = {};
        values[input] = new long[0];
        int at = 0;
        for (int count = cursor.readNumbers(pairs); count != 0; count = cursor.readNumbers(pairs)) {
            scope.checkCancelled();
            if (count < 0 || !isLikeTheOthers(input, at == 0)) {
                return null;
            }
            if (at == 0) {
                ids = new int[(int) rows.rowCount()];
                values[input] = new long[ids.length];
            }
            keys.number(pairs.keys, count, ids, at);
            System.arraycopy(pairs.values, 0, values[input], at, count);
            at += count;
        }
        return ids;
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
