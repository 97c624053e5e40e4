package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.plan.Combiner;
import dev.kindling.serde.HeapSize;
import dev.kindling.util.ByteSizes;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * One combined value a key, in memory that is counted. A combined value may grow with every row (a list, a set): of the
 * rows merged into values one in {@value #MERGES_A_MEASURE} has its value measured again, so the value of a frequent key
 * grows most and is measured most. Of new values some stand for the others. Owned by the task's thread.
 */
final class CombineTable implements AutoCloseable {
    private static final int MERGES_A_MEASURE = 16;
    private static final int NEW_A_MEASURE = 8;
    // In a table larger than the cache, a key without an object is cheaper to find and dearer to add and to hand out:
    // it pays where some keys are frequent (W4 of bin/bench jobs), not where all come about as often.
    private static final int MANY_NUMBERS = 24_000;
    private static final int ROWS_A_NUMBER = 2;
    // A value and its size by id, at their largest: arrays that have just doubled, and the ones before.
    private static final long ENTRY_BYTES = 3L * (HeapSize.REFERENCE + 4);

    private final Combiner combiner;
    private final Reservation reservation;
    private final TaskScope scope;
    private final UnaryOperator<Object> keep;

    /** Of short keys, as long as their combined values are numbers of one class; all other keys have an id. */
    private final CompactTable numbers = new CompactTable();

    private boolean areNumbers = true;
    private final KeyTable keys = new KeyTable();
    private Object[] values = new Object[512];

    /** Heap bytes of key and value when they were last measured, by id. */
    private int[] sizes = new int[512];

    private long heapBytes;
    private int largest;
    private int mergesSinceMeasured;
    private int lastNewSize;
    private boolean isOutgrown;
    private long rowCount;

    /** @param keep what to hold on to instead of a key or a value that came with a row */
    CombineTable(Combiner combiner, TaskScope scope, UnaryOperator<Object> keep) {
        this.combiner = combiner;
        this.reservation = new Reservation(scope.memory(), 0.5);
        this.scope = scope;
        this.keep = keep;
    }

    /** Whether it has a use for {@link ShortKeys} of the rows that are added next. */
    boolean takesShortKeys() {
        return areNumbers;
    }

    /**
     * Adds the first {@code count} pairs of {@code rows}.
     *
     * @param shortKeys those of {@code rows}, where {@link #takesShortKeys}
     * @param areCombined whether their values are combined ones
     */
    void add(Object[] rows, ShortKeys shortKeys, int count, boolean areCombined, Operator source) {
        int row = 0;
        try {
            for (; row < count; row++) {
                Tuple2<?, ?> pair = (Tuple2<?, ?>) rows[row];
                if (areNumbers && numbers.find(shortKeys, row)) {
                    addNumber(pair, areCombined);
                } else {
                    addObject(pair, areCombined);
                }
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, source.positionOf(row));
        }
        rowCount += count;
        if (numbers.count() > MANY_NUMBERS && rowCount < numbers.count() * ROWS_A_NUMBER) {
            useObjects();
        }
    }

    private void addNumber(Tuple2<?, ?> pair, boolean areCombined) throws Exception {
        boolean isKnown = numbers.isFound();
        Object combined = isKnown ? merged(numbers.value(), pair, areCombined) : first(pair, areCombined);
        if (!numbers.set(combined)) {
            useObjects();
            int id = keys.idOf(pair._1());
            if (isKnown) {
                replace(id, kept(combined, pair), areCombined);
            } else {
                put(id, kept(combined, pair));
            }
        }
    }

    /** All combined values are objects from here on. */
    private void useObjects() {
        areNumbers = false;
        for (int entry = 0; entry < numbers.count(); entry++) {
            put(keys.idOf(numbers.keyOf(entry)), numbers.valueOf(entry));
        }
        numbers.clear(false);
    }

    private void addObject(Tuple2<?, ?> pair, boolean areCombined) throws Exception {
        int known = keys.count();
        int id = keys.idOf(pair._1());
        if (id == known) {
            keys.replace(id, keep.apply(pair._1()));
            put(id, kept(first(pair, areCombined), pair));
        } else {
            replace(id, kept(merged(values[id], pair, areCombined), pair), areCombined);
        }
    }

    private Object first(Tuple2<?, ?> pair, boolean areCombined) throws Exception {
        return areCombined ? pair._2() : combiner.create().call(pair._2());
    }

    private Object merged(Object known, Tuple2<?, ?> pair, boolean areCombined) throws Exception {
        return (areCombined ? combiner.mergeCombined() : combiner.mergeValue()).call(known, pair._2());
    }

    private void replace(int id, Object value, boolean areCombined) {
        values[id] = value;
        // Two combined values make one as large as both, unless they are numbers.
        boolean isJoined = areCombined && !(value instanceof Number);
        if (isJoined || mayGrow(value) && ++mergesSinceMeasured >= MERGES_A_MEASURE) {
            mergesSinceMeasured = 0;
            measure(id);
        }
    }

    /** A sum or a count is as large as the one before it: nothing to measure, and no look at the key's memory. */
    private static boolean mayGrow(Object value) {
        return !(value instanceof Long || value instanceof Integer || value instanceof Double);
    }

    /** A combined value is the user's own, unless it is just the value of the row. */
    private Object kept(Object combined, Tuple2<?, ?> pair) {
        return combined == pair._2() ? keep.apply(combined) : combined;
    }

    private void put(int id, Object value) {
        if (id == values.length) {
            values = Arrays.copyOf(values, 2 * id);
            sizes = Arrays.copyOf(sizes, 2 * id);
        }
        values[id] = value;
        sizes[id] = 0;
        if (id % NEW_A_MEASURE == 0) {
            lastNewSize = measure(id);
        } else {
            sizes[id] = lastNewSize;
            heapBytes += lastNewSize;
        }
    }

    private int measure(int id) {
        int size = (int) Math.min(Integer.MAX_VALUE, HeapSize.of(keys.keyOf(id)) + HeapSize.of(values[id]));
        heapBytes += size - sizes[id];
        sizes[id] = size;
        largest = Math.max(largest, size);
        return size;
    }

    /** Whether the table may stay as large as it is and take more rows. */
    boolean fits() {
        long bytes = heapBytes + numbers.heapBytes() + keys.heapBytes() + keys.count() * ENTRY_BYTES;
        isOutgrown = bytes > reservation.bytes() && bytes > scope.memory().floorBytes() && !reservation.growTo(bytes);
        return !isOutgrown;
    }

    /**
     * For a table that cannot be emptied and combined in parts any more: whether it may go on all the same, beyond what
     * is granted.
     *
     * @throws KindlingException when it must not
     */
    void requireSmallEnough() {
        long share = scope.memory().share();
        if (largest > share) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "the combined value of one key takes about " + ByteSizes.format(largest)
                            + ", more than the task's share of " + ByteSizes.format(share) + " in a heap of "
                            + ByteSizes.format(Runtime.getRuntime().maxMemory())
                            + ": it has to be in memory as a whole. Use groupByKey, whose groups may be larger than"
                            + " memory, combine to something smaller, or raise kindling.executor.memory");
        }
        long all = heapBytes + numbers.entryBytes();
        if (all > share) {
            Object key = numbers.count() > 0 ? numbers.keyOf(0) : keys.keyOf(0);
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    count() + " keys of class "
                            + (key == null ? "null" : key.getClass().getName())
                            + " have the same hash code, so their values cannot be combined in parts, and take about "
                            + ByteSizes.format(all) + " together, more than the task's share of "
                            + ByteSizes.format(share) + ": give the class a hashCode that differs between keys");
        }
    }

    int count() {
        return numbers.count() + keys.count();
    }

    /** Puts (key, combined value) of the entries from {@code first} on into {@code batch}. */
    int copyTo(Batch batch, int first) {
        int count = Math.min(batch.limit(), count() - first);
        int ofNumbers = Math.max(0, Math.min(count, numbers.count() - first));
        for (int i = 0; i < ofNumbers; i++) {
            batch.rows[i] = new Tuple2<>(numbers.keyOf(first + i), numbers.valueOf(first + i));
        }
        for (int i = ofNumbers; i < count; i++) {
            int id = first + i - numbers.count();
            batch.rows[i] = new Tuple2<>(keys.keyOf(id), values[id]);
        }
        batch.count = count;
        return count;
    }

    void clear() {
        numbers.clear(!isOutgrown);
        isOutgrown = false;
        Arrays.fill(values, 0, Math.min(values.length, keys.count()), null);
        keys.clear();
        rowCount = 0;
        heapBytes = 0;
        largest = 0;
        reservation.close();
    }

    @Override
    public void close() {
        clear();
    }
}
