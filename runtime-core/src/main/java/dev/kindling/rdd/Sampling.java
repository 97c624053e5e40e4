package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function2;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Rows by chance. Every row draws the same numbers whenever its partition is computed with the same seed and its rows
 * come in the same order; partitions draw independently of each other.
 */
final class Sampling {
    private Sampling() {}

    /** SplittableRandom mixes its seed, so neighbouring partitions are unrelated. */
    private static SplittableRandom randomOf(long seed, int partition) {
        return new SplittableRandom(seed ^ 0x9E3779B97F4A7C15L * (partition + 1));
    }

    /** How often a row is taken. */
    private interface Copies {
        int of(Object row, SplittableRandom random);
    }

    private static Iterator<Object> draw(Iterator<Object> rows, SplittableRandom random, Copies copiesOf) {
        return new Iterator<>() {
            private Object row;
            private int copies;

            @Override
            public boolean hasNext() {
                while (copies == 0 && rows.hasNext()) {
                    row = rows.next();
                    copies = copiesOf.of(row, random);
                }
                return copies > 0;
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                copies--;
                return row;
            }
        };
    }

    private static int copies(boolean withReplacement, double fraction, SplittableRandom random) {
        if (withReplacement) {
            return poisson(fraction, random);
        }
        return random.nextDouble() < fraction ? 1 : 0;
    }

    /** Knuth's product of uniforms; a large mean is the sum of means of at most 32, so that exp does not vanish. */
    private static int poisson(double mean, SplittableRandom random) {
        int count = 0;
        for (double left = mean; left > 0; left -= 32) {
            double limit = Math.exp(-Math.min(32, left));
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                count++;
            }
        }
        return count;
    }

    /** Each row as often as chance wants it: 0 or 1 times, or by Poisson's law with replacement. */
    record Rows(boolean withReplacement, double fraction, long seed)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            return draw(rows, randomOf(seed, partition), (row, random) -> copies(withReplacement, fraction, random));
        }
    }

    /** The rows whose number lies in [from, to): cells that meet share no row and lose none. */
    record Cell(double from, double to, long seed) implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            return draw(rows, randomOf(seed, partition), (row, random) -> {
                double number = random.nextDouble();
                return number >= from && number < to ? 1 : 0;
            });
        }
    }

    /** Pairs by the fraction of their key. */
    record ByKey(boolean withReplacement, Map<Object, Double> fractions, long seed)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> pairs) {
            return draw(pairs, randomOf(seed, partition), (pair, random) -> {
                Double fraction = fractions.get(RowFunctions.pair(pair)._1());
                if (fraction == null) {
                    throw new KindlingException(
                            ErrorCode.USER_CODE_FAILED,
                            "sampleByKey met a key that has none of the " + fractions.size()
                                    + " fractions; give every key one, 0 for those to be left out");
                }
                return copies(withReplacement, fraction, random);
            });
        }
    }

    /** The positions of the rows to take: k of total, each set of k as likely as any other (Floyd), in random order. */
    static long[] positions(long total, int k, boolean withReplacement, SplittableRandom random) {
        long[] drawn = new long[k];
        if (withReplacement) {
            Arrays.setAll(drawn, i -> random.nextLong(total));
            return drawn;
        }
        Set<Long> taken = new HashSet<>();
        for (int i = 0; i < k; i++) {
            long last = total - k + i;
            long position = random.nextLong(last + 1);
            if (!taken.add(position)) {
                position = last;
                taken.add(last);
            }
            drawn[i] = position;
        }
        for (int i = k - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            long swapped = drawn[i];
            drawn[i] = drawn[other];
            drawn[other] = swapped;
        }
        return drawn;
    }
}
