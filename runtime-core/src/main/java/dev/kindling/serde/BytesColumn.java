package dev.kindling.serde;

import java.util.Arrays;

/** Values of any length, one after the other: {@code byte[]}, each behind its length. */
class BytesColumn extends Column {
    byte[] bytes = new byte[FIRST_CAPACITY * 4];
    int length;
    private final byte kind;

    BytesColumn(OpenPage page) {
        this(BYTES, page);
    }

    BytesColumn(byte kind, OpenPage page) {
        super(page);
        this.kind = kind;
        page.grow(bytes.length);
    }

    @Override
    boolean add(Object value) {
        if (!(value instanceof byte[] array)) {
            return false;
        }
        startValue(Varint.MAX_BYTES + (long) array.length);
        length = Varint.write(array.length, bytes, length);
        System.arraycopy(array, 0, bytes, length, array.length);
        length += array.length;
        count++;
        return true;
    }

    /** Makes room for a value of at most {@code maxBytes}. */
    final void startValue(long maxBytes) {
        if (length + maxBytes > bytes.length) {
            long wanted = Math.max(length + maxBytes, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8));
            page.grow(Math.toIntExact(wanted) - bytes.length);
            bytes = Arrays.copyOf(bytes, (int) wanted);
        }
    }

    @Override
    void truncate(int kept) {
        int end = 0;
        for (int i = 0; i < kept; i++) {
            end = Varint.skip(bytes, end) + valueBytes(Varint.read(bytes, end));
        }
        length = end;
        count = kept;
    }

    /** How many bytes follow what stands before a value. */
    int valueBytes(int prefix) {
        return prefix;
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

    @Override
    int encodedBytes() {
        return Varint.bytesOf(length) + length;
    }

    @Override
    int encode(byte[] target, int at) {
        int start = Varint.write(length, target, at);
        System.arraycopy(bytes, 0, target, start, length);
        return start + length;
    }

    @Override
    int rawBytes() {
        return length;
    }
}
