package dev.kindling.serde;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Frame of reference: numbers of one column as their distance from the smallest, each in as many bits as the largest
 * distance needs, one after the other from the lowest bit of the first byte. All little-endian.
 */
final class BitPacking {
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The widest field that one unaligned 8-byte load always covers; wider ones take 64 bits. */
    private static final int MAX_LOADED_WIDTH = 57;

    private BitPacking() {}

    static int widthOf(long distance) {
        int width = 64 - Long.numberOfLeadingZeros(distance);
        return width > MAX_LOADED_WIDTH ? 64 : width;
    }

    static int packedBytes(int count, int width) {
        return Math.toIntExact(((long) count * width + 7) >>> 3);
    }

    static void packInts(int[] values, int count, int min, int width, byte[] target, int at) {
        if (width == 0) {
            return;
        }
        // Several distances that fit 64 bits together are joined first: a step for each, not for each value.
        int joined = width <= 16 ? 4 : 2;
        int joinedBits = joined * width;
        int whole = count - count % joined;
        long pending = 0;
        int bits = 0;
        int out = at;
        for (int i = 0; i < whole; i += joined) {
            long distances = distance(values[i], min) | distance(values[i + 1], min) << width;
            if (joined == 4) {
                distances |= (distance(values[i + 2], min) | distance(values[i + 3], min) << width) << 2 * width;
            }
            pending |= distances << bits;
            bits += joinedBits;
            if (bits >= 64) {
                LONG.set(target, out, pending);
                out += 8;
                bits -= 64;
                pending = bits == 0 ? 0 : distances >>> (joinedBits - bits);
            }
        }
        for (int i = whole; i < count; i++) {
            long distance = distance(values[i], min);
            pending |= distance << bits;
            bits += width;
            if (bits >= 64) {
                LONG.set(target, out, pending);
                out += 8;
                bits -= 64;
                pending = bits == 0 ? 0 : distance >>> (width - bits);
            }
        }
        writeTail(pending, bits, target, out);
    }

    private static long distance(int value, int min) {
        return (value - min) & 0xFFFF_FFFFL;
    }

    static void packLongs(long[] values, int count, long min, int width, byte[] target, int at) {
        long pending = 0;
        int bits = 0;
        int out = at;
        if (width == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long distance = values[i] - min;
            pending |= distance << bits;
            bits += width;
            if (bits >= 64) {
                LONG.set(target, out, pending);
                out += 8;
                bits -= 64;
                pending = bits == 0 ? 0 : distance >>> (width - bits);
            }
        }
        writeTail(pending, bits, target, out);
    }

    private static void writeTail(long pending, int bits, byte[] target, int at) {
        for (int shift = 0; shift < bits; shift += 8) {
            target[at + (shift >>> 3)] = (byte) (pending >>> shift);
        }
    }

    /** Values {@code first} to {@code first + count - 1} of those packed at {@code at}. */
    static void unpackInts(byte[] packed, int at, int first, int count, int min, int width, int[] target) {
        if (width == 0) {
            Arrays.fill(target, 0, count, min);
            return;
        }
        long mask = (1L << width) - 1;
        int safe = safeCount(packed, at, first, count, width);
        long bit = (long) first * width;
        for (int i = 0; i < safe; i++) {
            long loaded = (long) LONG.get(packed, at + (int) (bit >>> 3));
            target[i] = (int) (loaded >>> (bit & 7) & mask) + min;
            bit += width;
        }
        for (int i = safe; i < count; i++) {
            target[i] = (int) (loadNearEnd(packed, at + (int) (bit >>> 3)) >>> (bit & 7) & mask) + min;
            bit += width;
        }
    }

    /** As {@link #unpackInts}, into {@code target} from {@code from}. */
    static void unpackLongs(byte[] packed, int at, int first, int count, long min, int width, long[] target, int from) {
        if (width == 0) {
            Arrays.fill(target, from, from + count, min);
            return;
        }
        if (width == 64) {
            for (int i = 0; i < count; i++) {
                target[from + i] = (long) LONG.get(packed, at + (first + i) * 8) + min;
            }
            return;
        }
        long mask = (1L << width) - 1;
        int safe = safeCount(packed, at, first, count, width);
        long bit = (long) first * width;
        for (int i = 0; i < safe; i++) {
            long loaded = (long) LONG.get(packed, at + (int) (bit >>> 3));
            target[from + i] = (loaded >>> (bit & 7) & mask) + min;
            bit += width;
        }
        for (int i = safe; i < count; i++) {
            target[from + i] = (loadNearEnd(packed, at + (int) (bit >>> 3)) >>> (bit & 7) & mask) + min;
            bit += width;
        }
    }

    /** Value {@code index} of those packed at {@code at}; of ints the low half counts. */
    static long unpackOne(byte[] packed, int at, int index, long min, int width) {
        if (width == 0) {
            return min;
        }
        if (width == 64) {
            return (long) LONG.get(packed, at + index * 8) + min;
        }
        long bit = (long) index * width;
        int from = at + (int) (bit >>> 3);
        long loaded = from + 8 <= packed.length ? (long) LONG.get(packed, from) : loadNearEnd(packed, from);
        return (loaded >>> (bit & 7) & (1L << width) - 1) + min;
    }

    /** How many of the values can be loaded with 8 bytes that all lie in the array. */
    private static int safeCount(byte[] packed, int at, int first, int count, int width) {
        long lastStart = (long) packed.length - 8 - at;
        if (lastStart < 0) {
            return 0;
        }
        long safeValues = ((lastStart + 1) * 8 - 1) / width + 1 - first;
        return (int) Math.max(0, Math.min(count, safeValues));
    }

    private static long loadNearEnd(byte[] packed, int at) {
        long loaded = 0;
        for (int i = Math.min(packed.length, at + 8) - 1; i >= at; i--) {
            loaded = loaded << 8 | packed[i] & 0xFF;
        }
        return loaded;
    }
}
