package dev.kindling.executor.shuffle;

import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.serde.NumberPairs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A number for a row that is the same in every process and attempt: rows of a map output are summed up, so their order
 * does not matter, and two attempts of a deterministic task agree. Only values whose hash is defined by their contents
 * count; of others just that there is one. Floating point counts roughly: a sum of doubles may differ in its last bits
 * when its terms come in another order, which is no fault of the program. Of long strings the low eight bits of each
 * character count, read eight at a step: {@code String.hashCode} takes three times as long. Owned by one thread.
 */
public final class RowDigest {
    private static final long PRIME_1 = 0x9E3779B97F4A7C15L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Below it the hash is as quick, and keys of hash shuffles have it already. */
    private static final int LONG_STRING = 32;

    private final byte[] letters = new byte[256];

    public long ofPair(Tuple2<?, ?> row) {
        // Numbers first, and in this very method: it is called for every row of every shuffle.
        long key = row._1() instanceof Integer number ? number : contentOf(row._1());
        long value = row._2() instanceof Integer number ? number : contentOf(row._2());
        return mix(key * PRIME_1 + value + PRIME_2);
    }

    /**
     * Of a pair by what its key's contents make, which has to be the same in every process; another number than that of
     * the key itself, so all rows of a map output have to be digested alike.
     */
    public long ofPair(long keyHash, Object value) {
        long content = value instanceof Integer number ? number : contentOf(value);
        return mix(keyHash * PRIME_1 + content + PRIME_2);
    }

    /** Of a pair that is no object. */
    long ofPair(NumberPairs pairs, int index) {
        long key = pairs.keysAreInts ? pairs.keys[index] : mix(pairs.keys[index]);
        long value = pairs.valuesAreInts ? pairs.values[index] : mix(pairs.values[index]);
        return mix(key * PRIME_1 + value + PRIME_2);
    }

    private long contentOf(Object value) {
        if (value instanceof String string) {
            return string.length() < LONG_STRING ? string.hashCode() : contentOfLong(string);
        }
        if (value instanceof Long number) {
            return mix(number);
        }
        if (value instanceof Integer number) {
            return number;
        }
        if (value instanceof Double number) {
            return contentOf(number.doubleValue());
        }
        if (value instanceof Tuple2<?, ?> pair) {
            return mix(contentOf(pair._1()) * PRIME_1 + contentOf(pair._2()) + PRIME_2);
        }
        return contentOfOther(value);
    }

    @SuppressWarnings("deprecation") // no other method copies what a string has as it is
    private long contentOfLong(String string) {
        int length = string.length();
        long content = length;
        for (int at = 0; at < length; ) {
            int count = Math.min(letters.length, length - at);
            string.getBytes(at, at + count, letters, 0);
            int i = 0;
            for (; i + Long.BYTES <= count; i += Long.BYTES) {
                content = (content ^ (long) LONG.get(letters, i)) * PRIME_1;
                content ^= content >>> 29;
            }
            for (; i < count; i++) {
                content = content * 31 + letters[i];
            }
            at += count;
        }
        return content;
    }

    /** Eleven bits of precision; the factor moves the steps to where sums of decimal numbers hardly ever lie. */
    private static long contentOf(double number) {
        double moved = number * 0.618_033_988_749_894_9;
        return Math.abs(moved) < 1 ? 0 : Float.floatToIntBits((float) moved) >>> 12;
    }

    private long contentOfOther(Object value) {
        if (value instanceof Float number) {
            return contentOf(number.doubleValue());
        }
        if (value instanceof Number || value instanceof Boolean || value instanceof Character) {
            return isOfJavaLang(value) ? value.hashCode() : 1;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().hashCode();
        }
        if (value instanceof Tuple3<?, ?, ?> t) {
            return mix(contentOf(t._1()) * PRIME_1 + contentOf(t._2()) * PRIME_2 + contentOf(t._3()));
        }
        if (value instanceof Tuple4<?, ?, ?, ?> t) {
            return mix(contentOf(t._1()) * PRIME_1
                    + contentOf(t._2()) * PRIME_2
                    + contentOf(t._3()) * 31
                    + contentOf(t._4()));
        }
        return value == null ? 0 : 1;
    }

    private static boolean isOfJavaLang(Object value) {
        return value.getClass().getPackageName().equals("java.lang");
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * PRIME_2;
        return mixed ^ mixed >>> 29;
    }
}
