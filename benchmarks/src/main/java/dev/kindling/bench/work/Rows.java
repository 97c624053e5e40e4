package dev.kindling.bench.work;

/**
 * The rows of the jobs and what is made of them. Functions of the user that every engine calls alike, so that what differs
 * is the engine.
 */
public final class Rows {
    private Rows() {}

    /** A row of a user's own class. */
    public record Visit(long id, int zip, String city, double amount) {}

    /** How many rows there were and the sum of their digests, in any order. */
    public record Answer(long rows, long digest) {
        public static final Answer NONE = new Answer(0, 0);

        public Answer plus(Answer other) {
            return new Answer(rows + other.rows, digest + other.digest);
        }

        public Answer plusRow(long rowDigest) {
            return new Answer(rows + 1, digest + rowDigest);
        }
    }

    // ---- lines ------------------------------------------------------------------------------------------------------

    /** The columns of a line {@code int\tint}. */
    public static String[] columns(String line) {
        return line.split("\t");
    }

    public static final int KEY_CHARS = 10;

    public static String recordKey(String line) {
        return line.substring(0, KEY_CHARS);
    }

    public static String recordRest(String line) {
        return line.substring(KEY_CHARS);
    }

    public static String[] words(String line) {
        return line.split(" ");
    }

    // ---- rows made of their number ----------------------------------------------------------------------------------

    /** Half as many keys as rows, in no order. Also said in SQL: keep both alike. */
    public static long groupKey(long i, long rows) {
        return ((i * 2_654_435_761L) >>> 7) % Math.max(1, rows / 2);
    }

    public static long shuffleKey(long i) {
        return (i * 2_654_435_761L) >>> 5;
    }

    public static String recordKeyOf(long i) {
        return fixedText(Digest.mix(i, 1), KEY_CHARS);
    }

    public static String recordRestOf(long i) {
        return fixedText(i, 90);
    }

    public static Visit visitOf(long i) {
        return new Visit(shuffleKey(i), (int) (i % 30_000), "city " + i % 1_000, i * 0.25);
    }

    private static String fixedText(long seed, int length) {
        char[] text = new char[length];
        long state = seed;
        for (int at = 0; at < length; at++) {
            if (at % 10 == 0) {
                state = Digest.mix(state, at);
            }
            text[at] = (char) ('A' + ((state >>> (at % 10 * 6)) & 31));
        }
        return new String(text);
    }

    // ---- digests of rows --------------------------------------------------------------------------------------------

    public static long digest(String key, String rest) {
        return Digest.mix(key.hashCode(), rest.hashCode());
    }

    public static long digest(String key, long value) {
        return Digest.mix(key.hashCode(), value);
    }

    public static long digest(Visit visit) {
        return Digest.mix(visit.id() + visit.zip(), visit.city().hashCode() + Double.doubleToLongBits(visit.amount()));
    }

    /** What a pass over the cached set keeps, and what it adds up. */
    public static boolean isKept(long value, int pass) {
        return (value + pass) % 3 != 0;
    }

    public static long cachedValue(long i) {
        return i * 7_919 % 1_000_003;
    }
}
