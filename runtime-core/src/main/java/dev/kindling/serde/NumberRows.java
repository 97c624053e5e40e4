package dev.kindling.serde;

/**
 * Rows that are {@code Integer}s or {@code Long}s, or pairs of such, as the numbers they are: an object is made when a row
 * is asked for, where the compiler can see what becomes of it. Single numbers lie where the keys of pairs do.
 */
public final class NumberRows {
    /** The most rows of one filling. */
    public static final int CAPACITY = ColumnReader.CHUNK;

    public final NumberPairs numbers = new NumberPairs(CAPACITY);
    public boolean arePairs;

    /**
     * Makes row {@code index} of the filling. Whether it is a pair is asked before anything is made: a branch behind an
     * object, even one that always goes the same way, is a place where the compiler wants that object to exist.
     */
    public Object row(int index) {
        if (arePairs) {
            return numbers.row(index);
        }
        return numbers.key(index);
    }
}
