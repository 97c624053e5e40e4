package dev.kindling.serde;

import dev.kindling.api.Tuple2;

/**
 * Rows that are {@code Integer}s or {@code Long}s, or pairs of such, as the numbers they are: an object is made when a row
 * is asked for, where the compiler can see what becomes of it. Filled by {@link RowReader#readNumbers(NumberRows, int)}.
 */
public final class NumberRows {
    final NumberPairs numbers = new NumberPairs(ColumnReader.CHUNK);
    boolean arePairs;

    /**
     * Makes row {@code index} of the filling. Whether it is a pair is asked before anything is made: a branch behind an
     * object, even one that always goes the same way, is a place where the compiler wants that object to exist.
     */
    public Object row(int index) {
        if (arePairs) {
            Object first = boxed(numbers.keys[index], numbers.keysAreInts);
            return new Tuple2<>(first, boxed(numbers.values[index], numbers.valuesAreInts));
        }
        return boxed(numbers.keys[index], numbers.keysAreInts);
    }

    private static Object boxed(long number, boolean isInt) {
        if (isInt) {
            return (int) number;
        }
        return number;
    }
}
