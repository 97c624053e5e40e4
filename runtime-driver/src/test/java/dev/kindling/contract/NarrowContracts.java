package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Row by row, partition by partition, sets side by side. */
final class NarrowContracts {
    private NarrowContracts() {}

    static final List<Contract> ALL = List.of(
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().map(n -> n == null ? -1 : n * 2),
                            c.rdd(3).map(n -> n == null ? -1 : n * 2)),
                    "RDD.map(Function)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().flatMap(NarrowContracts::twice), c.rdd(4).flatMap(n -> twice(n).iterator())),
                    "RDD.flatMap(FlatMapFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().flatMap(NarrowContracts::twice), c.rdd(2).flatMapStream(NarrowContracts::twice)),
                    "RDD.flatMapStream(StreamFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().map(n -> Tuple2.of(n, "x" + n)), c.rdd(3).mapToPair(n -> Tuple2.of(n, "x" + n))),
                    "RDD.mapToPair(PairFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().flatMap(NarrowContracts::twice).map(n -> Tuple2.of(n, 1)),
                            c.rdd(3)
                                    .flatMapToPair(n ->
                                            twice(n).map(m -> Tuple2.of(m, 1)).iterator())),
                    "RDD.flatMapToPair(PairFlatMapFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().map(NarrowContracts::half), c.rdd(3).mapToDouble(NarrowContracts::half)),
                    "RDD.mapToDouble(DoubleFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().flatMap(n -> Stream.of(half(n), 0.0)),
                            c.rdd(3).flatMapToDouble(n -> List.of(half(n), 0.0).iterator())),
                    "RDD.flatMapToDouble(DoubleFlatMapFunction)"),
            Contract.of(
                    NarrowContracts::mapPartitions,
                    "RDD.mapPartitions(FlatMapFunction)",
                    "RDD.mapPartitions(FlatMapFunction,boolean)",
                    "RDD.mapPartitionsWithIndex(Function2,boolean)",
                    "RDD.mapPartitionsToPair(PairFlatMapFunction)",
                    "RDD.mapPartitionsToPair(PairFlatMapFunction,boolean)",
                    "RDD.mapPartitionsToDouble(DoubleFlatMapFunction)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().filter(n -> n != null && n % 2 == 0),
                            c.rdd(3).filter(n -> n != null && n % 2 == 0)),
                    "RDD.filter(Function)"),
            Contract.of(
                    c -> c.sameOrder(
                            c.stream().map(n -> Tuple2.of(Objects.hashCode(n) % 5, n)),
                            c.rdd(3).keyBy(n -> Objects.hashCode(n) % 5)),
                    "RDD.keyBy(Function)"),
            Contract.of(NarrowContracts::glom, "RDD.glom()"),
            Contract.of(NarrowContracts::sample, "RDD.sample(boolean,double)", "RDD.sample(boolean,double,long)"),
            Contract.of(NarrowContracts::randomSplit, "RDD.randomSplit(double[])", "RDD.randomSplit(double[],long)"),
            Contract.of(NarrowContracts::pipe, "RDD.pipe(String)", "RDD.pipe(List)", "RDD.pipe(List,Map)"),
            Contract.of(
                    c -> c.sameOrder(
                            Stream.concat(c.stream(), c.others().stream()),
                            c.rdd(3).union(c.otherRdd(2))),
                    "RDD.union(RDD)"),
            Contract.of(NarrowContracts::zip, "RDD.zip(RDD)"),
            Contract.of(NarrowContracts::zipPartitions, "RDD.zipPartitions(RDD,FlatMapFunction2)"),
            Contract.of(NarrowContracts::numbered, "RDD.zipWithIndex()", "RDD.zipWithUniqueId()"),
            Contract.of(
                    c -> c.sameRows(
                            c.stream()
                                    .limit(60)
                                    .flatMap(l -> c.others().stream().limit(40).map(r -> Tuple2.of(l, r))),
                            c.kindling()
                                    .parallelize(c.stream().limit(60).toList(), 3)
                                    .cartesian(c.kindling()
                                            .parallelize(
                                                    c.others().stream()
                                                            .limit(40)
                                                            .toList(),
                                                    2))),
                    "RDD.cartesian(RDD)"),
            Contract.of(
                    NarrowContracts::coalesce,
                    "RDD.coalesce(int)",
                    "RDD.coalesce(int,boolean)",
                    "RDD.repartition(int)"));

    private static Stream<Integer> twice(Integer n) {
        return n == null ? Stream.of() : Stream.of(n, n + 1);
    }

    private static double half(Integer n) {
        return n == null ? 0.25 : n / 2.0;
    }

    private static int countOf(Iterator<?> rows) {
        int count = 0;
        for (; rows.hasNext(); rows.next()) {
            count++;
        }
        return count;
    }

    /** What is in each partition of a list cut into {@code n}. */
    static <T> List<List<T>> slices(List<T> rows, int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> rows.subList((int) ((long) i * rows.size() / n), (int) ((i + 1L) * rows.size() / n)))
                .toList();
    }

    private static void mapPartitions(Case c) {
        List<Integer> sizes = slices(c.rows(), 4).stream().map(List::size).toList();
        RDD<Integer> rdd = c.rdd(4);

        c.sameOrder(
                sizes.stream(), rdd.mapPartitions(rows -> List.of(countOf(rows)).iterator()));
        c.sameOrder(
                sizes.stream(), rdd.mapPartitions(rows -> List.of(countOf(rows)).iterator(), true));
        c.sameOrder(
                IntStream.range(0, 4).mapToObj(i -> i + ":" + sizes.get(i)),
                rdd.mapPartitionsWithIndex(
                        (i, rows) -> List.of(i + ":" + countOf(rows)).iterator(), false));
        c.sameOrder(
                sizes.stream().map(n -> Tuple2.of("n", n)),
                rdd.mapPartitionsToPair(
                        rows -> List.of(Tuple2.of("n", countOf(rows))).iterator()));
        c.sameOrder(
                sizes.stream().map(n -> Tuple2.of("n", n)),
                rdd.mapPartitionsToPair(
                        rows -> List.of(Tuple2.of("n", countOf(rows))).iterator(), true));
        c.sameOrder(
                sizes.stream().map(n -> (double) n),
                rdd.mapPartitionsToDouble(
                        rows -> List.of((double) countOf(rows)).iterator()));
    }

    private static void glom(Case c) {
        List<List<Integer>> parts = c.rdd(3).glom().collect();

        assertEquals(slices(c.rows(), c.rdd(3).getNumPartitions()), parts);
    }

    private static void sample(Case c) {
        RDD<Integer> half = c.rdd(3).sample(false, 0.5, 5);

        assertEquals(half.collect(), half.collect());
        isSubsequence(half.collect(), c.rows());
        c.sameOrder(c.stream(), c.rdd(3).sample(false, 1.0));
        assertEquals(0, c.rdd(3).sample(true, 0.0).count());
        assertTrue(new HashSet<>(c.rows())
                .containsAll(c.rdd(3).sample(true, 2.5, 3).collect()));
    }

    static void isSubsequence(List<?> part, List<?> all) {
        Iterator<?> next = all.iterator();
        for (Object row : part) {
            boolean isFound = false;
            while (!isFound && next.hasNext()) {
                isFound = Objects.equals(next.next(), row);
            }
            assertTrue(isFound, "a row that is not there, or not in this place");
        }
    }

    private static void randomSplit(Case c) {
        RDD<Integer>[] parts = c.rdd(3).randomSplit(new double[] {1, 2, 0, 5}, 9);

        assertEquals(4, parts.length);
        assertEquals(0, parts[2].count());
        c.sameRows(c.stream(), parts[0].union(parts[1]).union(parts[3]));
        c.sameOrder(c.stream(), c.rdd(2).randomSplit(new double[] {3})[0]);
    }

    private static void pipe(Case c) {
        List<String> lines = c.stream().map(String::valueOf).toList();

        c.sameOrder(lines.stream(), c.rdd(2).pipe("cat"));
        c.sameOrder(lines.stream().map(l -> "_" + l), c.rdd(2).pipe(List.of("sed", "s/^/_/")));
        c.sameOrder(
                lines.stream().map(l -> l + "!"),
                c.rdd(1).pipe(List.of("sh", "-c", "sed \"s/\\$/$END/\""), Map.of("END", "!")));
    }

    private static void zip(Case c) {
        int n = Math.min(c.rows().size(), c.others().size());
        List<Integer> left = c.rows().subList(0, n);
        List<Integer> right = c.others().subList(0, n);

        c.sameOrder(
                IntStream.range(0, n).mapToObj(i -> Tuple2.of(left.get(i), right.get(i))),
                c.kindling().parallelize(left, Math.min(n, 3)).zip(c.kindling().parallelize(right, Math.min(n, 3))));
    }

    private static void zipPartitions(Case c) {
        List<String> sizes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sizes.add(slices(c.rows(), 3).get(i).size() + "+"
                    + slices(c.others(), 3).get(i).size());
        }

        c.sameOrder(
                sizes.stream(),
                c.rdd(3)
                        .zipPartitions(
                                c.otherRdd(3),
                                (left, right) -> List.of(countOf(left) + "+" + countOf(right))
                                        .iterator()));
    }

    private static void numbered(Case c) {
        c.sameOrder(
                LongStream.range(0, c.rows().size())
                        .mapToObj(i -> Tuple2.of(c.rows().get((int) i), i)),
                c.rdd(4).zipWithIndex());
        List<Tuple2<Integer, Long>> unique = c.rdd(4).zipWithUniqueId().collect();
        assertEquals(c.rows(), unique.stream().map(Tuple2::_1).toList());
        assertEquals(unique.size(), unique.stream().map(Tuple2::_2).distinct().count());
    }

    private static void coalesce(Case c) {
        c.sameOrder(c.stream(), c.rdd(5).coalesce(2));
        c.sameRows(c.stream(), c.rdd(2).coalesce(5, true));
        c.sameRows(c.stream(), c.rdd(4).coalesce(2, true));
        c.sameRows(c.stream(), c.rdd(3).repartition(7));
        assertEquals(7, c.rdd(3).repartition(7).getNumPartitions());
        List<Integer> sizes = c.rdd(3).repartition(4).glom().map(List::size).collect();
        assertTrue(Collections.max(sizes) - Collections.min(sizes) <= 3, sizes.toString());
    }
}
