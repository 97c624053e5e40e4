package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sets of pairs side by side: shuffled, placed already, and of both kinds. */
final class JoinContracts {
    private JoinContracts() {}

    private static final HashPartitioner BY_4 = new HashPartitioner(4);

    static final List<Contract> ALL = List.of(
            Contract.of(
                    JoinContracts::join,
                    "PairRDD.join(PairRDD)",
                    "PairRDD.join(PairRDD,int)",
                    "PairRDD.join(PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::leftOuterJoin,
                    "PairRDD.leftOuterJoin(PairRDD)",
                    "PairRDD.leftOuterJoin(PairRDD,int)",
                    "PairRDD.leftOuterJoin(PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::rightOuterJoin,
                    "PairRDD.rightOuterJoin(PairRDD)",
                    "PairRDD.rightOuterJoin(PairRDD,int)",
                    "PairRDD.rightOuterJoin(PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::fullOuterJoin,
                    "PairRDD.fullOuterJoin(PairRDD)",
                    "PairRDD.fullOuterJoin(PairRDD,int)",
                    "PairRDD.fullOuterJoin(PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::cogroup2,
                    "PairRDD.cogroup(PairRDD)",
                    "PairRDD.cogroup(PairRDD,int)",
                    "PairRDD.cogroup(PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::cogroup3,
                    "PairRDD.cogroup(PairRDD,PairRDD)",
                    "PairRDD.cogroup(PairRDD,PairRDD,int)",
                    "PairRDD.cogroup(PairRDD,PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::cogroup4,
                    "PairRDD.cogroup(PairRDD,PairRDD,PairRDD)",
                    "PairRDD.cogroup(PairRDD,PairRDD,PairRDD,int)",
                    "PairRDD.cogroup(PairRDD,PairRDD,PairRDD,Partitioner)"),
            Contract.of(
                    JoinContracts::subtractByKey,
                    "PairRDD.subtractByKey(PairRDD)",
                    "PairRDD.subtractByKey(PairRDD,int)",
                    "PairRDD.subtractByKey(PairRDD,Partitioner)"));

    /** The left side's rows, some of the right one's: a key with many values on both sides makes them squared. */
    private record Sides(List<Tuple2<Integer, String>> left, List<Tuple2<Integer, String>> right) {
        static Sides of(Case c) {
            return new Sides(c.pairs(), c.otherPairs().stream().limit(25).toList());
        }

        Set<Integer> keys() {
            Set<Integer> keys = new LinkedHashSet<>();
            left.forEach(t -> keys.add(t._1()));
            right.forEach(t -> keys.add(t._1()));
            return keys;
        }

        static List<String> of(List<Tuple2<Integer, String>> side, Integer key) {
            return Case.grouped(side).getOrDefault(key, List.of());
        }

        PairRDD<Integer, String> rightRdd(Case c) {
            return c.kindling().parallelizePairs(right, 2);
        }
    }

    /** Pairs every left value with every right one; with {@code outer}, an absent side counts as one empty Optional. */
    private static List<Tuple2<Integer, Tuple2<Object, Object>>> joined(Case c, boolean keepsLeft, boolean keepsRight) {
        Sides sides = Sides.of(c);
        Map<Integer, List<String>> lefts = Case.grouped(sides.left());
        Map<Integer, List<String>> rights = Case.grouped(sides.right());
        List<Tuple2<Integer, Tuple2<Object, Object>>> rows = new ArrayList<>();
        for (Integer key : sides.keys()) {
            for (Object left : side(lefts.get(key), keepsRight)) {
                for (Object right : side(rights.get(key), keepsLeft)) {
                    rows.add(Tuple2.of(key, Tuple2.of(left, right)));
                }
            }
        }
        return rows;
    }

    /** The values as they are, or as Optionals where the other side is kept without them. */
    private static List<Object> side(List<String> values, boolean isOptional) {
        if (values == null) {
            return isOptional ? List.of(Optional.empty()) : List.of();
        }
        List<Object> side = new ArrayList<>();
        values.forEach(value -> side.add(isOptional ? Optional.ofNullable(value) : value));
        return side;
    }

    private static void join(Case c) {
        List<?> expected = joined(c, false, false);
        PairRDD<Integer, String> right = Sides.of(c).rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).join(right));
        c.sameRows(expected.stream(), c.pairRdd(3).join(right, 5));
        c.sameRows(expected.stream(), c.pairRdd(3).join(right, BY_4));
        c.sameRows(expected.stream(), c.pairRdd(3).partitionBy(BY_4).join(right.partitionBy(BY_4)));
        c.sameRows(expected.stream(), c.pairRdd(3).partitionBy(BY_4).join(right));
        assertEquals(
                BY_4, c.pairRdd(3).partitionBy(BY_4).join(right).partitioner().orElseThrow());
    }

    private static void leftOuterJoin(Case c) {
        List<?> expected = joined(c, true, false);
        PairRDD<Integer, String> right = Sides.of(c).rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).leftOuterJoin(right));
        c.sameRows(expected.stream(), c.pairRdd(3).leftOuterJoin(right, 5));
        c.sameRows(expected.stream(), c.pairRdd(3).leftOuterJoin(right.partitionBy(BY_4), BY_4));
    }

    private static void rightOuterJoin(Case c) {
        List<?> expected = joined(c, false, true);
        PairRDD<Integer, String> right = Sides.of(c).rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).rightOuterJoin(right));
        c.sameRows(expected.stream(), c.pairRdd(3).rightOuterJoin(right, 1));
        c.sameRows(expected.stream(), c.pairRdd(3).partitionBy(BY_4).rightOuterJoin(right, BY_4));
    }

    private static void fullOuterJoin(Case c) {
        List<?> expected = joined(c, true, true);
        PairRDD<Integer, String> right = Sides.of(c).rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).fullOuterJoin(right));
        c.sameRows(expected.stream(), c.pairRdd(3).fullOuterJoin(right, 2));
        c.sameRows(expected.stream(), c.pairRdd(3).partitionBy(BY_4).fullOuterJoin(right.partitionBy(BY_4), BY_4));
    }

    private static void cogroup2(Case c) {
        Sides sides = Sides.of(c);
        List<?> expected = sides.keys().stream()
                .map(key -> Tuple2.of(
                        key,
                        List.of(Case.sorted(Sides.of(sides.left(), key)), Case.sorted(Sides.of(sides.right(), key)))))
                .toList();
        PairRDD<Integer, String> right = sides.rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).cogroup(right).mapValues(JoinContracts::lists));
        c.sameRows(expected.stream(), c.pairRdd(3).cogroup(right, 5).mapValues(JoinContracts::lists));
        c.sameRows(
                expected.stream(),
                c.pairRdd(3).partitionBy(BY_4).cogroup(right, BY_4).mapValues(JoinContracts::lists));
    }

    private static List<List<String>> lists(Tuple2<Iterable<String>, Iterable<String>> groups) {
        return List.of(Case.sorted(groups._1()), Case.sorted(groups._2()));
    }

    private static List<Integer> numbersOf(Case c, Integer key) {
        return Case.grouped(c.numbered()).getOrDefault(key, List.of());
    }

    private static void cogroup3(Case c) {
        Sides sides = Sides.of(c);
        List<?> expected = sides.keys().stream()
                .map(key -> Tuple2.of(
                        key,
                        List.of(
                                Case.sorted(Sides.of(sides.left(), key)),
                                Case.sorted(Sides.of(sides.right(), key)),
                                Case.sorted(numbersOf(c, key)))))
                .toList();
        PairRDD<Integer, String> right = sides.rightRdd(c);

        c.sameRows(
                expected.stream(), c.pairRdd(3).cogroup(right, c.numberedRdd(2)).mapValues(JoinContracts::lists));
        c.sameRows(
                expected.stream(),
                c.pairRdd(3).cogroup(right, c.numberedRdd(2), 5).mapValues(JoinContracts::lists));
        c.sameRows(
                expected.stream(),
                c.pairRdd(3)
                        .cogroup(right.partitionBy(BY_4), c.numberedRdd(2), BY_4)
                        .mapValues(JoinContracts::lists));
    }

    private static List<List<String>> lists(Tuple3<Iterable<String>, Iterable<String>, Iterable<Integer>> groups) {
        return List.of(Case.sorted(groups._1()), Case.sorted(groups._2()), Case.sorted(groups._3()));
    }

    private static void cogroup4(Case c) {
        Sides sides = Sides.of(c);
        List<?> expected = sides.keys().stream()
                .map(key -> Tuple2.of(
                        key,
                        List.of(
                                Case.sorted(Sides.of(sides.left(), key)),
                                Case.sorted(Sides.of(sides.right(), key)),
                                Case.sorted(numbersOf(c, key)),
                                Case.sorted(Sides.of(sides.left(), key)))))
                .toList();
        PairRDD<Integer, String> right = sides.rightRdd(c);
        PairRDD<Integer, String> left = c.pairRdd(3);

        c.sameRows(
                expected.stream(), left.cogroup(right, c.numberedRdd(2), left).mapValues(JoinContracts::lists));
        c.sameRows(
                expected.stream(),
                left.cogroup(right, c.numberedRdd(2), left, 5).mapValues(JoinContracts::lists));
        c.sameRows(
                expected.stream(),
                left.cogroup(right, c.numberedRdd(2), left.partitionBy(BY_4), BY_4)
                        .mapValues(JoinContracts::lists));
    }

    private static List<List<String>> lists(
            Tuple4<Iterable<String>, Iterable<String>, Iterable<Integer>, Iterable<String>> groups) {
        return List.of(
                Case.sorted(groups._1()), Case.sorted(groups._2()), Case.sorted(groups._3()), Case.sorted(groups._4()));
    }

    private static void subtractByKey(Case c) {
        Sides sides = Sides.of(c);
        Set<Integer> gone = Case.grouped(sides.right()).keySet();
        List<?> expected =
                sides.left().stream().filter(t -> !gone.contains(t._1())).toList();
        PairRDD<Integer, String> right = sides.rightRdd(c);

        c.sameRows(expected.stream(), c.pairRdd(3).subtractByKey(right));
        c.sameRows(expected.stream(), c.pairRdd(3).subtractByKey(right, 5));
        c.sameRows(expected.stream(), c.pairRdd(3).subtractByKey(right, BY_4));
        c.sameRows(expected.stream(), c.pairRdd(3).partitionBy(BY_4).subtractByKey(right.partitionBy(BY_4)));
    }
}
