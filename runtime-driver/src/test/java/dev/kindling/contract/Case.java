package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.fail;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** One operator tried with one kind of rows: the rows as lists, the same rows as sets, and how answers are compared. */
final class Case {
    private final KindlingContext kindling;
    private final Data data;
    private final Path directory;

    Case(KindlingContext kindling, Data data, Path directory) {
        this.kindling = kindling;
        this.data = data;
        this.directory = directory;
    }

    KindlingContext kindling() {
        return kindling;
    }

    /** A file or directory that does not exist yet. */
    String newPath(String name) {
        return directory.resolve(name).toString();
    }

    // ---- rows
    // ---------------------------------------------------------------------------------------------------------

    List<Integer> rows() {
        return data.rows();
    }

    Stream<Integer> stream() {
        return data.rows().stream();
    }

    List<Integer> others() {
        return data.others();
    }

    List<Tuple2<Integer, String>> pairs() {
        return pairsOf(data.rows());
    }

    List<Tuple2<Integer, String>> otherPairs() {
        return pairsOf(data.others());
    }

    /** A null row becomes a pair with a null key; every seventh value is null where there are nulls. */
    private List<Tuple2<Integer, String>> pairsOf(List<Integer> rows) {
        List<Tuple2<Integer, String>> pairs = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Integer key = rows.get(i) == null ? null : rows.get(i) % Data.KEYS;
            String value = data == Data.NULLS && i % 7 == 0 ? null : "v" + rows.get(i);
            pairs.add(Tuple2.of(key, value));
        }
        return pairs;
    }

    /** (key, position): values that can be added up. */
    List<Tuple2<Integer, Integer>> numbered() {
        List<Tuple2<Integer, String>> pairs = pairs();
        List<Tuple2<Integer, Integer>> numbered = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            numbered.add(Tuple2.of(pairs.get(i)._1(), i));
        }
        return numbered;
    }

    List<Double> doubles() {
        return data.rows().stream().map(n -> n == null ? 0.5 : n / 4.0).toList();
    }

    RDD<Integer> rdd(int partitions) {
        return kindling.parallelize(data.rows(), partitions);
    }

    RDD<Integer> otherRdd(int partitions) {
        return kindling.parallelize(data.others(), partitions);
    }

    PairRDD<Integer, String> pairRdd(int partitions) {
        return kindling.parallelizePairs(pairs(), partitions);
    }

    PairRDD<Integer, String> otherPairRdd(int partitions) {
        return kindling.parallelizePairs(otherPairs(), partitions);
    }

    PairRDD<Integer, Integer> numberedRdd(int partitions) {
        return kindling.parallelizePairs(numbered(), partitions);
    }

    DoubleRDD doubleRdd(int partitions) {
        return kindling.parallelizeDoubles(doubles(), partitions);
    }

    // ---- answers
    // ------------------------------------------------------------------------------------------------------

    /** The same rows in the same order. */
    void sameOrder(Stream<?> expected, RDD<?> actual) {
        sameOrder(expected.toList(), actual.collect());
    }

    private static void sameOrder(List<?> expected, List<?> actual) {
        int same = 0;
        while (same < Math.min(expected.size(), actual.size())
                && Objects.equals(expected.get(same), actual.get(same))) {
            same++;
        }
        if (same < Math.max(expected.size(), actual.size())) {
            fail(actual.size() + " rows for " + expected.size() + "; row " + same + " is " + rowAt(actual, same)
                    + ", not " + rowAt(expected, same));
        }
    }

    private static String rowAt(List<?> rows, int index) {
        return index < rows.size() ? String.valueOf(rows.get(index)) : "missing";
    }

    /** The same rows as often, in any order. */
    void sameRows(Stream<?> expected, RDD<?> actual) {
        sameRows(expected, actual.collect());
    }

    void sameRows(Stream<?> expected, Collection<?> actual) {
        Map<Object, Integer> missing = counts(expected.toList());
        Map<Object, Integer> surplus = new HashMap<>();
        counts(actual).forEach((row, count) -> {
            int left = missing.merge(row, -count, Integer::sum);
            if (left < 0) {
                surplus.put(row, -left);
            }
        });
        missing.values().removeIf(count -> count <= 0);
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            fail("missing " + some(missing) + ", too many " + some(surplus));
        }
    }

    private static String some(Map<Object, Integer> rows) {
        return rows.size() + " rows " + rows.entrySet().stream().limit(5).toList();
    }

    private static Map<Object, Integer> counts(Collection<?> rows) {
        Map<Object, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row == null ? "(null)" : row, 1, Integer::sum));
        return counts;
    }

    // ---- what streams have no collector for, because of nulls
    // ---------------------------------------------------------

    static <K, V> Map<K, List<V>> grouped(Collection<Tuple2<K, V>> pairs) {
        Map<K, List<V>> groups = new HashMap<>();
        pairs.forEach(pair ->
                groups.computeIfAbsent(pair._1(), key -> new ArrayList<>()).add(pair._2()));
        return groups;
    }

    static <K, V> Stream<Tuple2<K, V>> entries(Map<K, V> map) {
        return map.entrySet().stream().map(entry -> Tuple2.of(entry.getKey(), entry.getValue()));
    }

    /** What can be compared of a group, whose values come in any order. */
    static <V> List<String> sorted(Iterable<V> group) {
        List<String> values = new ArrayList<>();
        group.forEach(value -> values.add(String.valueOf(value)));
        values.sort(null);
        return values;
    }
}
