package dev.kindling.contract;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Operators that keep rows, each over more of them than a small heap holds; what comes out is told by one number. */
final class LargeContracts {
    private LargeContracts() {}

    /** Of some 240 bytes: 48 MB through a heap of 64, in one task of each stage at a time. */
    private static final int ROWS = 200_000;

    private static final HashPartitioner BY_2 = new HashPartitioner(2);

    /**
     * One operator.
     *
     * @param expected the same number from streams
     */
    record Large(String name, Body body, LongSupplier expected) {
        @FunctionalInterface
        interface Body {
            long run(PairRDD<Long, String> pairs);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    // ---- rows
    // -----------------------------------------------------------------------------------------------------------

    /** Every key three times or so. */
    private static long keyOf(long n) {
        return Math.floorMod(n * 0x9E3779B97F4A7C15L >>> 20, ROWS / 3);
    }

    private static String valueOf(long n) {
        String digits = Long.toString(n);
        return digits + "x".repeat(240 - digits.length());
    }

    static PairRDD<Long, String> pairs(KindlingContext kindling) {
        return kindling.range(0, ROWS, 1, 3).mapToPair(n -> Tuple2.of(keyOf(n), valueOf(n)));
    }

    private static LongStream rows() {
        return LongStream.range(0, ROWS);
    }

    private static long check(long key, String value) {
        return key * 31 + Long.parseLong(value.substring(0, value.indexOf('x')));
    }

    private static long sum(PairRDD<Long, String> pairs) {
        return pairs.map((key, value) -> check(key, value)).fold(0L, Long::sum);
    }

    private static long sumOfRows() {
        return rows().map(n -> check(keyOf(n), valueOf(n))).sum();
    }

    /** The first value of each key, as the sum of them. */
    private static String least(String left, String right) {
        return left.compareTo(right) <= 0 ? left : right;
    }

    private static long leastOfEach() {
        return rows()
                .boxed()
                .collect(Collectors.toMap(LargeContracts::keyOf, LargeContracts::valueOf, LargeContracts::least))
                .entrySet()
                .stream()
                .mapToLong(entry -> check(entry.getKey(), entry.getValue()))
                .sum();
    }

    // ---- operators
    // --------------------------------------------------------------------------------------------------------

    static List<Large> all() {
        return List.of(
                new Large("distinct", pairs -> sum(pairs.union(pairs).distinct(2)), LargeContracts::sumOfRows),
                new Large(
                        "groupByKey",
                        pairs -> sum(pairs.groupByKey(2).flatMapValues(Iterable::iterator)),
                        LargeContracts::sumOfRows),
                new Large(
                        "reduceByKey",
                        pairs -> pairs.reduceByKey(String::concat, 2)
                                .map((key, all) -> key + all.length())
                                .fold(0L, Long::sum),
                        () -> 240L * ROWS
                                + rows().map(LargeContracts::keyOf).distinct().sum()),
                new Large(
                        "combineByKey without the map side",
                        pairs -> sum(
                                pairs.combineByKey(v -> v, LargeContracts::least, LargeContracts::least, BY_2, false)),
                        LargeContracts::leastOfEach),
                new Large(
                        "aggregateByKey",
                        pairs -> sum(pairs.aggregateByKey(
                                        new ArrayList<String>(), 2, LargeContracts::with, LargeContracts::joined)
                                .flatMapValues(Iterable::iterator)),
                        LargeContracts::sumOfRows),
                new Large(
                        "join",
                        pairs -> sum(pairs.join(pairs.reduceByKey(LargeContracts::least, 2), 2)
                                .mapValues(Tuple2::_1)),
                        LargeContracts::sumOfRows),
                new Large(
                        "cogroup of sets placed already",
                        pairs -> pairs.partitionBy(BY_2)
                                .cogroup(pairs.partitionBy(BY_2).mapValues(v -> v))
                                .map((key, groups) -> Groups.size(groups._1()) + Groups.size(groups._2()))
                                .fold(0L, Long::sum),
                        () -> 2L * ROWS),
                new Large(
                        "subtractByKey",
                        pairs -> sum(pairs.subtractByKey(pairs.filter((k, v) -> k % 2 == 0), 2)),
                        () -> rows().filter(n -> keyOf(n) % 2 != 0)
                                .map(n -> check(keyOf(n), valueOf(n)))
                                .sum()),
                new Large(
                        "intersection",
                        pairs -> sum(pairs.intersection(pairs.filter((k, v) -> k % 2 == 0))),
                        () -> rows().filter(n -> keyOf(n) % 2 == 0)
                                .map(n -> check(keyOf(n), valueOf(n)))
                                .sum()),
                new Large(
                        "sortByKey",
                        pairs -> sum(pairs.sortByKey(true, 2).mapPartitionsToPair(LargeContracts::inOrder, true)),
                        LargeContracts::sumOfRows),
                new Large(
                        "repartitionAndSortWithinPartitions",
                        pairs -> sum(pairs.repartitionAndSortWithinPartitions(BY_2)
                                .mapPartitionsToPair(LargeContracts::inOrder, true)),
                        LargeContracts::sumOfRows),
                new Large(
                        "repartitionAndSortWithinPartitions in place",
                        pairs -> sum(pairs.partitionBy(BY_2)
                                .mapValues(value -> value)
                                .repartitionAndSortWithinPartitions(BY_2)
                                .mapPartitionsToPair(LargeContracts::inOrder, true)),
                        LargeContracts::sumOfRows),
                new Large(
                        "cartesian",
                        pairs -> pairs.keys()
                                .filter(key -> key < 3)
                                .coalesce(1)
                                .cartesian(pairs.coalesce(1))
                                .filter(both -> both._2()._2().length() == 240)
                                .count(),
                        () -> ROWS * rows().filter(n -> keyOf(n) < 3).count()));
    }

    private static ArrayList<String> with(ArrayList<String> list, String value) {
        list.add(value);
        return list;
    }

    private static ArrayList<String> joined(ArrayList<String> left, ArrayList<String> right) {
        left.addAll(right);
        return left;
    }

    private static Iterator<Tuple2<Long, String>> inOrder(Iterator<Tuple2<Long, String>> rows) {
        return new Iterator<>() {
            private long last = Long.MIN_VALUE;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Tuple2<Long, String> next() {
                Tuple2<Long, String> row = rows.next();
                if (row._1() < last) {
                    throw new IllegalStateException("a key is out of order");
                }
                last = row._1();
                return row;
            }
        };
    }
}
