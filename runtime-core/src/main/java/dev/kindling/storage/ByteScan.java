package dev.kindling.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Loops that look for bytes in a block, eight at a step. Holds no state. */
final class ByteScan {
    /** Of {@link #kindsOf}: bytes that are no ASCII. */
    static final int HAS_NEGATIVE = 1;

    /** Of {@link #kindsOf}: carriage returns. */
    static final int HAS_RETURN = 2;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long LOW_BITS = 0x7f * EACH_BYTE;
    private static final long HIGH_BITS = 0x80 * EACH_BYTE;
    private static final long LINE_FEEDS = '\n' * EACH_BYTE;
    private static final long RETURNS = '\r' * EACH_BYTE;

    private static final long ZEROS = '0' * EACH_BYTE;
    /** Makes the high bit of each byte that is above nine. */
    private static final long ABOVE_NINE = 0x76 * EACH_BYTE;

    private ByteScan() {}

    /** What {@code bytes[from..to)} holds, as a sum of constants of this class. */
    static int kindsOf(byte[] bytes, int from, int to) {
        long anyBits = 0;
        long returns = 0;
        int i = from;
        for (; i <= to - 8; i += 8) {
            long word = (long) LONG.get(bytes, i);
            anyBits |= word;
            returns |= zeroBytes(word ^ RETURNS);
        }
        for (; i < to; i++) {
            anyBits |= (long) bytes[i] << 56;
            returns |= bytes[i] == '\r' ? 1 : 0;
        }
        return ((anyBits & HIGH_BITS) != 0 ? HAS_NEGATIVE : 0) | (returns != 0 ? HAS_RETURN : 0);
    }

    /** Indexes of the first {@code max} LFs, and CRs where wanted, in {@code bytes[from..to)}; returns how many. */
    static int findLineEnds(byte[] bytes, int from, int to, int[] found, int max, boolean withReturns) {
        int count = 0;
        int i = from;
        for (; i <= to - 8; i += 8) {
            long word = (long) LONG.get(bytes, i);
            long hits = zeroBytes(word ^ LINE_FEEDS);
            if (withReturns) {
                hits |= zeroBytes(word ^ RETURNS);
            }
            while (hits != 0) {
                if (count == max) {
                    return count;
                }
                found[count++] = i + (Long.numberOfTrailingZeros(hits) >>> 3);
                hits &= hits - 1;
            }
        }
        for (; i < to && count < max; i++) {
            if (bytes[i] == '\n' || withReturns && bytes[i] == '\r') {
                found[count++] = i;
            }
        }
        return count;
    }

    /**
     * Indexes at which the first {@code max} of the places of {@code wanted} in {@code bytes[from..to)} begin that do not
     * overlap one before; returns how many.
     */
    static int findAll(byte[] bytes, int from, int to, byte[] wanted, int[] found, int max) {
        long firstBytes = (wanted[0] & 0xff) * EACH_BYTE;
        int last = to - wanted.length;
        int count = 0;
        int next = from;
        int i = from;
        for (; i <= to - 8; i += 8) {
            long hits = zeroBytes((long) LONG.get(bytes, i) ^ firstBytes);
            for (; hits != 0 && count < max; hits &= hits - 1) {
                int at = i + (Long.numberOfTrailingZeros(hits) >>> 3);
                if (at >= next && at <= last && standsAt(bytes, at, wanted)) {
                    found[count++] = at;
                    next = at + wanted.length;
                }
            }
        }
        for (i = Math.max(i, next); i <= last && count < max; i++) {
            if (i >= next && standsAt(bytes, i, wanted)) {
                found[count++] = i;
                next = i + wanted.length;
            }
        }
        return count;
    }

    static boolean standsAt(byte[] bytes, int index, byte[] wanted) {
        return Arrays.equals(bytes, index, index + wanted.length, wanted, 0, wanted.length);
    }

    /** The high bit of each byte that is zero, and of no other: no carry leaves a byte. */
    private static long zeroBytes(long word) {
        return ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
    }

    /** How many of the eight bytes from {@code at} on are digits before the first one that is none. */
    static int digitsAt(byte[] bytes, int at) {
        long word = (long) LONG.get(bytes, at) ^ ZEROS;
        // A carry changes only what is behind the first that is none.
        return Long.numberOfTrailingZeros((word + ABOVE_NINE | word) & HIGH_BITS) >>> 3;
    }

    /**
     * The number of {@code count} digits, 1 to 8, from {@code at} on: neighbours are joined to pairs, these to fours, and
     * these to eight, at each step all at once. Eight bytes must be there.
     */
    static int numberOf(byte[] bytes, int at, int count) {
        // Zeros in front, which is where the lowest byte is.
        long digits = ((long) LONG.get(bytes, at) ^ ZEROS) << 64 - 8 * count;
        long pairs = digits * 10 + (digits >>> 8) & 0x00FF00FF00FF00FFL;
        long fours = pairs * 100 + (pairs >>> 16) & 0x0000FFFF0000FFFFL;
        return (int) (fours * 10_000 + (fours >>> 32));
    }
}
