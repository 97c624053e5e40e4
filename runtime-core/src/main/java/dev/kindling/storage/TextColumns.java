package dev.kindling.storage;

import dev.kindling.api.Column;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import dev.kindling.serde.NumberPairs;
import dev.kindling.serde.PackedRows;
import dev.kindling.util.Latin1;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One column of a line, or two as a pair, straight from its bytes: no {@code String} is made of the line or of a number.
 * Used by one thread.
 */
final class TextColumns implements LineForm {
    /** A whole number of fewer digits fits a long. */
    private static final int SAFE_DIGITS = 18;

    private static final int WORD_BYTES = 8;

    private final byte separator;
    /** Whether the wanted columns are the first ones in their order, and what stands between them is no digit. */
    private final boolean startsWithShortNumbers;

    private final Column<?>[] columns;
    private final int lastIndex;

    /** Where the wanted columns of the line at hand begin and end. */
    private final int[] from;

    private final int[] to;

    TextColumns(PlanNode.FileInput.Columns wanted) {
        separator = (byte) wanted.separator();
        List<Column<?>> list = wanted.columns();
        columns = list.toArray(new Column<?>[0]);
        lastIndex = list.stream().mapToInt(Column::index).max().orElseThrow();
        boolean areFirst = columns[0].index() == 0 && (columns.length == 1 || columns[1].index() == 1);
        startsWithShortNumbers = areFirst && (separator < '0' || separator > '9');
        from = new int[columns.length];
        to = new int[columns.length];
    }

    @Override
    public Object row(byte[] bytes, int lineFrom, int lineTo, boolean isSingleByte) {
        find(bytes, lineFrom, lineTo);
        Object first = value(0, bytes, isSingleByte);
        return columns.length == 1 ? first : new Tuple2<>(first, value(1, bytes, isSingleByte));
    }

    @Override
    public boolean givesNumbers() {
        for (Column<?> column : columns) {
            if (column.kind() != Column.Kind.INT && column.kind() != Column.Kind.LONG) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void describe(PackedRows target) {
        if (columns.length == 2) {
            target.fillWithPairs();
        } else {
            target.fillWithNumbers();
        }
        target.numbers.keysAreInts = columns[0].kind() == Column.Kind.INT;
        target.numbers.valuesAreInts = columns[columns.length - 1].kind() == Column.Kind.INT;
    }

    @Override
    public void putNumbers(byte[] bytes, int lineFrom, int lineTo, PackedRows target, int index) {
        if (startsWithShortNumbers && putShortNumbers(bytes, lineFrom, lineTo, target.numbers, index)) {
            return;
        }
        find(bytes, lineFrom, lineTo);
        target.numbers.keys[index] = number(0, bytes);
        if (columns.length == 2) {
            target.numbers.values[index] = number(1, bytes);
        }
    }

    /** Where the line begins with numbers of at most seven digits and no sign; else it answers false. */
    private boolean putShortNumbers(byte[] bytes, int lineFrom, int lineTo, NumberPairs target, int index) {
        if (lineTo + WORD_BYTES > bytes.length) {
            return false;
        }
        int digits = ByteScan.digitsAt(bytes, lineFrom);
        int end = lineFrom + digits;
        boolean isLast = columns.length == 1;
        if (!isShort(digits) || !isEnd(bytes, end, lineTo, isLast)) {
            return false;
        }
        target.keys[index] = ByteScan.numberOf(bytes, lineFrom, digits);
        if (isLast) {
            return true;
        }
        int start = end + 1;
        digits = ByteScan.digitsAt(bytes, start);
        if (!isShort(digits) || !isEnd(bytes, start + digits, lineTo, true)) {
            return false;
        }
        target.values[index] = ByteScan.numberOf(bytes, start, digits);
        return true;
    }

    private static boolean isShort(int digits) {
        return digits > 0 && digits < WORD_BYTES;
    }

    private boolean isEnd(byte[] bytes, int at, int lineTo, boolean mayEndLine) {
        return at < lineTo ? bytes[at] == separator : mayEndLine && at == lineTo;
    }

    private void find(byte[] bytes, int lineFrom, int lineTo) {
        int start = lineFrom;
        for (int index = 0; ; index++) {
            int end = start;
            while (end < lineTo && bytes[end] != separator) {
                end++;
            }
            for (int i = 0; i < columns.length; i++) {
                if (columns[i].index() == index) {
                    from[i] = start;
                    to[i] = end;
                }
            }
            if (index == lastIndex) {
                return;
            }
            if (end == lineTo) {
                throw new LineRefusedException("has " + (index + 1) + (index == 0 ? " column" : " columns")
                        + ", and column " + lastIndex + " is asked for (the first is 0); is the separator right?");
            }
            start = end + 1;
        }
    }

    private Object value(int i, byte[] bytes, boolean isSingleByte) {
        return switch (columns[i].kind()) {
            case INT -> (int) number(i, bytes);
            case LONG -> number(i, bytes);
            case DOUBLE -> {
                try {
                    yield Double.parseDouble(text(i, bytes, isSingleByte));
                } catch (NumberFormatException e) {
                    throw refused(i, "double");
                }
            }
            case STRING -> text(i, bytes, isSingleByte);
        };
    }

    private String text(int i, byte[] bytes, boolean isSingleByte) {
        int length = to[i] - from[i];
        return isSingleByte
                ? Latin1.read(bytes, from[i], length)
                : new String(bytes, from[i], length, StandardCharsets.UTF_8);
    }

    private long number(int i, byte[] bytes) {
        long number = whole(i, bytes);
        if (number != (int) number && columns[i].kind() == Column.Kind.INT) {
            throw refused(i, "int");
        }
        return number;
    }

    private long whole(int i, byte[] bytes) {
        int at = from[i];
        int end = to[i];
        boolean isNegative = at < end && bytes[at] == '-';
        if (isNegative || at < end && bytes[at] == '+') {
            at++;
        }
        if (at == end) {
            throw refused(i, null);
        }
        if (end - at > SAFE_DIGITS) {
            return rareWhole(i, bytes);
        }
        long number = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return rareWhole(i, bytes);
            }
            number = number * 10 + digit;
        }
        return isNegative ? -number : number;
    }

    /** Of many digits, or of those of another script: as the JDK reads it. */
    private long rareWhole(int i, byte[] bytes) {
        try {
            return Long.parseLong(text(i, bytes, false));
        } catch (NumberFormatException e) {
            throw refused(i, null);
        }
    }

    private LineRefusedException refused(int i, String type) {
        String name = type == null ? columns[i].kind() == Column.Kind.INT ? "int" : "long" : type;
        return new LineRefusedException("has no " + name + " in column " + columns[i].index()
                + " (the first is 0); read the column as strings, or filter the lines of textFile");
    }
}
