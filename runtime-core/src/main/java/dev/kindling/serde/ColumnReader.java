package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads one column of a page, some values at a time. Made from a page's schema and used again for the next pages that
 * have the same one.
 */
abstract class ColumnReader {
    /** Values decoded at once: the arrays in between stay in the first-level cache. */
    static final int CHUNK = 256;

    byte[] page;

    /** Points it at a column of {@code count} values; returns the position after the column. */
    abstract int open(byte[] bytes, int at, int count);

    /**
     * The next {@code count} values, at most {@link #CHUNK}, into {@code target} from {@code from}; returns the heap
     * bytes they take there.
     */
    abstract long read(Object[] target, int from, int count);

    /** Whether the values are {@code Integer}s or {@code Long}s. */
    static boolean isWhole(ColumnReader column) {
        return column instanceof Longs || isInt(column);
    }

    static boolean isInt(ColumnReader column) {
        return column instanceof Ints ints && ints.areIntegers();
    }

    /** The next {@code count} values of a column of whole numbers, at most {@link #CHUNK}. */
    static void readNumbers(ColumnReader column, long[] target, int from, int count) {
        if (column instanceof Ints ints) {
            ints.read(target, from, count);
        } else {
            ((Longs) column).read(target, from, count);
        }
    }

    /**
     * The {@code count} values of the column as it was {@link #open opened}, each to be had by its number; none where a
     * value can only be found by reading those before it.
     */
    Optional<ColumnValues> byNumber(int count) {
        return Optional.empty();
    }

    /** Makes the columns a schema describes. */
    static final class Schema {
        private final byte[] bytes;
        private final RowClasses classes;
        private int at;

        Schema(byte[] bytes, int at, RowClasses classes) {
            this.bytes = bytes;
            this.at = at;
            this.classes = classes;
        }

        int end() {
            return at;
        }

        ColumnReader column() {
            byte kind = bytes[at++];
            return switch (kind) {
                case Column.INT, Column.FLOAT, Column.SHORT, Column.BYTE, Column.CHAR, Column.BOOLEAN -> new Ints(kind);
                case Column.LONG -> new Longs();
                case Column.DOUBLE -> new Doubles();
                case Column.STRING -> new Strings();
                case Column.BYTES -> new ByteArrays();
                case Column.PAIR -> new Pairs(column(), column());
                case Column.RECORD -> records();
                case Column.LIST -> new Lists(column());
                default ->
                    throw new KindlingException(ErrorCode.CORRUPT_DATA, "a page has a column of unknown kind " + kind);
            };
        }

        private ColumnReader records() {
            int nameBytes = Varint.read(bytes, at);
            at = Varint.skip(bytes, at);
            String name = new String(bytes, at, nameBytes, StandardCharsets.UTF_8);
            at += nameBytes;
            Class<?> type = classes.load(name);
            RecordShape shape = RecordShape.of(type)
                    .orElseThrow(() -> new KindlingException(
                            ErrorCode.NOT_SERIALIZABLE, "record " + name + " cannot be created by reflection"));
            ColumnReader[] columns = new ColumnReader[bytes[at++]];
            if (columns.length != shape.size()) {
                throw new KindlingException(
                        ErrorCode.CORRUPT_DATA,
                        "record " + name + " was written with " + columns.length + " components and has " + shape.size()
                                + " here");
            }
            for (int i = 0; i < columns.length; i++) {
                columns[i] = column();
            }
            return new Records(shape, columns);
        }
    }

    private static final class Ints extends ColumnReader {
        private final byte kind;
        private final int[] chunk = new int[CHUNK];
        private int at;
        private int min;
        private int width;
        private int next;

        private Ints(byte kind) {
            this.kind = kind;
        }

        @Override
        int open(byte[] bytes, int position, int count) {
            page = bytes;
            min = (int) BitPacking.INT.get(bytes, position);
            width = bytes[position + 4];
            at = position + NumberColumn.Ints.FRAME_BYTES;
            next = 0;
            return at + BitPacking.packedBytes(count, width);
        }

        /** Whether the values are {@code Integer}s, not something else that is packed as such. */
        boolean areIntegers() {
            return kind == Column.INT;
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return kind == Column.INT
                    ? Optional.of(new ColumnValues.Numbers(page, at, min, width, true))
                    : Optional.empty();
        }

        int[] read(int count) {
            BitPacking.unpackInts(page, at, next, count, min, width, chunk);
            next += count;
            return chunk;
        }

        void read(long[] target, int from, int count) {
            BitPacking.unpackLongs(page, at, next, count, min, width, target, from);
            next += count;
        }

        @Override
        long read(Object[] target, int from, int count) {
            int[] values = read(count);
            switch (kind) {
                case Column.FLOAT -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = Float.intBitsToFloat(values[i]);
                    }
                }
                case Column.SHORT -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = (short) values[i];
                    }
                }
                case Column.BYTE -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = (byte) values[i];
                    }
                }
                case Column.CHAR -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = (char) values[i];
                    }
                }
                case Column.BOOLEAN -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = values[i] != 0;
                    }
                }
                default -> {
                    for (int i = 0; i < count; i++) {
                        target[from + i] = values[i];
                    }
                }
            }
            return kind == Column.BYTE || kind == Column.BOOLEAN ? 0 : (long) count * HeapSize.INT;
        }
    }

    private static final class Longs extends ColumnReader {
        private final long[] chunk = new long[CHUNK];
        private int at;
        private long min;
        private int width;
        private int next;

        @Override
        int open(byte[] bytes, int position, int count) {
            page = bytes;
            min = (long) BitPacking.LONG.get(bytes, position);
            width = bytes[position + 8];
            at = position + NumberColumn.Longs.FRAME_BYTES;
            next = 0;
            return at + BitPacking.packedBytes(count, width);
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return Optional.of(new ColumnValues.Numbers(page, at, min, width, false));
        }

        void read(long[] target, int from, int count) {
            BitPacking.unpackLongs(page, at, next, count, min, width, target, from);
            next += count;
        }

        @Override
        long read(Object[] target, int from, int count) {
            read(chunk, 0, count);
            for (int i = 0; i < count; i++) {
                target[from + i] = chunk[i];
            }
            return (long) count * HeapSize.LONG;
        }
    }

    private static final class Doubles extends ColumnReader {
        private int at;

        @Override
        int open(byte[] bytes, int position, int count) {
            page = bytes;
            at = position;
            return position + Math.multiplyExact(count, 8);
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return Optional.of(new ColumnValues.Doubles(page, at));
        }

        @Override
        long read(Object[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Double.longBitsToDouble((long) BitPacking.LONG.get(page, at));
                at += 8;
            }
            return (long) count * HeapSize.LONG;
        }
    }

    private static final class ByteArrays extends ColumnReader {
        private int at;

        @Override
        int open(byte[] bytes, int position, int count) {
            page = bytes;
            at = Varint.skip(bytes, position);
            return at + Varint.read(bytes, position);
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return Optional.of(ColumnValues.Stretches.of(page, at, count, false));
        }

        @Override
        long read(Object[] target, int from, int count) {
            int start = at;
            for (int i = 0; i < count; i++) {
                int length = Varint.read(page, at);
                at = Varint.skip(page, at);
                target[from + i] = Arrays.copyOfRange(page, at, at + length);
                at += length;
            }
            return (long) count * HeapSize.BYTES + at - start;
        }
    }

    static final class Strings extends ColumnReader {
        private int at;
        private int promised;

        @Override
        int open(byte[] bytes, int position, int count) {
            page = bytes;
            promised = 0;
            at = Varint.skip(bytes, position);
            return at + Varint.read(bytes, position);
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return Optional.of(ColumnValues.Stretches.of(page, at, count, true));
        }

        /** The next {@code count} values will be asked for by {@link #next}, those that were not yet will not be. */
        void promise(int count) {
            for (; promised > 0; promised--) {
                int prefix = Varint.read(page, at);
                at = Varint.skip(page, at) + StringColumn.bytesOf(prefix);
            }
            promised = count;
        }

        String next() {
            byte[] bytes = page;
            int prefix = Varint.read(bytes, at);
            int start = Varint.skip(bytes, at);
            at = start + StringColumn.bytesOf(prefix);
            promised--;
            return StringColumn.read(bytes, start, prefix);
        }

        @Override
        long read(Object[] target, int from, int count) {
            promise(0);
            byte[] bytes = page;
            int next = at;
            int wideBytes = 0;
            for (int i = 0; i < count; i++) {
                int prefix = Varint.read(bytes, next);
                next = Varint.skip(bytes, next);
                int length = StringColumn.bytesOf(prefix);
                String text = StringColumn.read(bytes, next, prefix);
                target[from + i] = text;
                if ((prefix & 3) != StringColumn.LATIN_1) {
                    wideBytes += 2 * text.length() - length;
                }
                next += length;
            }
            int readBytes = next - at;
            at = next;
            return (long) count * HeapSize.STRING + readBytes + wideBytes;
        }
    }

    static final class Pairs extends ColumnReader {
        private final ColumnReader firsts;
        private final ColumnReader seconds;
        private final Object[] keys = new Object[CHUNK];

        private Pairs(ColumnReader firsts, ColumnReader seconds) {
            this.firsts = firsts;
            this.seconds = seconds;
        }

        @Override
        int open(byte[] bytes, int at, int count) {
            return seconds.open(bytes, firsts.open(bytes, at, count), count);
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return pairsByNumber(count).map(pairs -> pairs);
        }

        Optional<ColumnValues.Pairs> pairsByNumber(int count) {
            return firsts.byNumber(count)
                    .flatMap(keys -> seconds.byNumber(count).map(values -> new ColumnValues.Pairs(keys, values)));
        }

        @Override
        long read(Object[] target, int from, int count) {
            if (firsts instanceof Ints first
                    && first.areIntegers()
                    && seconds instanceof Ints second
                    && second.areIntegers()) {
                pairsOf(first.read(count), second.read(count), target, from, count);
                return (long) count * (HeapSize.PAIR + 2 * HeapSize.INT);
            }
            long heapBytes = firsts.read(keys, 0, count) + seconds.read(target, from, count);
            for (int i = 0; i < count; i++) {
                target[from + i] = new Tuple2<>(keys[i], target[from + i]);
            }
            return heapBytes + (long) count * HeapSize.PAIR;
        }

        boolean areNumbers() {
            return isWhole(firsts) && isWhole(seconds);
        }

        /** Whether the numbers are of the classes already in {@code target}. */
        boolean areLike(NumberPairs target) {
            return target.keysAreInts == isInt(firsts) && target.valuesAreInts == isInt(seconds);
        }

        /** Appends the next {@code count} pairs, at most {@link #CHUNK}. */
        void readNumbers(NumberPairs target, int count) {
            target.keysAreInts = isInt(firsts);
            target.valuesAreInts = isInt(seconds);
            readNumbers(firsts, target.keys, target.count, count);
            readNumbers(seconds, target.values, target.count, count);
            target.count += count;
        }

        private static void pairsOf(int[] keys, int[] values, Object[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = new Tuple2<>(keys[i], values[i]);
            }
        }
    }

    private static final class Records extends ColumnReader {
        private final RecordShape shape;
        private final ColumnReader[] columns;
        private final Object[][] values;

        private Records(RecordShape shape, ColumnReader[] columns) {
            this.shape = shape;
            this.columns = columns;
            this.values = new Object[columns.length][CHUNK];
        }

        @Override
        int open(byte[] bytes, int at, int count) {
            int end = at;
            for (ColumnReader column : columns) {
                end = column.open(bytes, end, count);
            }
            return end;
        }

        @Override
        Optional<ColumnValues> byNumber(int count) {
            return ColumnValues.Records.of(shape, columns, count);
        }

        @Override
        long read(Object[] target, int from, int count) {
            long heapBytes = (long) count * shape.heapBytes;
            for (int c = 0; c < columns.length; c++) {
                long ofColumn = columns[c].read(values[c], 0, count);
                heapBytes += shape.types[c].isPrimitive() ? 0 : ofColumn;
            }
            Object[] components = new Object[columns.length];
            for (int i = 0; i < count; i++) {
                for (int c = 0; c < columns.length; c++) {
                    components[c] = values[c][i];
                }
                target[from + i] = shape.create(components);
            }
            return heapBytes;
        }
    }

    private static final class Lists extends ColumnReader {
        private final Ints sizes = new Ints(Column.INT);
        private final ColumnReader elements;
        private final Object[] chunk = new Object[CHUNK];

        private Lists(ColumnReader elements) {
            this.elements = elements;
        }

        @Override
        int open(byte[] bytes, int at, int count) {
            int end = sizes.open(bytes, at, count);
            // The elements' count is the sum of the sizes: a walk over them, then the sizes start again.
            int total = 0;
            for (int done = 0; done < count; done += CHUNK) {
                int some = Math.min(CHUNK, count - done);
                int[] read = sizes.read(some);
                for (int i = 0; i < some; i++) {
                    total = Math.addExact(total, read[i]);
                }
            }
            sizes.open(bytes, at, count);
            return elements.open(bytes, end, total);
        }

        @Override
        long read(Object[] target, int from, int count) {
            long heapBytes = (long) count * HeapSize.LIST;
            int[] lengths = sizes.read(count);
            for (int i = 0; i < count; i++) {
                List<Object> list = new ArrayList<>(lengths[i]);
                for (int left = lengths[i]; left > 0; ) {
                    int some = Math.min(CHUNK, left);
                    heapBytes += elements.read(chunk, 0, some) + (long) some * HeapSize.REFERENCE;
                    for (int e = 0; e < some; e++) {
                        list.add(chunk[e]);
                    }
                    left -= some;
                }
                target[from + i] = list;
            }
            return heapBytes;
        }
    }
}
