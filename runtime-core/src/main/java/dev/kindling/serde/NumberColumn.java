package dev.kindling.serde;

import java.util.Arrays;

/** Columns of boxed numbers: those that are whole packed by frame of reference, the others as their bits. */
abstract class NumberColumn extends Column {
    final byte kind;

    NumberColumn(byte kind) {
        this.kind = kind;
    }

    static Column like(Object value) {
        Class<?> type = value.getClass();
        if (type == Integer.class) {
            return new Ints();
        }
        if (type == Long.class) {
            return new Longs();
        }
        if (type == Double.class) {
            return new Doubles();
        }
        if (type == Float.class) {
            return new SmallInts(FLOAT);
        }
        if (type == Short.class) {
            return new SmallInts(SHORT);
        }
        if (type == Byte.class) {
            return new SmallInts(BYTE);
        }
        if (type == Character.class) {
            return new SmallInts(CHAR);
        }
        if (type == Boolean.class) {
            return new SmallInts(BOOLEAN);
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

        Ints() {
            super(INT);
        }

        Ints(byte kind) {
            super(kind);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Integer number)) {
                return false;
            }
            addInt(number);
            return true;
        }

        final void addInt(int value) {
            if (count == values.length) {
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
            int width = width();
            BitPacking.INT.set(target, at, min);
            target[at + 4] = (byte) width;
            BitPacking.packInts(values, count, min, width, target, at + FRAME_BYTES);
            return at + FRAME_BYTES + BitPacking.packedBytes(count, width);
        }

        @Override
        int rawBytes() {
            return count * 4;
        }

        @Override
        int heldBytes() {
            return values.length * 4;
        }
    }

    /** Values of up to 32 bits that are not {@code Integer}: as ints, told apart by their kind. */
    static final class SmallInts extends Ints {
        SmallInts(byte kind) {
            super(kind);
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

        Longs() {
            super(LONG);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Long number)) {
                return false;
            }
            addLong(number);
            return true;
        }

        void addLong(long value) {
            if (count == values.length) {
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

        @Override
        int heldBytes() {
            return values.length * 8;
        }
    }

    /** {@code Double}s as their bits. */
    static final class Doubles extends NumberColumn {
        private long[] values = new long[FIRST_CAPACITY];

        Doubles() {
            super(DOUBLE);
        }

        @Override
        boolean add(Object value) {
            if (!(value instanceof Double number)) {
                return false;
            }
            if (count == values.length) {
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

        @Override
        int heldBytes() {
            return values.length * 8;
        }
    }
}
