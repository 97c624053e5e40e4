package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingException;
import dev.kindling.api.StatCounter;
import dev.kindling.api.Tuple2;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/** Numbers and their statistics. */
final class DoubleContracts {
    private DoubleContracts() {}

    static final List<Contract> ALL = List.of(
            Contract.of(
                    DoubleContracts::asRdd,
                    "DoubleRDD.setName(String)",
                    "DoubleRDD.filter(Function)",
                    "DoubleRDD.distinct()",
                    "DoubleRDD.distinct(int)",
                    "DoubleRDD.coalesce(int)",
                    "DoubleRDD.coalesce(int,boolean)",
                    "DoubleRDD.repartition(int)",
                    "DoubleRDD.sample(boolean,double)",
                    "DoubleRDD.sample(boolean,double,long)",
                    "DoubleRDD.union(RDD)",
                    "DoubleRDD.intersection(RDD)",
                    "DoubleRDD.subtract(RDD)"),
            Contract.of(
                    DoubleContracts::statistics,
                    "DoubleRDD.stats()",
                    "DoubleRDD.sum()",
                    "DoubleRDD.mean()",
                    "DoubleRDD.min()",
                    "DoubleRDD.max()",
                    "DoubleRDD.variance()",
                    "DoubleRDD.popVariance()",
                    "DoubleRDD.sampleVariance()",
                    "DoubleRDD.stdev()",
                    "DoubleRDD.popStdev()",
                    "DoubleRDD.sampleStdev()"),
            Contract.of(DoubleContracts::histogram, "DoubleRDD.histogram(int)", "DoubleRDD.histogram(double[])"));

    private static void asRdd(Case c) {
        DoubleRDD rdd = c.doubleRdd(3);
        List<Double> rows = c.doubles();
        List<Double> others =
                rows.stream().filter(d -> d > 3).map(d -> d + 0.25).toList();
        DoubleRDD other = c.kindling().parallelizeDoubles(others, 2);

        assertEquals("doubles", rdd.setName("doubles").name());
        c.sameOrder(rows.stream().filter(d -> d > 2), rdd.filter(d -> d > 2));
        c.sameRows(rows.stream().distinct(), rdd.distinct());
        c.sameRows(rows.stream().distinct(), rdd.distinct(4));
        c.sameOrder(rows.stream(), rdd.coalesce(1));
        c.sameRows(rows.stream(), rdd.coalesce(5, true));
        c.sameRows(rows.stream(), rdd.repartition(2));
        NarrowContracts.isSubsequence(rdd.sample(false, 0.3).collect(), rows);
        assertTrue(new HashSet<>(rows).containsAll(rdd.sample(true, 1.5, 4).collect()));
        c.sameOrder(Stream.concat(rows.stream(), others.stream()), rdd.union(other));
        c.sameRows(rows.stream().distinct().filter(others::contains), rdd.intersection(other));
        c.sameRows(rows.stream().filter(d -> !others.contains(d)), rdd.subtract(other));
    }

    private static void statistics(Case c) {
        DoubleRDD rdd = c.doubleRdd(4);
        DoubleSummaryStatistics expected =
                c.doubles().stream().mapToDouble(d -> d).summaryStatistics();
        double squares = c.doubles().stream()
                .mapToDouble(d -> Math.pow(d - expected.getAverage(), 2))
                .sum();
        double count = expected.getCount();
        double population = squares / count;
        double sample = count > 1 ? squares / (count - 1) : Double.NaN;
        StatCounter stats = rdd.stats();

        assertEquals(expected.getCount(), stats.count());
        assertEquals(expected.getSum(), rdd.sum(), 1e-6);
        assertEquals(expected.getAverage(), rdd.mean(), 1e-9);
        assertEquals(expected.getMin(), rdd.min());
        assertEquals(expected.getMax(), rdd.max());
        assertEquals(population, rdd.variance(), 1e-6);
        assertEquals(population, rdd.popVariance(), 1e-6);
        assertEquals(sample, rdd.sampleVariance(), 1e-6);
        assertEquals(Math.sqrt(population), rdd.stdev(), 1e-6);
        assertEquals(Math.sqrt(population), rdd.popStdev(), 1e-6);
        assertEquals(Math.sqrt(sample), rdd.sampleStdev(), 1e-6);
    }

    private static void histogram(Case c) {
        double[] bounds = {-10, 0, 1.75, 20};
        long[] expected = new long[3];
        for (double d : c.doubles()) {
            for (int i = 0; i < 3; i++) {
                boolean isIn = d >= bounds[i] && (d < bounds[i + 1] || i == 2 && d == bounds[3]);
                expected[i] += isIn ? 1 : 0;
            }
        }

        assertArrayEquals(expected, c.doubleRdd(3).histogram(bounds));
        if (c.rows().isEmpty()) {
            assertThrows(KindlingException.class, () -> c.doubleRdd(2).histogram(4));
            return;
        }
        Tuple2<double[], long[]> even = c.doubleRdd(3).histogram(4);
        assertEquals(c.rows().size(), Arrays.stream(even._2()).sum());
        assertArrayEquals(
                even._2(),
                c.doubleRdd(2)
                        .histogram(even._1().length > 2 ? even._1() : new double[] {even._1()[0], even._1()[0] + 1}));
    }
}
