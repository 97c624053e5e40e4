package dev.kindling.serde;

import dev.kindling.api.Tuple2;
import dev.kindling.api.spi.CountedGroup;
import java.util.ArrayList;
import java.util.Optional;

/**
 * One column of an open page: takes values of one class, none null, and writes them side by side when the page closes.
 * A value of another class is refused and closes the page. Columns of pairs, records and lists are made of columns.
 */
abstract class Column {
    static final byte INT = 1;
    static final byte LONG = 2;
    static final byte DOUBLE = 3;
    static final byte FLOAT = 4;
    static final byte SHORT = 5;
    static final byte BYTE = 6;
    static final byte CHAR = 7;
    static final byte BOOLEAN = 8;
    static final byte STRING = 9;
    static final byte BYTES = 10;
    static final byte PAIR = 11;
    static final byte RECORD = 12;
    static final byte LIST = 13;

    /** Values nested deeper than this are left to Kryo. */
    private static final int MAX_DEPTH = 4;

    static final int FIRST_CAPACITY = 16;

    /** A column for values like {@code value}; empty when they have to go to Kryo. */
    static Optional<Column> forValue(Object value, OpenPage page) {
        return Optional.ofNullable(columnFor(value, 0, page));
    }

    static Column columnFor(Object value, int depth, OpenPage page) {
        if (value == null || depth > MAX_DEPTH) {
            return null;
        }
        if (value instanceof Tuple2<?, ?> pair) {
            return PairColumn.like(pair, depth, page);
        }
        if (value instanceof String) {
            return new StringColumn(page);
        }
        if (value instanceof byte[]) {
            return new BytesColumn(page);
        }
        if (value instanceof Record row) {
            return RecordColumn.like(row, depth, page);
        }
        if (value.getClass() == ArrayList.class || value instanceof CountedGroup<?>) {
            return ListColumn.like((Iterable<?>) value, depth, page);
        }
        return NumberColumn.like(value, page);
    }

    /** The page it is part of, where its arrays are counted. */
    final OpenPage page;

    /** Values added. */
    int count;

    Column(OpenPage page) {
        this.page = page;
    }

    /** Appends the value, or answers false and stays as it was. */
    abstract boolean add(Object value);

    /** As {@link #add}, of an {@code Integer} or a {@code Long} that is no object. */
    boolean addNumber(long value, boolean isInt) {
        return false;
    }

    /** Appends rows until one is refused or the page's size is to be looked at; returns how many were taken. */
    int addAll(Object[] rows, int from, int to) {
        int at = from;
        while (at < to && count < page.checkAtRow && add(rows[at])) {
            at++;
        }
        return at - from;
    }

    /** Keeps the first {@code kept} values: a neighbour refused its part of the row. Rare, so it may walk. */
    abstract void truncate(int kept);

    /** What the page is made of: kinds, in the order in which a reader makes its columns. */
    abstract int schemaBytes();

    abstract int writeSchema(byte[] target, int at);

    /** Exact size of the values if the page were closed now. */
    abstract int encodedBytes();

    /** Writes {@link #encodedBytes} bytes; returns the position after them. */
    abstract int encode(byte[] target, int at);

    /** Bytes the values take while the page is open: decides when it is full. */
    abstract int rawBytes();
}
