package dev.kindling.serde;

/**
 * Pairs of whole numbers out of pages, without an object a row: filled by {@link RowReader#readNumbers}. Ints are
 * widened; a key or value is an {@code Integer} or a {@code Long}, the same for all rows of one filling.
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
}
