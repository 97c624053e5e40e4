package dev.kindling.serde;

import java.util.Arrays;

/** Columns of boxed numbers: those that are whole packed by frame of reference, the others as their bits. */
abstract class NumberColumn extends Column {
    final byte kind;

    NumberColumn(byte kind, OpenPage page) {
        super(page);
        this.kind = kind;
    }

    static Column like(Object value, OpenPage page) {
        Class<?> type = value.getClass();
        if (type == Integer.class) {
            return new Ints(page);
        }
        if (type == Long.class) {
            return new Longs(page);
        }
        if (type == Double.class) {
            return new Doubles(page);
        }
        if (type == Float.class) {
            return new SmallInts(FLOAT, page);
        }
        if (type == Short.class) {
            return new SmallInts(SHORT, page);
        }
        if (type == Byte.class) {
            return new SmallInts(BYTE, page);
        }
        if (type == Character.class) {
            return new SmallInts(CHAR, page);
        }
        if (type == Boolean.class) {
            return new SmallInts(BOOLEAN, page);
        }
        return null;
    }

    @Override
    void truncate(int kept) {
        count = kept;
    }

    @Override
    int schemaBytes() {
        return 1;
    }

    @Override
    int writeSchema(byte[] target, int at) {
        target[at] = kind;
        return at + 1;
    }

    /** {@code Integer}s: smallest (4 bytes), width in bits (1 byte), distances. */
    static class Ints extends NumberColumn {
        static final int FRAME_BYTES = 5;

        int[] values = new int[FIRST_CAPACITY];
        private int scanned;
        private int min;
        private int max;

        Ints(OpenPage page) {
            this(INT, page);
        }

        Ints(byte kind, OpenPage page) {
            super(kind, page);
            page.grow(values.length * 4);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Integer number)) {
                return false;
            }
            addInt(number);
            return true;
        }

        @Override
        boolean addNumber(long value, boolean isInt) {
            if (!isInt || kind != INT) {
                return false;
            }
            addInt((int) value);
            return true;
        }

        final void addInt(int value) {
            if (count == values.length) {
                page.grow(count * 4);
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = value;
        }

        @Override
        void truncate(int kept) {
            count = kept;
            scanned = Math.min(scanned, kept);
        }

        /** Smallest and largest of the values not looked at before join those of the others. */
        private void scan() {
            if (count == 0) {
                return;
            }
            int low = scanned == 0 ? values[0] : min;
            int high = scanned == 0 ? values[0] : max;
            for (int i = scanned; i < count; i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            min = low;
            max = high;
            scanned = count;
        }

        private int width() {
            return BitPacking.widthOf((max - min) & 0xFFFF_FFFFL);
        }

        @Override
        int encodedBytes() {
            scan();
            return FRAME_BYTES + BitPacking.packedBytes(count, width());
        }

        @Override
        int encode(byte[] target, int at) {
            scan();
            return encode(values, count, min, width(), target, at);
        }

        static int encode(int[] values, int count, int min, int width, byte[] target, int at) {
            BitPacking.INT.set(target, at, min);
            target[at + 4] = (byte) width;
            BitPacking.packInts(values, count, min, width, target, at + FRAME_BYTES);
            return at + FRAME_BYTES + BitPacking.packedBytes(count, width);
        }

        @Override
        int rawBytes() {
            return count * 4;
        }
    }

    /** Values of up to 32 bits that are not {@code Integer}: as ints, told apart by their kind. */
    static final class SmallInts extends Ints {
        SmallInts(byte kind, OpenPage page) {
            super(kind, page);
        }

        @Override
        boolean add(Object value) {
            if (kind == FLOAT && value instanceof Float number) {
                addInt(Float.floatToRawIntBits(number));
            } else if (kind == SHORT && value instanceof Short number) {
                addInt(number);
            } else if (kind == BYTE && value instanceof Byte number) {
                addInt(number);
            } else if (kind == CHAR && value instanceof Character letter) {
                addInt(letter);
            } else if (kind == BOOLEAN && value instanceof Boolean flag) {
                addInt(flag ? 1 : 0);
            } else {
                return false;
            }
            return true;
        }
    }

    /** {@code Long}s: smallest (8 bytes), width in bits (1 byte), distances. */
    static final class Longs extends NumberColumn {
        static final int FRAME_BYTES = 9;

        long[] values = new long[FIRST_CAPACITY];
        private int scanned;
        private long min;
        private long max;

        Longs(OpenPage page) {
            super(LONG, page);
            page.grow(values.length * 8);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Long number)) {
                return false;
            }
            addLong(number);
            return true;
        }

        @Override
        boolean addNumber(long value, boolean isInt) {
            if (isInt) {
                return false;
            }
            addLong(value);
            return true;
        }

        void addLong(long value) {
            if (count == values.length) {
                page.grow(count * 8);
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = value;
        }

        @Override
        void truncate(int kept) {
            count = kept;
            scanned = Math.min(scanned, kept);
        }

        private void scan() {
            if (count == 0) {
                return;
            }
            long low = scanned == 0 ? values[0] : min;
            long high = scanned == 0 ? values[0] : max;
            for (int i = scanned; i < count; i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            min = low;
            max = high;
            scanned = count;
        }

        @Override
        int encodedBytes() {
            scan();
            return FRAME_BYTES + BitPacking.packedBytes(count, BitPacking.widthOf(max - min));
        }

        @Override
        int encode(byte[] target, int at) {
            scan();
            int width = BitPacking.widthOf(max - min);
            BitPacking.LONG.set(target, at, min);
            target[at + 8] = (byte) width;
            BitPacking.packLongs(values, count, min, width, target, at + FRAME_BYTES);
            return at + FRAME_BYTES + BitPacking.packedBytes(count, width);
        }

        @Override
        int rawBytes() {
            return count * 8;
        }
    }

    /** {@code Double}s as their bits. */
    static final class Doubles extends NumberColumn {
        private long[] values = new long[FIRST_CAPACITY];

        Doubles(OpenPage page) {
            super(DOUBLE, page);
            page.grow(values.length * 8);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Double number)) {
                return false;
            }
            if (count == values.length) {
                page.grow(count * 8);
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = Double.doubleToRawLongBits(number);
            return true;
        }

        @Override
        int encodedBytes() {
            return count * 8;
        }

        @Override
        int encode(byte[] target, int at) {
            for (int i = 0; i < count; i++) {
                BitPacking.LONG.set(target, at + i * 8, values[i]);
            }
            return at + count * 8;
        }

        @Override
        int rawBytes() {
            return count * 8;
        }
    }
}
