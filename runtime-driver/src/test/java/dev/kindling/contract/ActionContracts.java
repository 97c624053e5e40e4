package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.SerializableComparator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What brings rows, or one value of them, to the program. */
final class ActionContracts {
    private ActionContracts() {}

    private static final SerializableComparator<Integer> NULLS_FIRST = (left, right) ->
            left == null || right == null ? Boolean.compare(left != null, right != null) : left.compareTo(right);

    static final List<Contract> ALL = List.of(
            Contract.of(
                    ActionContracts::identity,
                    "RDD.id()",
                    "RDD.name()",
                    "RDD.setName(String)",
                    "RDD.context()",
                    "RDD.partitions()",
                    "RDD.getNumPartitions()",
                    "RDD.partitioner()",
                    "RDD.toDebugString()",
                    "RDD.lineage()"),
            Contract.of(ActionContracts::collect, "RDD.collect()", "RDD.isEmpty()", "RDD.count()"),
            Contract.of(
                    c -> assertEquals(
                            c.stream().collect(Collectors.groupingBy(Objects::hashCode, Collectors.counting())),
                            c.rdd(3)
                                    .collect(() -> Collectors.groupingBy(
                                            (Integer n) -> Objects.hashCode(n), Collectors.counting()))),
                    "RDD.collect(Function0)"),
            Contract.of(
                    ActionContracts::byPartition,
                    "RDD.collectPartitions(int[])",
                    "RDD.toLocalIterator()",
                    "RDD.toLocalStream()",
                    "RDD.iterator(Partition,TaskContext)"),
            Contract.of(ActionContracts::take, "RDD.take(int)", "RDD.first()"),
            Contract.of(ActionContracts::takeSample, "RDD.takeSample(boolean,int)", "RDD.takeSample(boolean,int,long)"),
            Contract.of(
                    ActionContracts::ordered,
                    "RDD.takeOrdered(int)",
                    "RDD.takeOrdered(int,Comparator)",
                    "RDD.takeOrdered(int,SerializableComparator)",
                    "RDD.top(int)",
                    "RDD.top(int,Comparator)",
                    "RDD.top(int,SerializableComparator)"),
            Contract.of(
                    ActionContracts::extremes,
                    "RDD.max(Comparator)",
                    "RDD.max(SerializableComparator)",
                    "RDD.min(Comparator)",
                    "RDD.min(SerializableComparator)"),
            Contract.of(
                    ActionContracts::reduce,
                    "RDD.reduce(Function2)",
                    "RDD.treeReduce(Function2)",
                    "RDD.treeReduce(Function2,int)"),
            Contract.of(
                    ActionContracts::fold,
                    "RDD.fold(Object,Function2)",
                    "RDD.aggregate(Object,Function2,Function2)",
                    "RDD.treeAggregate(Object,Function2,Function2)",
                    "RDD.treeAggregate(Object,Function2,Function2,int)",
                    "RDD.treeAggregate(Object,Function2,Function2,int,boolean)"),
            Contract.of(ActionContracts::counts, "RDD.countByValue()", "RDD.countApproxDistinct(double)"),
            Contract.of(
                    ActionContracts::foreach,
                    "RDD.foreach(VoidFunction)",
                    "RDD.foreachPartition(VoidFunction)",
                    "PairRDD.foreach(VoidFunction2)"),
            Contract.of(ActionContracts::saveText, "RDD.saveAsTextFile(String)"));

    private static void identity(Case c) {
        RDD<Integer> first = c.rdd(3);
        RDD<Integer> second = first.map(n -> n);

        assertTrue(second.id() != first.id());
        assertEquals("rows", second.setName("rows").name());
        assertEquals(c.kindling(), second.context());
        assertEquals(second.getNumPartitions(), second.partitions().size());
        assertEquals(3, second.getNumPartitions());
        assertTrue(second.partitioner().isEmpty());
        assertTrue(second.toDebugString().startsWith("(3) rows: map at ActionContracts.java:"), second.toDebugString());
        assertEquals(3, second.lineage().stages().get(0).tasks());
    }

    private static void collect(Case c) {
        assertEquals(c.rows(), c.rdd(3).collect());
        assertEquals(c.rows().isEmpty(), c.rdd(3).isEmpty());
        assertEquals(c.rows().size(), c.rdd(3).count());
    }

    private static void byPartition(Case c) {
        List<List<Integer>> slices = NarrowContracts.slices(c.rows(), 4);
        RDD<Integer> rdd = c.rdd(4);

        assertEquals(List.of(slices.get(2), slices.get(0)), List.of(rdd.collectPartitions(new int[] {2, 0})));
        assertEquals(c.rows(), listOf(rdd.toLocalIterator()));
        assertEquals(c.rows(), rdd.toLocalStream().toList().subList(0, c.rows().size()));
        assertEquals(slices.get(3), listOf(rdd.iterator(rdd.partitions().get(3), TaskContext.get())));
    }

    private static <T> List<T> listOf(Iterator<T> rows) {
        List<T> list = new ArrayList<>();
        rows.forEachRemaining(list::add);
        return list;
    }

    private static void take(Case c) {
        for (int n : new int[] {0, 1, 5, 100_000}) {
            assertEquals(
                    c.stream().limit(n).collect(Collectors.toCollection(ArrayList::new)),
                    c.rdd(5).take(n));
        }
        if (c.rows().isEmpty()) {
            assertThrows(KindlingException.class, () -> c.rdd(2).first());
        } else {
            assertEquals(c.rows().get(0), c.rdd(2).first());
        }
    }

    private static void takeSample(Case c) {
        int size = c.rows().size();
        List<Integer> some = c.rdd(4).takeSample(false, size / 2, 7);
        List<Integer> left = new ArrayList<>(c.rows());

        assertEquals(size / 2, some.size());
        some.forEach(row -> assertTrue(left.remove(row), "a row that is not there so often"));
        assertEquals(some, c.rdd(4).takeSample(false, size / 2, 7));
        c.sameRows(c.stream(), c.rdd(4).takeSample(false, size + 10));
        List<Integer> many = c.rdd(4).takeSample(true, 500);
        assertEquals(size == 0 ? 0 : 500, many.size());
        assertTrue(new HashSet<>(c.rows()).containsAll(many));
    }

    private static void ordered(Case c) {
        Comparator<Integer> order = NULLS_FIRST;
        List<Integer> ascending = c.stream().sorted(order).collect(Collectors.toCollection(ArrayList::new));
        List<Integer> descending = c.stream().sorted(order.reversed()).collect(Collectors.toCollection(ArrayList::new));
        for (int n : new int[] {0, 3, 100_000}) {
            List<Integer> least = ascending.subList(0, Math.min(n, ascending.size()));
            List<Integer> greatest = descending.subList(0, Math.min(n, descending.size()));
            assertEquals(least, c.rdd(3).takeOrdered(n));
            assertEquals(least, c.rdd(3).takeOrdered(n, order));
            assertEquals(least, c.rdd(3).takeOrdered(n, NULLS_FIRST));
            assertEquals(greatest, c.rdd(3).top(n));
            assertEquals(greatest, c.rdd(3).top(n, order));
            assertEquals(greatest, c.rdd(3).top(n, NULLS_FIRST));
        }
    }

    private static void extremes(Case c) {
        Comparator<Integer> order = NULLS_FIRST;
        if (c.rows().isEmpty()) {
            assertThrows(KindlingException.class, () -> c.rdd(2).max(order));
            return;
        }
        List<Integer> sorted = c.stream().sorted(order).collect(Collectors.toCollection(ArrayList::new));
        Integer least = sorted.get(0);
        Integer greatest = sorted.get(sorted.size() - 1);
        assertEquals(least, c.rdd(3).min(order));
        assertEquals(least, c.rdd(3).min(NULLS_FIRST));
        assertEquals(greatest, c.rdd(3).max(order));
        assertEquals(greatest, c.rdd(3).max(NULLS_FIRST));
    }

    private static void reduce(Case c) {
        RDD<String> texts = c.rdd(9).map(String::valueOf);
        if (c.rows().isEmpty()) {
            assertThrows(KindlingException.class, () -> texts.reduce(String::concat));
            assertThrows(KindlingException.class, () -> texts.treeReduce(String::concat));
            return;
        }
        String all = c.stream().map(String::valueOf).reduce(String::concat).orElseThrow();
        // Results of partitions are merged in their order; a tree brings them together in another one.
        assertEquals(all, texts.reduce(String::concat));
        assertEquals(all.length(), texts.treeReduce(String::concat).length());
        assertEquals(all.length(), texts.treeReduce(String::concat, 3).length());
    }

    private static List<Integer> with(List<Integer> list, Integer row) {
        list.add(row);
        return list;
    }

    private static List<Integer> joined(List<Integer> left, List<Integer> right) {
        left.addAll(right);
        return left;
    }

    private static void fold(Case c) {
        RDD<Integer> rdd = c.rdd(12);
        List<Integer> zero = new ArrayList<>();

        assertEquals(
                c.stream().map(String::valueOf).reduce("", String::concat),
                rdd.map(String::valueOf).fold("", String::concat));
        assertEquals(c.rows(), rdd.aggregate(zero, ActionContracts::with, ActionContracts::joined));
        c.sameRows(c.stream(), rdd.treeAggregate(zero, ActionContracts::with, ActionContracts::joined));
        c.sameRows(c.stream(), rdd.treeAggregate(zero, ActionContracts::with, ActionContracts::joined, 4));
        c.sameRows(c.stream(), rdd.treeAggregate(zero, ActionContracts::with, ActionContracts::joined, 3, true));
        c.sameRows(c.stream(), rdd.treeAggregate(zero, ActionContracts::with, ActionContracts::joined, 1, false));
        assertEquals(List.of(), zero);
    }

    private static void counts(Case c) {
        Map<Integer, Long> counts = new HashMap<>();
        c.rows().forEach(row -> counts.merge(row, 1L, Long::sum));

        assertEquals(counts, c.rdd(3).countByValue());
        assertEquals(counts.size(), c.rdd(3).countApproxDistinct(0.01));
    }

    private static void foreach(Case c) throws IOException {
        String lines = c.newPath("foreach");
        String partitions = c.newPath("foreachPartition");
        String pairs = c.newPath("foreachPair");

        c.rdd(3).foreach(n -> append(lines, String.valueOf(n)));
        c.rdd(3)
                .foreachPartition(
                        rows -> append(partitions, String.valueOf(listOf(rows).size())));
        c.pairRdd(3).foreach((k, v) -> append(pairs, k + "=" + v));

        c.sameRows(c.stream().map(String::valueOf), written(lines));
        c.sameRows(
                NarrowContracts.slices(c.rows(), 3).stream().map(slice -> String.valueOf(slice.size())),
                written(partitions));
        c.sameRows(c.pairs().stream().map(t -> t._1() + "=" + t._2()), written(pairs));
    }

    /** A line at the end of a file of its own thread and process. */
    private static void append(String path, String line) throws IOException {
        Path directory = Files.createDirectories(Path.of(path));
        String name =
                ProcessHandle.current().pid() + "-" + Thread.currentThread().getId();
        Files.writeString(directory.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    static List<String> written(String path) throws IOException {
        List<String> lines = new ArrayList<>();
        if (Files.isDirectory(Path.of(path))) {
            try (var files = Files.list(Path.of(path))) {
                List<Path> visible = files.filter(
                                file -> !file.getFileName().toString().startsWith("_"))
                        .sorted()
                        .toList();
                for (Path file : visible) {
                    lines.addAll(Files.readAllLines(file));
                }
            }
        }
        return lines;
    }

    private static void saveText(Case c) throws IOException {
        String target = c.newPath("text");

        c.pairRdd(3).saveAsTextFile(target);

        assertEquals(c.pairs().stream().map(Tuple2::toString).toList(), written(target));
        c.sameOrder(c.pairs().stream().map(Tuple2::toString), c.kindling().textFile(target));
        assertEquals(
                3,
                IntStream.range(0, 3)
                        .filter(i -> Files.exists(Path.of(target, "part-0000" + i)))
                        .count());
        assertTrue(Files.exists(Path.of(target, "_SUCCESS")));
    }
}
