package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import java.util.List;

/**
 * 64 bits of hash for a row, the same for equal rows and in every process. Numbers, text, byte arrays, tuples and lists
 * use all 64; of other classes there is only their {@code hashCode}, so of hundreds of millions of them some look alike.
 */
final class RowHash {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final long OF_NULL = 0x2545F4914F6CDD1DL;

    private RowHash() {}

    static long of(Object row) {
        if (row instanceof String text) {
            return ofText(text);
        } else if (row instanceof Long || row instanceof Integer || row instanceof Short || row instanceof Byte) {
            return mixed(((Number) row).longValue());
        } else if (row instanceof Double number) {
            return mixed(Double.doubleToLongBits(number));
        } else if (row instanceof Tuple2<?, ?> tuple) {
            return ofAll(tuple._1(), tuple._2());
        } else if (row instanceof Tuple3<?, ?, ?> tuple) {
            return ofAll(tuple._1(), tuple._2(), tuple._3());
        } else if (row instanceof Tuple4<?, ?, ?, ?> tuple) {
            return ofAll(tuple._1(), tuple._2(), tuple._3(), tuple._4());
        } else if (row instanceof List<?> list) {
            long hash = list.size();
            for (Object element : list) {
                hash = next(hash, of(element));
            }
            return mixed(hash);
        } else if (row instanceof byte[] bytes) {
            return ofBytes(bytes);
        }
        return row == null ? OF_NULL : mixed(HashPartitioner.hashOf(row));
    }

    private static long ofAll(Object... parts) {
        long hash = parts.length;
        for (Object part : parts) {
            hash = next(hash, of(part));
        }
        return mixed(hash);
    }

    private static long ofText(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = next(hash, text.charAt(i));
        }
        return mixed(hash);
    }

    private static long ofBytes(byte[] bytes) {
        long hash = bytes.length;
        for (byte b : bytes) {
            hash = next(hash, b);
        }
        return mixed(hash);
    }

    private static long next(long hash, long part) {
        return Long.rotateLeft((hash ^ part) * MULTIPLIER, 27);
    }

    /** The end of SplittableRandom's mixing: every bit of the argument moves half of the bits. */
    private static long mixed(long hash) {
        long z = hash * MULTIPLIER + MULTIPLIER;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
