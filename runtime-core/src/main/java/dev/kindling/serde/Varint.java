package dev.kindling.serde;

/** Unsigned ints in 1 to 5 bytes, 7 bits each, lowest first. */
final class Varint {
    static final int MAX_BYTES = 5;

    private Varint() {}

    static int bytesOf(int value) {
        int bits = 32 - Integer.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    /** Returns the position after it. */
    static int write(int value, byte[] target, int at) {
        int rest = value;
        int out = at;
        while ((rest & ~0x7F) != 0) {
            target[out++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[out++] = (byte) rest;
        return out;
    }

    static int read(byte[] source, int at) {
        int value = source[at];
        if (value >= 0) {
            return value;
        }
        value &= 0x7F;
        int shift = 7;
        for (int in = at + 1; ; in++) {
            int next = source[in];
            value |= (next & 0x7F) << shift;
            if (next >= 0 || shift == 28) {
                return value;
            }
            shift += 7;
        }
    }

    /** The position after the one at {@code at}. */
    static int skip(byte[] source, int at) {
        int in = at;
        while (source[in] < 0 && in - at < MAX_BYTES - 1) {
            in++;
        }
        return in + 1;
    }
}
