package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Combining whose values are numbers, at first or throughout, by keys of all kinds beside each other, against a hash map:
 * with plenty of memory and with too little, on either side. Every seed is one case.
 */
class CombinedNumbersTest {
    private static final int SEEDS = Integer.getInteger("kindling.test.seeds", 10);
    private static final int ROWS = 6_000;
    private static final String[] TEXTS = {
        "",
        "\0",
        "\0\0",
        "\0\0\0\0\0\0\0\0\0",
        "5",
        "\u00ff",
        "Z\u00fcrich",
        "\u0100",
        "\u6771\u4eac",
        "\ud83d\ude80",
        "Aa",
        "BB",
        "12345678",
        "123456789",
        "12345679",
        "\u00ff".repeat(15),
        "\u00ff".repeat(14),
        "exactly fifteen",
        "sixteen in total",
        "a key that is longer than any that is short"
    };
    private static final double[] DOUBLES = {
        0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -1.5, 1e300
    };

    private static final Combiner COUNT =
            new Combiner(value -> 1L, (sum, value) -> (Long) sum + 1, (left, right) -> (Long) left + (Long) right);

    static LongStream seeds() {
        return LongStream.range(1, SEEDS + 1);
    }

    private final MiniCluster cluster = new MiniCluster();

    /** A key of any class; each number is an integer, a long, a double and a text. */
    private static Object key(Random random, int numbers) {
        int number = random.nextInt(numbers) - 2;
        return switch (random.nextInt(8)) {
            case 0 -> TEXTS[random.nextInt(TEXTS.length)];
            case 1 -> random.nextInt(50) == 0 ? null : (short) number;
            case 2, 3 -> number;
            case 4 -> (long) number << random.nextInt(2) * 33;
            case 5 -> (double) number;
            default -> "t" + number;
        };
    }

    private static List<Tuple2<Object, Object>> rows(Random random, int numbers, boolean areDoubles) {
        List<Tuple2<Object, Object>> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            Object value =
                    areDoubles ? (Object) DOUBLES[random.nextInt(DOUBLES.length)] : random.nextInt(2_000_000_000);
            rows.add(new Tuple2<>(key(random, numbers), value));
        }
        return rows;
    }

    private static Map<Object, Object> combined(List<Tuple2<Object, Object>> rows, Combiner combiner) throws Exception {
        Map<Object, Object> byKey = new HashMap<>();
        for (Tuple2<Object, Object> row : rows) {
            Object value = byKey.containsKey(row._1())
                    ? combiner.mergeValue().call(byKey.get(row._1()), row._2())
                    : combiner.create().call(row._2());
            byKey.put(row._1(), value);
        }
        return byKey;
    }

    private void requireAlike(Random random, List<Tuple2<Object, Object>> rows, Combiner combiner) throws Exception {
        Map<Object, Object> expected = combined(rows, combiner);
        for (long memory : new long[] {MiniCluster.PLENTY, 300_000, 30_000}) {
            for (boolean onMapSide : new boolean[] {false, true}) {
                cluster.memory(MiniCluster.PLENTY);
                PlanNode source =
                        cluster.slices(rows.subList(0, rows.size() / 3), rows.subList(rows.size() / 3, rows.size()));
                cluster.memory(memory);
                List<Object> found = cluster.collect(cluster.shuffle(
                        source,
                        new HashPartitioner(1 + random.nextInt(3)),
                        1 + random.nextInt(4),
                        new ReduceSide.Combined(combiner, onMapSide)));

                Map<Object, Object> byKey = new HashMap<>();
                for (Object row : found) {
                    Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
                    assertNull(byKey.put(pair._1(), pair._2()), "a key came twice");
                }
                assertEquals(expected, byKey, "memory " + memory + ", on the map side: " + onMapSide);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void countsOfAllKindsOfKeysAreThoseOfAMap(long seed) throws Exception {
        Random random = new Random(seed);

        requireAlike(random, rows(random, 1 << random.nextInt(15), false), COUNT);
    }

    /** More of them than are kept as numbers when each has come about once. */
    @Test
    void manyKeysThatHardlyRepeatAreCountedOnEitherSide() throws Exception {
        List<Tuple2<Object, Object>> rows = new ArrayList<>();
        for (int row = 0; row < 100_000; row++) {
            rows.add(new Tuple2<>("key " + row % 60_000, row));
        }

        requireAlike(new Random(1), rows, COUNT);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void doublesKeepEachOfTheirBits(long seed) throws Exception {
        Random random = new Random(seed);

        requireAlike(
                random,
                rows(random, 1 << random.nextInt(15), true),
                new Combiner(
                        value -> value,
                        (least, value) -> Math.min((Double) least, (Double) value),
                        (left, right) -> Math.min((Double) left, (Double) right)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aSumMayOutgrowItsClass(long seed) throws Exception {
        Random random = new Random(seed);
        List<Tuple2<Object, Object>> rows = rows(random, 1 << random.nextInt(15), false);

        requireAlike(
                random, rows, new Combiner(value -> value, CombinedNumbersTest::wideSum, CombinedNumbersTest::wideSum));
    }

    /** An integer, or a long where it is too large for one, and a big integer above those. */
    private static Object wideSum(Object left, Object right) {
        BigInteger sum = new BigInteger(left.toString()).add(new BigInteger(right.toString()));
        if (sum.bitLength() < 32) {
            return sum.intValueExact();
        }
        return sum.bitLength() < 40 ? (Object) sum.longValueExact() : sum;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCombinedValueMayBeNoNumberNowAndThen(long seed) throws Exception {
        Random random = new Random(seed);
        int rarity = 1 + random.nextInt(ROWS);

        requireAlike(
                random,
                rows(random, 1 << random.nextInt(15), false),
                new Combiner(
                        value -> ofAny((Integer) value % rarity == 0 ? null : value),
                        (known, value) -> known == null || (Integer) value % rarity == 0 ? null : ofAny(value),
                        (left, right) -> left == null || right == null ? null : ofAny(right)));
    }

    /** The same for all values that are numbers, for the order of rows is no part of the contract. */
    private static Object ofAny(Object value) {
        return value == null ? null : 1.0;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void valuesOfAKeyAreMergedInTheOrderOfTheRows(long seed) throws Exception {
        Random random = new Random(seed);
        List<Tuple2<Object, Object>> rows = rows(random, 1 << random.nextInt(15), false);
        Combiner ordered = new Combiner(
                value -> (long) (Integer) value,
                (known, value) -> 31 * (Long) known + (Integer) value,
                (left, right) -> {
                    throw new AssertionError("there is nothing to merge");
                });
        PlanNode combined = cluster.shuffle(
                cluster.slices(rows),
                new HashPartitioner(1),
                1,
                new ReduceSide.Combined(ordered, random.nextBoolean()));

        List<Object> found = cluster.collect(combined);

        Map<Object, Object> expected = combined(rows, ordered);
        assertEquals(expected.size(), found.size());
        assertTrue(found.stream()
                .allMatch(row -> ((Tuple2<?, ?>) row)._2().equals(expected.get(((Tuple2<?, ?>) row)._1()))));
    }
}
