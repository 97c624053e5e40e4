package dev.kindling.rdd;

import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import dev.kindling.plan.Combiner;
import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Counts different rows about, in bounded memory: a HyperLogLog++ sketch. Used by one thread at a time.
 *
 * <p>After Heule, Nunkesser, Hall, "HyperLogLog in Practice" (EDBT 2013): 64 bits of hash, and while there are few rows,
 * a set of short hashes that is counted nearly exactly. In place of that paper's tables of measured bias it estimates
 * as Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017, algorithm 6), which has no bias to
 * correct. The relative standard error is {@code 1.04 / sqrt(2^precision)}.
 *
 * <p>The short hash, a token, is the first 26 bits and how many zeros follow them: enough to say later which register of
 * any sketch up to that precision the row belongs to.
 */
final class DistinctSketch implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /** 1.04 / sqrt(2^4). */
    static final double LARGEST_ERROR = 0.26;

    /** 1.04 / sqrt(2^24): 16 MiB a sketch. */
    static final double SMALLEST_ERROR = 0.00026;

    private static final int LEAST_PRECISION = 4;
    private static final int TOKEN_PREFIX_BITS = 26;
    private static final int TOKEN_ZERO_BITS = 6;

    private final int precision;

    /** Sorted up to {@link #sortedTokens}, then as they came; null once there are registers. */
    private int[] tokens = new int[8];

    private int tokenCount;
    private int sortedTokens;

    /** The longest run of zeros and the one after it, by the first bits of the hash; null while there are tokens. */
    private byte[] registers;

    DistinctSketch(int precision) {
        this.precision = precision;
    }

    /** The precision with which the relative standard error is {@code relativeSD} or less. */
    static int precisionFor(double relativeSD) {
        return Math.max(LEAST_PRECISION, (int) Math.ceil(2 * Math.log(1.04 / relativeSD) / Math.log(2)));
    }

    void add(Object row) {
        long hash = RowHash.of(row);
        if (registers != null) {
            raise((int) (hash >>> 64 - precision), rankOf(hash));
        } else {
            addToken(tokenOf(hash));
        }
    }

    void merge(DistinctSketch other) {
        if (registers == null && other.registers != null) {
            useRegisters();
        }
        if (other.registers == null) {
            for (int i = 0; i < other.tokenCount; i++) {
                addToken(other.tokens[i]);
            }
        } else {
            for (int i = 0; i < registers.length; i++) {
                raise(i, other.registers[i]);
            }
        }
    }

    long count() {
        return Math.round(registers == null ? countTokens() : estimate());
    }

    // ---- few rows: tokens
    // ---------------------------------------------------------------------------------------------

    private static int tokenOf(long hash) {
        int prefix = (int) (hash >>> 64 - TOKEN_PREFIX_BITS);
        int zeros = Math.min(64 - TOKEN_PREFIX_BITS, Long.numberOfLeadingZeros(hash << TOKEN_PREFIX_BITS));
        return prefix << TOKEN_ZERO_BITS | zeros;
    }

    private void addToken(int token) {
        if (registers != null) {
            raiseBy(token);
            return;
        }
        if (tokenCount == tokens.length) {
            sortTokens();
            if (tokenCount > tokens.length / 2) {
                grow();
            }
            if (registers != null) {
                raiseBy(token);
                return;
            }
        }
        tokens[tokenCount++] = token;
    }

    /** Tokens may take as much as the registers would. */
    private void grow() {
        if (2 * tokens.length > (1 << precision) / Integer.BYTES) {
            useRegisters();
        } else {
            tokens = Arrays.copyOf(tokens, 2 * tokens.length);
        }
    }

    private void sortTokens() {
        if (sortedTokens == tokenCount) {
            return;
        }
        Arrays.sort(tokens, 0, tokenCount);
        int kept = 0;
        for (int i = 0; i < tokenCount; i++) {
            if (i == 0 || tokens[i] != tokens[i - 1]) {
                tokens[kept++] = tokens[i];
            }
        }
        tokenCount = kept;
        sortedTokens = kept;
    }

    /** Linear counting: as many prefixes as were seen leave as many of all prefixes unseen. */
    private double countTokens() {
        sortTokens();
        double all = 1 << TOKEN_PREFIX_BITS;
        int seen = 0;
        for (int i = 0; i < tokenCount; i++) {
            boolean isNew = i == 0 || tokens[i] >>> TOKEN_ZERO_BITS != tokens[i - 1] >>> TOKEN_ZERO_BITS;
            seen += isNew ? 1 : 0;
        }
        return all * Math.log(all / (all - seen));
    }

    private void useRegisters() {
        registers = new byte[1 << precision];
        for (int i = 0; i < tokenCount; i++) {
            raiseBy(tokens[i]);
        }
        tokens = null;
        tokenCount = 0;
    }

    // ---- many rows: registers
    // -----------------------------------------------------------------------------------------

    private int rankOf(long hash) {
        // The bit ends the run at the end of the hash.
        return Long.numberOfLeadingZeros(hash << precision | 1L << precision - 1) + 1;
    }

    private void raiseBy(int token) {
        int prefix = token >>> TOKEN_ZERO_BITS;
        int restBits = TOKEN_PREFIX_BITS - precision;
        int rest = prefix << 32 - restBits;
        int rank = rest != 0
                ? Integer.numberOfLeadingZeros(rest) + 1
                : restBits + (token & (1 << TOKEN_ZERO_BITS) - 1) + 1;
        raise(prefix >>> restBits, rank);
    }

    private void raise(int register, int rank) {
        if (registers[register] < rank) {
            registers[register] = (byte) rank;
        }
    }

    private double estimate() {
        int longest = 64 - precision;
        int[] registersOf = new int[longest + 2];
        for (byte rank : registers) {
            registersOf[rank]++;
        }
        double m = registers.length;
        double z = m * tau(1 - registersOf[longest + 1] / m);
        for (int rank = longest; rank > 0; rank--) {
            z = 0.5 * (z + registersOf[rank]);
        }
        z += m * sigma(registersOf[0] / m);
        return m * m / (2 * Math.log(2) * z);
    }

    /** What the registers that were never hit contribute. */
    private static double sigma(double emptyPart) {
        if (emptyPart == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = emptyPart;
        double sum = x;
        double before;
        double y = 1;
        do {
            x *= x;
            before = sum;
            sum += x * y;
            y += y;
        } while (sum != before);
        return sum;
    }

    /** What the registers that cannot grow any more contribute. */
    private static double tau(double notFullPart) {
        if (notFullPart == 0 || notFullPart == 1) {
            return 0;
        }
        double x = notFullPart;
        double sum = 1 - x;
        double before;
        double y = 1;
        do {
            x = Math.sqrt(x);
            before = sum;
            y *= 0.5;
            sum -= (1 - x) * (1 - x) * y;
        } while (sum != before);
        return sum / 3;
    }

    // ---- in plans
    // -----------------------------------------------------------------------------------------------------

    static Combiner combiner(int precision) {
        return new Combiner(new First(precision), Next.ADD, Both.MERGE);
    }

    private record First(int precision) implements Function<Object, Object> {
        @Override
        public Object call(Object value) {
            DistinctSketch sketch = new DistinctSketch(precision);
            sketch.add(value);
            return sketch;
        }
    }

    private enum Next implements Function2<Object, Object, Object> {
        ADD;

        @Override
        public Object call(Object sketch, Object value) {
            ((DistinctSketch) sketch).add(value);
            return sketch;
        }
    }

    private enum Both implements Function2<Object, Object, Object> {
        MERGE;

        @Override
        public Object call(Object left, Object right) {
            ((DistinctSketch) left).merge((DistinctSketch) right);
            return left;
        }
    }

    enum Count implements Function<Object, Object> {
        OF_SKETCH;

        @Override
        public Object call(Object sketch) {
            return ((DistinctSketch) sketch).count();
        }
    }
}
