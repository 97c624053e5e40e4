package dev.kindling.serde;

import dev.kindling.api.Tuple2;

/**
 * Pairs of whole numbers, without an object a row. Ints are widened; a key or value is an {@code Integer} or a
 * {@code Long}, the same for all rows of one filling.
 */
public final class NumberPairs {
    public final long[] keys;
    public final long[] values;
    public int count;
    public boolean keysAreInts;
    public boolean valuesAreInts;

    public NumberPairs(int capacity) {
        keys = new long[capacity];
        values = new long[capacity];
    }

    /** Makes the pair. */
    public Tuple2<Object, Object> row(int index) {
        return new Tuple2<>(key(index), boxed(values[index], valuesAreInts));
    }

    /** Makes the key. */
    public Object key(int index) {
        return boxed(keys[index], keysAreInts);
    }

    private static Object boxed(long number, boolean isInt) {
        if (isInt) {
            return (int) number;
        }
        return number;
    }
}
