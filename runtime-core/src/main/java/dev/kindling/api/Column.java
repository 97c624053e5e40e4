package dev.kindling.api;

import java.io.Serial;
import java.io.Serializable;
import java.util.Locale;

/**
 * A column of delimited text, and what its values are; for {@link KindlingContext#textColumns} and {@link
 * KindlingContext#textColumn}. Immutable; any thread.
 *
 * <p>Numbers are those that {@code Integer.parseInt}, {@code Long.parseLong} and {@code Double.parseDouble} take: no blanks
 * around whole numbers, and none that the type cannot hold.
 */
public final class Column<T> implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What the values of a column are. */
    public enum Kind {
        INT,
        LONG,
        DOUBLE,
        STRING
    }

    private final int index;
    private final Kind kind;

    private Column(int index, Kind kind) {
        if (index < 0) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "there is no column " + index + "; the first one of a line is 0");
        }
        this.index = index;
        this.kind = kind;
    }

    /** @param index 0 for the first column of a line */
    public static Column<Integer> ints(int index) {
        return new Column<>(index, Kind.INT);
    }

    /** @param index 0 for the first column of a line */
    public static Column<Long> longs(int index) {
        return new Column<>(index, Kind.LONG);
    }

    /** @param index 0 for the first column of a line */
    public static Column<Double> doubles(int index) {
        return new Column<>(index, Kind.DOUBLE);
    }

    /** @param index 0 for the first column of a line */
    public static Column<String> strings(int index) {
        return new Column<>(index, Kind.STRING);
    }

    public int index() {
        return index;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Column<?> that && index == that.index && kind == that.kind;
    }

    @Override
    public int hashCode() {
        return 31 * index + kind.ordinal();
    }

    @Override
    public String toString() {
        return "column " + index + " (" + kind.name().toLowerCase(Locale.ROOT) + ")";
    }
}
