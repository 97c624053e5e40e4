package dev.kindling.serde;

/**
 * Rows that are no objects yet: {@code Integer}s or {@code Long}s, or pairs of such, as numbers, and {@code String}s as
 * they lie in their page. An object is made when a row is asked for, where the compiler can see what becomes of it, and
 * may find that none is needed. Filled by {@link RowReader#readPacked}, and anew before the rows are through if need be.
 */
public final class PackedRows {
    /** The most numbers, or pairs of such, of one filling. */
    public static final int CAPACITY = ColumnReader.CHUNK;

    /** Single numbers lie where the keys of pairs do. */
    public final NumberPairs numbers = new NumberPairs(CAPACITY);

    private Kind kind = Kind.NUMBERS;
    private ColumnReader.Strings strings;

    private enum Kind {
        NUMBERS,
        PAIRS,
        STRINGS
    }

    /** Where rows are numbers: {@link #numbers} holds them. */
    public void fillWithNumbers() {
        kind = Kind.NUMBERS;
    }

    /** Where rows are pairs of numbers: {@link #numbers} holds them. */
    public void fillWithPairs() {
        kind = Kind.PAIRS;
    }

    /** The next {@code count} of the column. */
    void fillWith(ColumnReader.Strings column, int count) {
        kind = Kind.STRINGS;
        strings = column;
        column.promise(count);
    }

    public boolean arePairs() {
        return kind == Kind.PAIRS;
    }

    /**
     * Makes row {@code index} of the filling; each is asked for once at most, in their order. What it is is asked before
     * anything is made: a branch behind an object, even one that always goes the same way, is a place where the compiler
     * wants that object to exist.
     */
    public Object row(int index) {
        if (kind == Kind.STRINGS) {
            return strings.next();
        }
        if (kind == Kind.PAIRS) {
            return numbers.row(index);
        }
        return numbers.key(index);
    }
}
