package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pairs: what RDD has with pairs as result, functions of key and value, groups and folds by key. */
final class KeyedContracts {
    private KeyedContracts() {}

    private static final HashPartitioner BY_4 = new HashPartitioner(4);

    static final List<Contract> ALL = List.of(
            Contract.of(
                    KeyedContracts::asRdd,
                    "PairRDD.filter(Function)",
                    "PairRDD.filter(Function2)",
                    "PairRDD.coalesce(int)",
                    "PairRDD.coalesce(int,boolean)",
                    "PairRDD.repartition(int)",
                    "PairRDD.union(RDD)",
                    "PairRDD.setName(String)"),
            Contract.of(
                    KeyedContracts::asSet,
                    "PairRDD.distinct()",
                    "PairRDD.distinct(int)",
                    "PairRDD.intersection(RDD)",
                    "PairRDD.subtract(RDD)",
                    "PairRDD.subtract(RDD,int)",
                    "PairRDD.subtract(RDD,Partitioner)"),
            Contract.of(
                    KeyedContracts::sample,
                    "PairRDD.sample(boolean,double)",
                    "PairRDD.sample(boolean,double,long)",
                    "PairRDD.sampleByKey(boolean,Map)",
                    "PairRDD.sampleByKey(boolean,Map,long)"),
            Contract.of(
                    KeyedContracts::functions,
                    "PairRDD.map(Function2)",
                    "PairRDD.mapToPair(Function2)",
                    "PairRDD.keys()",
                    "PairRDD.values()",
                    "PairRDD.mapValues(Function)",
                    "PairRDD.flatMapValues(FlatMapFunction)"),
            Contract.of(
                    KeyedContracts::groupByKey,
                    "PairRDD.groupByKey()",
                    "PairRDD.groupByKey(int)",
                    "PairRDD.groupByKey(Partitioner)"),
            Contract.of(
                    KeyedContracts::reduceByKey,
                    "PairRDD.reduceByKey(Function2)",
                    "PairRDD.reduceByKey(Function2,int)",
                    "PairRDD.reduceByKey(Partitioner,Function2)",
                    "PairRDD.reduceByKeyLocally(Function2)"),
            Contract.of(
                    KeyedContracts::foldByKey,
                    "PairRDD.foldByKey(Object,Function2)",
                    "PairRDD.foldByKey(Object,int,Function2)",
                    "PairRDD.foldByKey(Object,Partitioner,Function2)"),
            Contract.of(
                    KeyedContracts::aggregateByKey,
                    "PairRDD.aggregateByKey(Object,Function2,Function2)",
                    "PairRDD.aggregateByKey(Object,int,Function2,Function2)",
                    "PairRDD.aggregateByKey(Object,Partitioner,Function2,Function2)"),
            Contract.of(
                    KeyedContracts::combineByKey,
                    "PairRDD.combineByKey(Function,Function2,Function2)",
                    "PairRDD.combineByKey(Function,Function2,Function2,int)",
                    "PairRDD.combineByKey(Function,Function2,Function2,Partitioner)",
                    "PairRDD.combineByKey(Function,Function2,Function2,Partitioner,boolean)"),
            Contract.of(
                    c -> c.sameRows(
                            Case.entries(Case.grouped(c.pairs()))
                                    .map(g -> Tuple2.of(g._1(), (Set<String>) new HashSet<>(g._2()))),
                            c.pairRdd(3).collectByKey(Collectors::<String>toSet)),
                    "PairRDD.collectByKey(Function0)"),
            Contract.of(
                    KeyedContracts::approxDistinct,
                    "PairRDD.countApproxDistinctByKey(double)",
                    "PairRDD.countApproxDistinctByKey(double,int)",
                    "PairRDD.countApproxDistinctByKey(double,Partitioner)"),
            Contract.of(
                    KeyedContracts::actions,
                    "PairRDD.lookup(Object)",
                    "PairRDD.collectAsMap()",
                    "PairRDD.countByKey()"));

    private static void asRdd(Case c) {
        PairRDD<Integer, String> pairs = c.pairRdd(3);
        List<Tuple2<Integer, String>> expected = c.pairs().stream()
                .filter(t -> Objects.hashCode(t._1()) % 2 == 0)
                .toList();

        c.sameOrder(expected.stream(), pairs.filter(t -> Objects.hashCode(t._1()) % 2 == 0));
        c.sameOrder(expected.stream(), pairs.filter((k, v) -> Objects.hashCode(k) % 2 == 0));
        c.sameOrder(c.pairs().stream(), pairs.coalesce(2));
        c.sameRows(c.pairs().stream(), pairs.coalesce(4, true));
        c.sameRows(c.pairs().stream(), pairs.repartition(2));
        c.sameOrder(Stream.concat(c.pairs().stream(), c.otherPairs().stream()), pairs.union(c.otherPairRdd(2)));
        assertEquals("pairs", pairs.setName("pairs").name());
        // Placed alike, both sides share the partitions of the union.
        PairRDD<Integer, String> placed =
                pairs.partitionBy(BY_4).union(c.otherPairRdd(2).partitionBy(BY_4));
        c.sameRows(Stream.concat(c.pairs().stream(), c.otherPairs().stream()), placed);
        assertEquals(BY_4, placed.partitioner().orElseThrow());
    }

    private static void asSet(Case c) {
        List<Tuple2<Integer, String>> both =
                c.pairs().stream().distinct().filter(c.otherPairs()::contains).toList();
        List<Tuple2<Integer, String>> alone =
                c.pairs().stream().filter(t -> !c.otherPairs().contains(t)).toList();

        c.sameRows(c.pairs().stream().distinct(), c.pairRdd(3).distinct());
        c.sameRows(c.pairs().stream().distinct(), c.pairRdd(3).distinct(2));
        c.sameRows(both.stream(), c.pairRdd(3).intersection(c.otherPairRdd(2)));
        c.sameRows(alone.stream(), c.pairRdd(3).subtract(c.otherPairRdd(2)));
        c.sameRows(alone.stream(), c.pairRdd(3).subtract(c.otherPairRdd(2), 5));
        c.sameRows(alone.stream(), c.pairRdd(3).subtract(c.otherPairRdd(2), BY_4));
    }

    private static void sample(Case c) {
        Map<Integer, Double> fractions = new HashMap<>();
        c.pairs().forEach(t -> fractions.put(t._1(), Objects.hashCode(t._1()) % 2 == 0 ? 1.0 : 0.0));
        List<Tuple2<Integer, String>> even = c.pairs().stream()
                .filter(t -> Objects.hashCode(t._1()) % 2 == 0)
                .toList();

        c.sameOrder(even.stream(), c.pairRdd(3).sampleByKey(false, fractions));
        fractions.replaceAll((key, fraction) -> 0.5);
        PairRDD<Integer, String> half = c.pairRdd(3).sampleByKey(false, fractions, 7);
        NarrowContracts.isSubsequence(half.collect(), c.pairs());
        assertEquals(half.collect(), half.collect());
        NarrowContracts.isSubsequence(c.pairRdd(3).sample(false, 0.5).collect(), c.pairs());
        assertEquals(
                c.pairRdd(3).sample(true, 1.5, 3).collect(),
                c.pairRdd(3).sample(true, 1.5, 3).collect());
    }

    private static void functions(Case c) {
        c.sameOrder(
                c.pairs().stream().map(t -> t._1() + "=" + t._2()), c.pairRdd(3).map((k, v) -> k + "=" + v));
        c.sameOrder(c.pairs().stream().map(Tuple2::swap), c.pairRdd(3).mapToPair((k, v) -> Tuple2.of(v, k)));
        c.sameOrder(c.pairs().stream().map(Tuple2::_1), c.pairRdd(3).keys());
        c.sameOrder(c.pairs().stream().map(Tuple2::_2), c.pairRdd(3).values());
        c.sameOrder(
                c.pairs().stream().map(t -> Tuple2.of(t._1(), t._2() + "!")),
                c.pairRdd(3).mapValues(v -> v + "!"));
        c.sameOrder(
                c.pairs().stream().flatMap(t -> Stream.of(Tuple2.of(t._1(), t._2()), Tuple2.of(t._1(), ""))),
                c.pairRdd(3).flatMapValues(v -> Stream.of(v, "").iterator()));
    }

    private static void groupByKey(Case c) {
        List<Tuple2<Integer, List<String>>> expected = Case.entries(Case.grouped(c.pairs()))
                .map(g -> Tuple2.of(g._1(), Case.sorted(g._2())))
                .toList();

        c.sameRows(expected.stream(), c.pairRdd(3).groupByKey().mapValues(Case::sorted));
        c.sameRows(expected.stream(), c.pairRdd(3).groupByKey(5).mapValues(Case::sorted));
        c.sameRows(expected.stream(), c.pairRdd(3).groupByKey(BY_4).mapValues(Case::sorted));
        c.sameRows(
                expected.stream(), c.pairRdd(3).partitionBy(BY_4).groupByKey().mapValues(Case::sorted));
        // A group knows its size, and can be read again.
        c.sameRows(
                expected.stream().map(g -> Tuple2.of(g._1(), 3L * g._2().size())),
                c.pairRdd(3)
                        .groupByKey()
                        .mapValues(g -> Groups.size(g)
                                + Groups.stream(g).count()
                                + Case.sorted(g).size()));
    }

    private static Map<Integer, Integer> sums(Case c) {
        Map<Integer, Integer> sums = new HashMap<>();
        c.numbered().forEach(t -> sums.merge(t._1(), t._2(), Integer::sum));
        return sums;
    }

    private static void reduceByKey(Case c) {
        Map<Integer, Integer> sums = sums(c);

        c.sameRows(Case.entries(sums), c.numberedRdd(3).reduceByKey(Integer::sum));
        c.sameRows(Case.entries(sums), c.numberedRdd(3).reduceByKey(Integer::sum, 5));
        c.sameRows(Case.entries(sums), c.numberedRdd(3).reduceByKey(BY_4, Integer::sum));
        c.sameRows(Case.entries(sums), c.numberedRdd(3).partitionBy(BY_4).reduceByKey(Integer::sum));
        assertEquals(sums, c.numberedRdd(3).reduceByKeyLocally(Integer::sum));
    }

    private static void foldByKey(Case c) {
        Map<Integer, Integer> sums = sums(c);

        c.sameRows(Case.entries(sums), c.numberedRdd(3).foldByKey(0, Integer::sum));
        c.sameRows(Case.entries(sums), c.numberedRdd(3).foldByKey(0, 2, Integer::sum));
        c.sameRows(Case.entries(sums), c.numberedRdd(3).foldByKey(0, BY_4, Integer::sum));
    }

    private static List<Integer> with(List<Integer> list, Integer value) {
        list.add(value);
        return list;
    }

    private static List<Integer> joined(List<Integer> left, List<Integer> right) {
        left.addAll(right);
        return left;
    }

    private static List<Tuple2<Integer, List<String>>> lists(Case c) {
        return Case.entries(Case.grouped(c.numbered()))
                .map(g -> Tuple2.of(g._1(), Case.sorted(g._2())))
                .toList();
    }

    private static void aggregateByKey(Case c) {
        List<Integer> zero = new ArrayList<>();

        c.sameRows(
                lists(c).stream(),
                c.numberedRdd(3)
                        .aggregateByKey(zero, KeyedContracts::with, KeyedContracts::joined)
                        .mapValues(Case::sorted));
        c.sameRows(
                lists(c).stream(),
                c.numberedRdd(3)
                        .aggregateByKey(zero, 2, KeyedContracts::with, KeyedContracts::joined)
                        .mapValues(Case::sorted));
        c.sameRows(
                lists(c).stream(),
                c.numberedRdd(3)
                        .aggregateByKey(zero, BY_4, KeyedContracts::with, KeyedContracts::joined)
                        .mapValues(Case::sorted));
    }

    private static List<Integer> single(Integer value) {
        return with(new ArrayList<>(), value);
    }

    private static void combineByKey(Case c) {
        PairRDD<Integer, Integer> pairs = c.numberedRdd(3);
        List<PairRDD<Integer, List<Integer>>> combined = List.of(
                pairs.combineByKey(KeyedContracts::single, KeyedContracts::with, KeyedContracts::joined),
                pairs.combineByKey(KeyedContracts::single, KeyedContracts::with, KeyedContracts::joined, 2),
                pairs.combineByKey(KeyedContracts::single, KeyedContracts::with, KeyedContracts::joined, BY_4),
                pairs.combineByKey(KeyedContracts::single, KeyedContracts::with, KeyedContracts::joined, BY_4, false));

        combined.forEach(lists -> c.sameRows(lists(c).stream(), lists.mapValues(Case::sorted)));
    }

    private static void approxDistinct(Case c) {
        // So few values are counted exactly.
        List<Tuple2<Integer, Long>> expected = Case.entries(Case.grouped(c.pairs()))
                .map(g -> Tuple2.of(g._1(), g._2().stream().distinct().count()))
                .toList();

        c.sameRows(expected.stream(), c.pairRdd(3).countApproxDistinctByKey(0.01));
        c.sameRows(expected.stream(), c.pairRdd(3).countApproxDistinctByKey(0.02, 2));
        c.sameRows(expected.stream(), c.pairRdd(3).countApproxDistinctByKey(0.02, BY_4));
    }

    private static void actions(Case c) {
        Map<Integer, List<String>> groups = Case.grouped(c.pairs());
        Map<Integer, Long> counts = new HashMap<>();
        groups.forEach((key, values) -> counts.put(key, (long) values.size()));

        assertEquals(counts, c.pairRdd(3).countByKey());
        for (Integer key : Stream.concat(
                        groups.keySet().stream().limit(3), IntStream.of(5000).boxed())
                .toList()) {
            List<String> values = groups.getOrDefault(key, List.of());
            assertEquals(values, c.pairRdd(3).lookup(key));
            c.sameRows(values.stream(), c.pairRdd(3).partitionBy(BY_4).lookup(key));
            c.sameRows(values.stream(), c.pairRdd(3).sortByKey().lookup(key));
        }
        Map<Integer, String> map = c.pairRdd(3).collectAsMap();
        assertEquals(groups.keySet(), map.keySet());
        map.forEach((key, value) -> assertTrue(groups.get(key).contains(value)));
    }
}
