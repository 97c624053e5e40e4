package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.SerializableComparator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Rows that are one or two objects, filled anew for each row by the function that makes them: wherever they go, they
 * come out as they were when they were made.
 */
final class ReusedRowContracts {
    private ReusedRowContracts() {}

    static final List<Contract> ALL = List.of(
            Contract.of(ReusedRowContracts::collected, "RDD.collect()"),
            Contract.of(ReusedRowContracts::mapped, "RDD.map(Function)"),
            Contract.of(ReusedRowContracts::shuffled, "PairRDD.groupByKey()"),
            Contract.of(ReusedRowContracts::combined, "PairRDD.reduceByKey(Function2)"),
            Contract.of(ReusedRowContracts::keys, "RDD.distinct()"),
            Contract.of(ReusedRowContracts::kept, "RDD.map(Function)"),
            Contract.of(ReusedRowContracts::reduced, "RDD.reduce(Function2)"),
            Contract.of(ReusedRowContracts::least, "RDD.takeOrdered(int,SerializableComparator)"),
            Contract.of(ReusedRowContracts::sideBySide, "RDD.cartesian(RDD)"),
            Contract.of(ReusedRowContracts::grouped, "PairRDD.cogroup(PairRDD)"),
            Contract.of(ReusedRowContracts::saved, "RDD.saveAsObjectFile(String)"));

    /** A number that can be changed. */
    static final class Cell implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        int number;

        @Override
        public boolean equals(Object other) {
            return other instanceof Cell cell && cell.number == number;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    /** Gives {@code cells} in turn, the numbers in them those of {@code rows}. */
    private record Refilled(Iterator<Integer> rows, Cell[] cells, int[] turn) implements Iterator<Cell> {
        Refilled(Iterator<Integer> rows, int cells) {
            this(rows, Stream.generate(Cell::new).limit(cells).toArray(Cell[]::new), new int[1]);
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Cell next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Cell cell = cells[turn[0]++ % cells.length];
            cell.number = numberOf(rows.next());
            return cell;
        }
    }

    private static int numberOf(Integer row) {
        return row == null ? -1 : row;
    }

    private static List<Integer> expected(Case c) {
        return c.stream().map(ReusedRowContracts::numberOf).toList();
    }

    /** The case's rows in cells that are used again and again: one of a partition, or two in turn. */
    private static RDD<Cell> cells(Case c, int partitions, int cells) {
        return c.rdd(partitions).mapPartitions(rows -> new Refilled(rows, cells));
    }

    /** The same, by a function of single rows. */
    private static RDD<Cell> cellsByMap(Case c, int partitions) {
        return c.rdd(partitions).map(new IntoOneCell());
    }

    private static final class IntoOneCell implements Function<Integer, Cell> {
        private static final long serialVersionUID = 1L;

        private final Cell cell = new Cell();

        @Override
        public Cell call(Integer row) {
            cell.number = numberOf(row);
            return cell;
        }
    }

    private static List<RDD<Cell>> ways(Case c, int partitions) {
        return List.of(
                cells(c, partitions, 1),
                cells(c, partitions, 2),
                cellsByMap(c, partitions),
                c.rdd(partitions)
                        .flatMap(row -> new Refilled(List.of(numberOf(row)).iterator(), 1)),
                cells(c, partitions, 1).filter(cell -> cell.number > Integer.MIN_VALUE));
    }

    /** For what comes behind the steps that make rows, however they do. */
    private static List<RDD<Cell>> someWays(Case c, int partitions) {
        return List.of(cells(c, partitions, 2), cellsByMap(c, partitions));
    }

    private static Stream<Integer> numbers(Iterable<Cell> cells) {
        return StreamSupport.stream(cells.spliterator(), false).map(cell -> cell.number);
    }

    private static void collected(Case c) {
        for (RDD<Cell> cells : ways(c, 3)) {
            assertEquals(expected(c), numbers(cells.collect()).toList());
            assertEquals(
                    expected(c).stream().limit(5).toList(),
                    numbers(cells.take(5)).toList());
            List<Integer> local = new ArrayList<>();
            cells.toLocalIterator().forEachRemaining(cell -> local.add(cell.number));
            assertEquals(expected(c), local);
            assertEquals(
                    expected(c),
                    cells.glom().flatMap(List::iterator).collect().stream()
                            .map(cell -> cell.number)
                            .toList());
        }
    }

    private static void mapped(Case c) {
        for (RDD<Cell> cells : ways(c, 2)) {
            c.sameOrder(expected(c).stream(), cells.map(cell -> cell.number));
            c.sameOrder(
                    expected(c).stream().flatMap(n -> Stream.of(n, n)),
                    cells.mapToPair(cell -> Tuple2.of(cell, cell))
                            .mapValues(cell -> cell.number)
                            .flatMap(
                                    pair -> List.of(pair._1().number, pair._2()).iterator()));
            c.sameOrder(
                    expected(c).stream(),
                    cells.mapPartitions(rows -> new Refilled(numbers(() -> rows).iterator(), 1))
                            .map(cell -> cell.number));
        }
    }

    private static void shuffled(Case c) {
        for (RDD<Cell> cells : someWays(c, 3)) {
            PairRDD<Integer, Cell> pairs = cells.mapToPair(cell -> Tuple2.of(cell.number % Data.KEYS, cell));
            c.sameRows(
                    expected(c).stream().map(n -> Tuple2.of(n % Data.KEYS, n)),
                    pairs.groupByKey(2).flatMapValues(group -> numbers(group).iterator()));
            c.sameRows(
                    expected(c).stream().map(n -> Tuple2.of(n % Data.KEYS, n)),
                    pairs.sortByKey().mapValues(cell -> cell.number));
        }
    }

    private static void combined(Case c) {
        Map<Integer, Integer> sums = new HashMap<>();
        Map<Integer, Integer> largest = new HashMap<>();
        expected(c).forEach(n -> {
            sums.merge(n % Data.KEYS, n, Integer::sum);
            largest.merge(n % Data.KEYS, n, Math::max);
        });
        for (RDD<Cell> cells : someWays(c, 3)) {
            PairRDD<Integer, Cell> pairs = cells.mapToPair(cell -> Tuple2.of(cell.number % Data.KEYS, cell));
            c.sameRows(
                    Case.entries(sums),
                    pairs.reduceByKey(
                                    (sum, cell) -> {
                                        sum.number += cell.number;
                                        return sum;
                                    },
                                    2)
                            .mapValues(cell -> cell.number));
            c.sameRows(
                    Case.entries(largest),
                    pairs.reduceByKey((a, b) -> a.number < b.number ? b : a).mapValues(cell -> cell.number));
            Map<Integer, Integer> local = new HashMap<>();
            pairs.reduceByKeyLocally((a, b) -> a.number < b.number ? b : a)
                    .forEach((key, cell) -> local.put(key, cell.number));
            assertEquals(largest, local);
        }
    }

    private static void keys(Case c) {
        Map<Integer, Long> counts = new HashMap<>();
        expected(c).forEach(n -> counts.merge(n, 1L, Long::sum));
        for (RDD<Cell> cells : someWays(c, 2)) {
            c.sameRows(expected(c).stream().distinct(), cells.distinct().map(cell -> cell.number));
            Map<Integer, Long> counted = new HashMap<>();
            cells.countByValue().forEach((cell, count) -> counted.put(cell.number, count));
            assertEquals(counts, counted);
        }
    }

    private static void kept(Case c) {
        for (StorageLevel level : List.of(StorageLevel.MEMORY_ONLY, StorageLevel.DISK_ONLY)) {
            RDD<Cell> kept = cells(c, 2, 1).persist(level);
            c.sameOrder(expected(c).stream(), kept.map(cell -> cell.number));
            c.sameOrder(expected(c).stream(), kept.map(cell -> cell.number));
            kept.unpersist(true);
        }
    }

    private static void reduced(Case c) {
        for (RDD<Cell> cells : someWays(c, 3)) {
            if (expected(c).isEmpty()) {
                assertThrows(Exception.class, () -> cells.reduce((a, b) -> a));
            } else {
                assertEquals(
                        expected(c).stream().mapToInt(n -> n).max().getAsInt(),
                        cells.reduce((a, b) -> a.number < b.number ? b : a).number);
                assertEquals(
                        expected(c).stream().mapToInt(n -> n).sum(),
                        cells.treeReduce((a, b) -> {
                                    a.number += b.number;
                                    return a;
                                })
                                .number);
                assertEquals(
                        expected(c).stream().mapToInt(n -> n).min().getAsInt(),
                        cells.min(SerializableComparator.by(cell -> cell.number)).number);
            }
            assertEquals(
                    expected(c).stream().mapToLong(n -> n).sum(),
                    cells.aggregate(0L, (sum, cell) -> sum + cell.number, Long::sum));
        }
    }

    private static void least(Case c) {
        for (RDD<Cell> cells : someWays(c, 3)) {
            assertEquals(
                    expected(c).stream().sorted().limit(7).toList(),
                    numbers(cells.takeOrdered(7, SerializableComparator.by(cell -> cell.number)))
                            .toList());
            List<Integer> sample =
                    numbers(cells.takeSample(false, 1000)).sorted().toList();
            assertEquals(expected(c).stream().sorted().toList(), sample);
        }
    }

    private static void sideBySide(Case c) {
        List<Integer> few = expected(c).stream().limit(30).toList();
        RDD<Integer> rows = c.kindling().parallelize(few, 2);
        RDD<Cell> cells = rows.mapPartitions(r -> new Refilled(r, 1));
        c.sameRows(
                few.stream().flatMap(left -> few.stream().map(right -> Tuple2.of(left, right))),
                cells.cartesian(cells).map(pair -> Tuple2.of(pair._1().number, pair._2().number)));
        c.sameOrder(
                few.stream().map(n -> Tuple2.of(n, n)),
                cells.zip(cells).map(pair -> Tuple2.of(pair._1().number, pair._2().number)));
        c.sameOrder(
                IntStream.range(0, few.size()).mapToObj(i -> Tuple2.of(few.get(i), (long) i)),
                cells.zipWithIndex().mapToPair(pair -> Tuple2.of(pair._1().number, pair._2())));
    }

    private record ValuesInOneCell(Iterator<Tuple2<Integer, Integer>> pairs, Cell cell)
            implements Iterator<Tuple2<Integer, Cell>> {
        @Override
        public boolean hasNext() {
            return pairs.hasNext();
        }

        @Override
        public Tuple2<Integer, Cell> next() {
            Tuple2<Integer, Integer> pair = pairs.next();
            cell.number = pair._2();
            return Tuple2.of(pair._1(), cell);
        }
    }

    /** Sets that are placed already: their rows are grouped and sorted as their functions make them. */
    private static void grouped(Case c) {
        PairRDD<Integer, Integer> placed = c.rdd(2)
                .mapToPair(n -> Tuple2.of(numberOf(n) % Data.KEYS, numberOf(n)))
                .partitionBy(new dev.kindling.api.HashPartitioner(3));
        PairRDD<Integer, Cell> cells =
                placed.mapPartitionsToPair(pairs -> new ValuesInOneCell(pairs, new Cell()), true);
        Map<Integer, List<Integer>> groups = Case.grouped(placed.collect());
        c.sameRows(
                Case.entries(groups).map(entry -> Tuple2.of(entry._1(), Case.sorted(entry._2()))),
                cells.cogroup(cells).mapValues(both -> {
                    List<String> left = Case.sorted(numbers(both._1()).toList());
                    assertEquals(left, Case.sorted(numbers(both._2()).toList()));
                    return left;
                }));
        c.sameRows(
                placed.collect().stream(),
                cells.repartitionAndSortWithinPartitions(new dev.kindling.api.HashPartitioner(3))
                        .mapValues(cell -> cell.number));
    }

    private static void saved(Case c) {
        String path = c.newPath("cells");
        cells(c, 2, 2).saveAsObjectFile(path);
        c.sameRows(expected(c).stream(), c.kindling().<Cell>objectFile(path).map(cell -> cell.number));
        String text = c.newPath("text");
        c.rdd(2).map(new IntoOneBuilder()).saveAsTextFile(text);
        c.sameRows(expected(c).stream().map(Objects::toString), c.kindling().textFile(text));
    }

    private static final class IntoOneBuilder implements Function<Integer, StringBuilder> {
        private static final long serialVersionUID = 1L;

        private final StringBuilder text = new StringBuilder();

        @Override
        public StringBuilder call(Integer row) {
            text.setLength(0);
            return text.append(numberOf(row));
        }
    }
}
