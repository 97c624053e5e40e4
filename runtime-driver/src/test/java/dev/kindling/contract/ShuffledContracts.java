package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.RangePartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.SerializableComparator;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Sets as sets, orders and places. */
final class ShuffledContracts {
    private ShuffledContracts() {}

    /** Null before all others, and odd numbers before even ones. */
    private static final SerializableComparator<Integer> ODD_FIRST = (left, right) -> {
        int byKind = Integer.compare(kindOf(left), kindOf(right));
        return byKind != 0 ? byKind : left == null ? 0 : left.compareTo(right);
    };

    private static int kindOf(Integer n) {
        return n == null ? 0 : n % 2 == 0 ? 2 : 1;
    }

    private static final Comparator<Integer> NULLS_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());

    static final List<Contract> ALL = List.of(
            Contract.of(ShuffledContracts::distinct, "RDD.distinct()", "RDD.distinct(int)"),
            Contract.of(
                    c -> c.sameRows(
                            c.stream().distinct().filter(c.others()::contains),
                            c.rdd(3).intersection(c.otherRdd(2))),
                    "RDD.intersection(RDD)"),
            Contract.of(
                    ShuffledContracts::subtract,
                    "RDD.subtract(RDD)",
                    "RDD.subtract(RDD,int)",
                    "RDD.subtract(RDD,Partitioner)"),
            Contract.of(ShuffledContracts::groupBy, "RDD.groupBy(Function)", "RDD.groupBy(Function,int)"),
            Contract.of(
                    ShuffledContracts::sortBy,
                    "RDD.sortBy(Function,boolean,int)",
                    "RDD.sortBy(Function,Comparator,int)",
                    "RDD.sortBy(Function,SerializableComparator,int)"),
            Contract.of(
                    ShuffledContracts::sortByKey,
                    "PairRDD.sortByKey()",
                    "PairRDD.sortByKey(boolean)",
                    "PairRDD.sortByKey(boolean,int)"),
            Contract.of(
                    ShuffledContracts::sortByOrder,
                    "PairRDD.sortByKey(Comparator)",
                    "PairRDD.sortByKey(Comparator,boolean)",
                    "PairRDD.sortByKey(Comparator,boolean,int)",
                    "PairRDD.sortByKey(SerializableComparator)",
                    "PairRDD.sortByKey(SerializableComparator,boolean)",
                    "PairRDD.sortByKey(SerializableComparator,boolean,int)"),
            Contract.of(ShuffledContracts::partitionBy, "PairRDD.partitionBy(Partitioner)"),
            Contract.of(
                    ShuffledContracts::sortWithin,
                    "PairRDD.repartitionAndSortWithinPartitions(Partitioner)",
                    "PairRDD.repartitionAndSortWithinPartitions(Partitioner,Comparator)",
                    "PairRDD.repartitionAndSortWithinPartitions(Partitioner,SerializableComparator)"),
            Contract.of(
                    ShuffledContracts::filterByRange,
                    "PairRDD.filterByRange(Object,Object)",
                    "PairRDD.filterByRange(Comparator,Object,Object)",
                    "PairRDD.filterByRange(SerializableComparator,Object,Object)"),
            Contract.of(ShuffledContracts::ranges, "RangePartitioner.of(int,RDD,Comparator)"),
            Contract.of(ShuffledContracts::defaultPartitioner, "Partitioner.defaultPartitioner(RDD,RDD[])"));

    private static void distinct(Case c) {
        c.sameRows(c.stream().distinct(), c.rdd(3).distinct());
        c.sameRows(c.stream().distinct(), c.rdd(3).distinct(5));
        assertEquals(5, c.rdd(3).distinct(5).getNumPartitions());
    }

    private static void subtract(Case c) {
        List<Integer> expected = c.stream().filter(n -> !c.others().contains(n)).toList();

        c.sameRows(expected.stream(), c.rdd(3).subtract(c.otherRdd(2)));
        c.sameRows(expected.stream(), c.rdd(3).subtract(c.otherRdd(2), 5));
        c.sameRows(expected.stream(), c.rdd(3).subtract(c.otherRdd(2), new HashPartitioner(4)));
        assertEquals(0, c.rdd(2).subtract(c.rdd(3)).count());
    }

    private static void groupBy(Case c) {
        List<Tuple2<Integer, Integer>> keyed =
                c.stream().map(n -> Tuple2.of(lastDigit(n), n)).toList();
        Stream<Tuple2<Integer, List<String>>> expected =
                Case.entries(Case.grouped(keyed)).map(group -> Tuple2.of(group._1(), Case.sorted(group._2())));
        List<Tuple2<Integer, List<String>>> groups = expected.toList();

        c.sameRows(
                groups.stream(), c.rdd(3).groupBy(ShuffledContracts::lastDigit).mapValues(Case::sorted));
        c.sameRows(
                groups.stream(),
                c.rdd(3).groupBy(ShuffledContracts::lastDigit, 4).mapValues(Case::sorted));
    }

    private static Integer lastDigit(Integer n) {
        return n == null ? null : n % 10;
    }

    private static void sortBy(Case c) {
        List<Integer> ascending = c.stream().sorted(NULLS_FIRST).toList();

        c.sameOrder(ascending.stream(), c.rdd(3).sortBy(n -> n, true, 4));
        c.sameOrder(c.stream().sorted(NULLS_FIRST.reversed()), c.rdd(3).sortBy(n -> n, false, 2));
        c.sameOrder(c.stream().sorted(ODD_FIRST), c.rdd(3).sortBy(n -> n, ODD_FIRST, 3));
        Comparator<Integer> order = ODD_FIRST;
        c.sameOrder(c.stream().sorted(ODD_FIRST), c.rdd(3).sortBy(n -> n, order, 3));
        c.sameOrder(
                c.stream().sorted(ODD_FIRST.reversed()),
                c.rdd(3).sortBy(n -> n, (left, right) -> ODD_FIRST.compare(right, left), 3));
        // Equal keys keep their order.
        c.sameOrder(
                c.stream().sorted(Comparator.comparing(n -> Objects.hashCode(n) % 3)),
                c.rdd(4).sortBy(n -> Objects.hashCode(n) % 3, true, 3));
    }

    private static List<Tuple2<Integer, String>> byKey(Case c, Comparator<Integer> order) {
        return c.pairs().stream()
                .sorted(Comparator.comparing(Tuple2::_1, order))
                .toList();
    }

    private static void sortByKey(Case c) {
        c.sameOrder(byKey(c, NULLS_FIRST).stream(), c.pairRdd(3).sortByKey());
        c.sameOrder(byKey(c, NULLS_FIRST.reversed()).stream(), c.pairRdd(3).sortByKey(false));
        c.sameOrder(byKey(c, NULLS_FIRST).stream(), c.pairRdd(3).sortByKey(true, 6));
        assertEquals(6, c.pairRdd(3).sortByKey(true, 6).getNumPartitions());
    }

    private static void sortByOrder(Case c) {
        List<Tuple2<Integer, String>> forwards = byKey(c, ODD_FIRST);
        List<Tuple2<Integer, String>> backwards = byKey(c, ODD_FIRST.reversed());
        Comparator<Integer> order = ODD_FIRST;

        c.sameOrder(forwards.stream(), c.pairRdd(3).sortByKey(order));
        c.sameOrder(backwards.stream(), c.pairRdd(3).sortByKey(order, false));
        c.sameOrder(forwards.stream(), c.pairRdd(3).sortByKey(order, true, 2));
        c.sameOrder(forwards.stream(), c.pairRdd(3).sortByKey(ODD_FIRST));
        c.sameOrder(backwards.stream(), c.pairRdd(3).sortByKey(ODD_FIRST, false));
        c.sameOrder(backwards.stream(), c.pairRdd(3).sortByKey(ODD_FIRST, false, 5));
    }

    private static void partitionBy(Case c) {
        HashPartitioner by = new HashPartitioner(4);
        PairRDD<Integer, String> placed = c.pairRdd(3).partitionBy(by);

        assertEquals(Optional.of(by), placed.partitioner());
        List<List<Tuple2<Integer, String>>> parts = placed.glom().collect();
        for (int i = 0; i < 4; i++) {
            int index = i;
            c.sameRows(c.pairs().stream().filter(pair -> by.getPartition(pair._1()) == index), parts.get(i));
        }
    }

    private static void sortWithin(Case c) {
        HashPartitioner by = new HashPartitioner(3);
        sortedWithin(c, by, NULLS_FIRST, c.pairRdd(2).repartitionAndSortWithinPartitions(by));
        Comparator<Integer> order = ODD_FIRST;
        sortedWithin(c, by, ODD_FIRST, c.pairRdd(2).repartitionAndSortWithinPartitions(by, order));
        sortedWithin(c, by, ODD_FIRST, c.pairRdd(2).repartitionAndSortWithinPartitions(by, ODD_FIRST));
        PairRDD<Integer, String> sorted = c.pairRdd(2).repartitionAndSortWithinPartitions(by, order);
        sortedWithin(c, by, NULLS_FIRST, sorted.repartitionAndSortWithinPartitions(by));
    }

    private static void sortedWithin(
            Case c, Partitioner by, Comparator<Integer> order, RDD<Tuple2<Integer, String>> rdd) {
        List<List<Tuple2<Integer, String>>> parts = rdd.glom().collect();
        for (int i = 0; i < by.numPartitions(); i++) {
            int index = i;
            List<Tuple2<Integer, String>> expected = byKey(c, order).stream()
                    .filter(pair -> by.getPartition(pair._1()) == index)
                    .toList();
            assertEquals(expected, parts.get(i));
        }
    }

    private static void filterByRange(Case c) {
        List<Tuple2<Integer, String>> expected = c.pairs().stream()
                .filter(pair -> pair._1() != null && pair._1() >= -3 && pair._1() <= 11)
                .toList();
        SerializableComparator<Integer> backwards = (left, right) -> ODD_FIRST.compare(right, left);
        Comparator<Integer> oddFirst = ODD_FIRST;

        c.sameOrder(expected.stream(), c.pairRdd(3).filterByRange(-3, 11));
        c.sameRows(expected.stream(), c.pairRdd(3).sortByKey(true, 5).filterByRange(-3, 11));
        c.sameRows(expected.stream(), c.pairRdd(3).sortByKey(false, 5).filterByRange(-3, 11));
        c.sameRows(
                expected.stream().filter(pair -> kindOf(pair._1()) == 1),
                c.pairRdd(3)
                        .sortByKey(oddFirst, true, 4)
                        .filterByRange(oddFirst, -3, 11)
                        .filterByRange(-3, 11));
        c.sameRows(
                c.pairs().stream().filter(pair -> kindOf(pair._1()) == 2),
                c.pairRdd(3).sortByKey(oddFirst, true, 4).filterByRange(backwards, 1000, -1000));
    }

    private static void ranges(Case c) {
        RangePartitioner<Integer> by = RangePartitioner.of(4, c.pairRdd(3), NULLS_FIRST_OF_OURS);
        RangePartitioner<Integer> again = RangePartitioner.of(4, c.pairRdd(3), NULLS_FIRST_OF_OURS);
        List<List<Tuple2<Integer, String>>> parts =
                c.pairRdd(2).repartitionAndSortWithinPartitions(by).glom().collect();

        assertEquals(by, again);
        assertEquals(4, parts.size());
        assertEquals(
                byKey(c, NULLS_FIRST).stream().map(Tuple2::_1).toList(),
                parts.stream().flatMap(List::stream).map(Tuple2::_1).toList());
        c.sameRows(
                c.pairs().stream().filter(pair -> pair._1() != null && pair._1() > 2),
                c.pairRdd(2).partitionBy(by).filterByRange(NULLS_FIRST_OF_OURS, 3, 1000));
    }

    private static final SerializableComparator<Integer> NULLS_FIRST_OF_OURS = (left, right) ->
            left == null || right == null ? Boolean.compare(left != null, right != null) : left.compareTo(right);

    private static void defaultPartitioner(Case c) {
        PairRDD<Integer, String> placed = c.pairRdd(2).partitionBy(new HashPartitioner(7));

        assertEquals(new HashPartitioner(7), Partitioner.defaultPartitioner(c.pairRdd(3), placed, c.otherPairRdd(2)));
        assertEquals(new HashPartitioner(3), Partitioner.defaultPartitioner(c.pairRdd(3), c.otherPairRdd(2)));
    }
}
