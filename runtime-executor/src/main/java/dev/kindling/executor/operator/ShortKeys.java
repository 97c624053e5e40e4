package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.util.Latin1;

/**
 * The keys of a batch of pairs as two words each and a hash, where they are short: strings of at most
 * {@value #MOST_CHARS} characters of Latin-1, integers and longs. A table and a digest of the same rows both need all of
 * a key, so its characters are looked at once for both. Equal keys have equal words, and only they do. Owned by the
 * task's thread.
 */
final class ShortKeys {
    private static final int MOST_CHARS = 15;

    // The highest byte of a key's second word says what it is: of a string the length and 1, so that 0 is no short key.
    private static final int KIND_SHIFT = 56;
    private static final long INTEGER_KEY = (MOST_CHARS + 2L) << KIND_SHIFT;
    private static final long LONG_KEY = (MOST_CHARS + 3L) << KIND_SHIFT;

    final long[] lows;
    /** 0: the key of this row is none of these. */
    final long[] highs;
    /** The same for equal keys in every process; only of rows whose key is short. */
    final long[] hashes;

    ShortKeys(int rows) {
        lows = new long[rows];
        highs = new long[rows];
        hashes = new long[rows];
    }

    /** Takes the keys of the first {@code count} pairs. What is no pair has no short key. */
    void take(Object[] rows, int count) {
        for (int row = 0; row < count; row++) {
            Object key = rows[row] instanceof Tuple2<?, ?> pair ? pair._1() : null;
            if (key instanceof String text) {
                takeText(text, row);
            } else if (key instanceof Integer number) {
                lows[row] = number;
                highs[row] = INTEGER_KEY;
            } else if (key instanceof Long number) {
                lows[row] = number;
                highs[row] = LONG_KEY;
            } else {
                highs[row] = 0;
            }
            hashes[row] = hashOf(lows[row], highs[row]);
        }
    }

    private void takeText(String text, int row) {
        int length = text.length();
        if (length > MOST_CHARS) {
            highs[row] = 0;
            return;
        }
        int all = 0;
        long front = 0;
        for (int i = 0; i < Math.min(length, 8); i++) {
            char c = text.charAt(i);
            all |= c;
            front |= (long) c << 8 * i;
        }
        long back = length + 1L << KIND_SHIFT;
        for (int i = 8; i < length; i++) {
            char c = text.charAt(i);
            all |= c;
            back |= (long) c << 8 * (i - 8);
        }
        lows[row] = front;
        highs[row] = all <= 0xff ? back : 0;
    }

    /** Each character counts for all bits of it, also of the upper half, by which slots are found. */
    static long hashOf(long low, long high) {
        long h = low * 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 32 ^ high) * 0xC2B2AE3D27D4EB4FL;
        return (h ^ h >>> 29) * 0x9E3779B97F4A7C15L;
    }

    /** An equal of the key whose words these are. */
    static Object keyOf(long low, long high) {
        long kind = high & 0xffL << KIND_SHIFT;
        if (kind == INTEGER_KEY) {
            return (int) low;
        }
        if (kind == LONG_KEY) {
            return low;
        }
        byte[] bytes = new byte[(int) (kind >>> KIND_SHIFT) - 1];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i < 8 ? low >>> 8 * i : high >>> 8 * (i - 8));
        }
        return Latin1.read(bytes, 0, bytes.length);
    }
}
