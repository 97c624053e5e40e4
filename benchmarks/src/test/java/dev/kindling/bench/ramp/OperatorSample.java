package dev.kindling.bench.ramp;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** A program that uses the operators one after the other and prints what each gives: the same on every engine. */
public final class OperatorSample {
    private static final int ROWS = 1_000;

    private final KindlingContext context;
    private final Path directory;
    private final PrintStream out;

    private OperatorSample(KindlingContext context, Path directory, PrintStream out) {
        this.context = context;
        this.directory = directory;
        this.out = out;
    }

    /** @param args a text file, a directory to write to, and the file for what is printed */
    public static void main(String[] args) throws Exception {
        KindlingConf conf = new KindlingConf().setMaster("local[2]").setAppName("operators");
        try (PrintStream out = new PrintStream(args[2], StandardCharsets.UTF_8);
                KindlingContext context = new KindlingContext(conf)) {
            OperatorSample sample = new OperatorSample(context, Path.of(args[1]), out);
            sample.rows();
            sample.pairs();
            sample.sorts();
            sample.files(args[0]);
            sample.kept();
            sample.refused();
        }
    }

    private void rows() {
        RDD<Long> numbers = context.range(0, ROWS, 1, 5);
        RDD<String> words = context.parallelize(List.of("a b", "", "c", "d e f"), 3);
        show("map", numbers.map(i -> i * 3).collect());
        show("filter", numbers.filter(i -> i % 7 == 0).collect());
        show(
                "flatMap",
                words.flatMap(line -> Arrays.asList(line.split(" ")).iterator()).collect());
        show("glom", words.glom().collect());
        show("empty", context.emptyRDD().collect());
        show(
                "partitions",
                numbers.mapPartitionsWithIndex(
                                (i, part) -> List.of(i + ":" + part.next()).iterator(), false)
                        .collect());
        show("union", words.union(words.map(String::toUpperCase)).collect());
        show("cartesian", words.cartesian(words).collect());
        show("zip", numbers.zip(numbers.map(i -> -i)).take(7));
        show("zipWithIndex", words.zipWithIndex().collect());
        show("coalesce", numbers.coalesce(2).glom().map(List::size).collect());
        show("repartition", sorted(numbers.repartition(3)));
        show("distinct", sorted(numbers.map(i -> i % 10).distinct()));
        show("subtract", sorted(numbers.subtract(context.range(3, 2_000, 1, 2))));
        show("intersection", sorted(numbers.intersection(context.range(990, 2_000, 1, 2))));
        show("take", numbers.take(12));
        show("first", numbers.first());
        show("top", numbers.top(3, Comparator.naturalOrder()));
        show("takeOrdered", numbers.takeOrdered(3, Comparator.reverseOrder()));
        show("reduce", numbers.reduce(Long::sum));
        show("fold", numbers.fold(0L, Long::sum));
        show("aggregate", numbers.aggregate(0L, (sum, i) -> sum + i * i, Long::sum));
        show("count", numbers.count());
        show("countByValue", new TreeMap<>(numbers.map(i -> i % 3).countByValue()));
        show("stats", numbers.mapToDouble(i -> i).stats().mean());
        List<Long> pulled = new ArrayList<>();
        numbers.toLocalIterator().forEachRemaining(pulled::add);
        show("toLocalIterator", pulled);
        show("collectAsync", numbers.collectAsync().toCompletableFuture().join());
    }

    private void pairs() {
        PairRDD<Integer, Long> pairs =
                context.range(0, ROWS, 1, 4).mapToPair(i -> new Tuple2<>((int) (i * 7_919 % 13), i));
        PairRDD<Integer, String> names =
                context.parallelizePairs(List.of(Tuple2.of(1, "one"), Tuple2.of(2, "two"), Tuple2.of(99, "none")), 2);
        show("mapValues", pairs.mapValues(i -> i + 1).take(5));
        show(
                "flatMapValues",
                pairs.flatMapValues(i -> List.of(i, -i).iterator()).take(5));
        show("groupByKey", sorted(pairs.groupByKey(3).mapValues(OperatorSample::sum)));
        show("reduceByKey", sorted(pairs.reduceByKey(Long::sum)));
        show("aggregateByKey", sorted(pairs.aggregateByKey(0L, (sum, i) -> sum + i, Long::sum)));
        show("foldByKey", sorted(pairs.foldByKey(0L, Long::sum)));
        show("countByKey", new TreeMap<>(pairs.countByKey()));
        show("join", sorted(pairs.join(names)).size());
        show("leftOuterJoin", sorted(names.leftOuterJoin(pairs.reduceByKey(Long::sum))));
        show("fullOuterJoin", sorted(names.fullOuterJoin(pairs.reduceByKey(Long::sum))));
        show(
                "cogroup",
                sorted(pairs.cogroup(names)
                        .mapValues(both -> sum(both._1()) + ":" + both._2())
                        .mapValues(text -> text.replaceAll("[^0-9a-z:]", ""))));
        show("subtractByKey", sorted(names.subtractByKey(pairs)));
        show(
                "partitionBy",
                pairs.partitionBy(new HashPartitioner(5)).glom().map(List::size).collect());
        PairRDD<Integer, Long> placed = pairs.reduceByKey(new HashPartitioner(3), Long::sum);
        show(
                "placed union",
                placed.union(placed.mapValues(i -> -i)).glom().map(List::size).collect());
        show("placed join", sorted(placed.join(placed.mapValues(i -> i * 2))));
        show(
                "lookup",
                pairs.partitionBy(new HashPartitioner(5)).lookup(4).stream()
                        .sorted()
                        .toList());
    }

    private void sorts() {
        RDD<Long> mixed = context.range(0, ROWS, 1, 4).map(i -> i * 7_919 % 1_009);
        show("sortBy", mixed.sortBy(i -> i, true, 3).collect());
        show(
                "sortByKey down",
                mixed.mapToPair(i -> new Tuple2<>(i, i)).sortByKey(false).keys().collect());
        show(
                "sorted in place",
                mixed.mapToPair(i -> new Tuple2<>(i, -i))
                        .repartitionAndSortWithinPartitions(new HashPartitioner(3))
                        .glom()
                        .collect());
        show(
                "sorted nothing",
                context.parallelizePairs(List.<Tuple2<Long, Long>>of(), 2)
                        .sortByKey()
                        .collect());
    }

    private void files(String input) {
        RDD<String> lines = context.textFile(input, 3);
        show("textFile", lines.getNumPartitions() >= 3 ? lines.collect() : List.of());
        show("wholeTextFiles", context.wholeTextFiles(input).values().collect());
        String output = directory.resolve("saved").toString();
        lines.map(String::length).saveAsTextFile(output);
        show("saved", sorted(context.textFile(output)));
    }

    private void kept() {
        RDD<Long> kept = context.range(0, ROWS, 1, 4).map(i -> i * i).persist(StorageLevel.MEMORY_ONLY);
        show("persisted", List.of(kept.count(), kept.reduce(Long::sum)));
        kept.unpersist();
        show("unpersisted", kept.count());
    }

    /** What the way out cannot do, it says; what it said is printed by it alone. */
    private void refused() {
        LongAccumulator seen = context.longAccumulator("seen");
        try {
            context.range(0, 10, 1, 2).foreach(i -> seen.add(1));
            show("accumulator", seen.value());
        } catch (KindlingException e) {
            out.println("refused: " + e.getMessage());
        }
        try {
            show("broadcast", context.broadcast(7).value());
        } catch (KindlingException e) {
            out.println("refused: " + e.getMessage());
        }
    }

    private static long sum(Iterable<Long> values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }

    /** In an order that does not depend on how rows are placed. */
    private static List<String> sorted(RDD<?> rows) {
        return rows.collect().stream().map(String::valueOf).sorted().toList();
    }

    private void show(String operator, Object result) {
        out.println(operator + " " + result);
    }
}
