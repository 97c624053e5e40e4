package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.contract.ReusedRowContracts.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Functions that change the rows they are given, as no function should: each is given rows as they were made, on threads
 * of the driver as in processes, whoever else reads them, before or at the same time.
 */
final class ChangedRowContracts {
    private ChangedRowContracts() {}

    static final List<Contract> ALL = List.of(
            Contract.of(ChangedRowContracts::ofTheProgram, "RDD.map(Function)"),
            Contract.of(ChangedRowContracts::seen, "RDD.foreach(VoidFunction)"),
            Contract.of(ChangedRowContracts::answered, "RDD.collect()"),
            Contract.of(ChangedRowContracts::kept, "RDD.map(Function)"),
            Contract.of(ChangedRowContracts::sideBySide, "RDD.zip(RDD)"),
            Contract.of(ChangedRowContracts::oneAfterTheOther, "RDD.union(RDD)"),
            Contract.of(ChangedRowContracts::grouped, "PairRDD.groupByKey()"),
            Contract.of(ChangedRowContracts::combined, "PairRDD.reduceByKey(Function2)"),
            Contract.of(ChangedRowContracts::reduced, "RDD.reduce(Function2)"),
            Contract.of(ChangedRowContracts::folded, "RDD.aggregate(Object,Function2,Function2)"));

    private static final int CHANGE = 1_000;

    private static Cell cell(int number) {
        Cell cell = new Cell();
        cell.number = number;
        return cell;
    }

    private static Cell changed(Cell cell) {
        cell.number += CHANGE;
        return cell;
    }

    /** The first cell grows. */
    private static Cell added(Cell one, Cell other) {
        one.number += other.number;
        return one;
    }

    private static List<Integer> rows(Case c) {
        return c.stream().map(row -> row == null ? -1 : row).toList();
    }

    private static List<Integer> plusChange(List<Integer> rows) {
        return rows.stream().map(row -> row + CHANGE).toList();
    }

    private static List<Cell> cells(Case c) {
        return rows(c).stream().map(ChangedRowContracts::cell).toList();
    }

    private static List<Integer> numbers(Iterable<Cell> cells) {
        return StreamSupport.stream(cells.spliterator(), false)
                .map(cell -> cell.number)
                .toList();
    }

    private static void ofTheProgram(Case c) {
        List<Cell> own = cells(c);
        RDD<Cell> cells = c.kindling().parallelize(own, 3);

        for (int time = 0; time < 2; time++) {
            assertEquals(
                    plusChange(rows(c)),
                    numbers(cells.map(ChangedRowContracts::changed).collect()));
        }
        assertEquals(rows(c), numbers(cells.collect()));
        assertEquals(rows(c), numbers(own), "the program's own list");
    }

    private static void seen(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);

        cells.foreach(ChangedRowContracts::changed);

        assertEquals(rows(c), numbers(cells.collect()));
    }

    private static void answered(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);

        cells.collect().forEach(ChangedRowContracts::changed);

        assertEquals(rows(c), numbers(cells.collect()));
    }

    private static void kept(Case c) {
        for (StorageLevel level : List.of(StorageLevel.MEMORY_ONLY, StorageLevel.DISK_ONLY)) {
            RDD<Cell> cells = c.kindling().parallelize(rows(c), 3).map(ChangedRowContracts::cell);
            cells.persist(level);
            // The first time while it is kept, then from what is.
            for (int time = 0; time < 3; time++) {
                assertEquals(
                        plusChange(rows(c)),
                        numbers(cells.map(ChangedRowContracts::changed).collect()));
            }
            assertEquals(rows(c), numbers(cells.collect()));
            cells.unpersist();
        }
    }

    private static void sideBySide(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);

        List<Tuple2<Cell, Cell>> pairs =
                cells.zip(cells.map(ChangedRowContracts::changed)).collect();

        assertEquals(rows(c), numbers(pairs.stream().map(Tuple2::_1).toList()));
        assertEquals(plusChange(rows(c)), numbers(pairs.stream().map(Tuple2::_2).toList()));
    }

    private static void oneAfterTheOther(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);

        List<Cell> both = cells.map(ChangedRowContracts::changed).union(cells).collect();

        List<Integer> expected = new ArrayList<>(plusChange(rows(c)));
        expected.addAll(rows(c));
        assertEquals(expected, numbers(both));
    }

    private static PairRDD<Integer, Cell> byKey(Case c) {
        return c.kindling().parallelize(rows(c), 3).mapToPair(row -> Tuple2.of(row % Data.KEYS, cell(row)));
    }

    private static Map<Integer, List<Integer>> rowsByKey(Case c) {
        return Case.grouped(
                rows(c).stream().map(row -> Tuple2.of(row % Data.KEYS, row)).toList());
    }

    /** Twice, of one shuffle; the second time the values are asked for again. */
    private static void grouped(Case c) {
        PairRDD<Integer, Iterable<Cell>> groups = byKey(c).groupByKey(2);
        Stream<Tuple2<Integer, List<String>>> expected =
                Case.entries(rowsByKey(c)).map(group -> Tuple2.of(group._1(), Case.sorted(plusChange(group._2()))));
        List<Tuple2<Integer, List<String>>> once = expected.toList();

        for (int time = 0; time < 2; time++) {
            c.sameRows(once.stream(), groups.map((key, group) -> {
                List<Integer> numbers = new ArrayList<>();
                group.forEach(cell -> numbers.add(changed(cell).number));
                return Tuple2.of(key, Case.sorted(numbers));
            }));
        }
    }

    private static void combined(Case c) {
        PairRDD<Integer, Cell> pairs = byKey(c).persist(StorageLevel.MEMORY_ONLY);
        List<Tuple2<Integer, Integer>> expected = Case.entries(rowsByKey(c))
                .map(group -> Tuple2.of(
                        group._1(),
                        group._2().stream().mapToInt(Integer::intValue).sum()))
                .toList();

        for (int time = 0; time < 2; time++) {
            c.sameRows(
                    expected.stream(),
                    pairs.reduceByKey(ChangedRowContracts::added, 2).map((key, sum) -> Tuple2.of(key, sum.number)));
            c.sameRows(
                    expected.stream(),
                    pairs.foldByKey(new Cell(), 2, ChangedRowContracts::added)
                            .map((key, sum) -> Tuple2.of(key, sum.number)));
            c.sameRows(
                    expected.stream(),
                    pairs.aggregateByKey(new Cell(), 2, ChangedRowContracts::added, ChangedRowContracts::added)
                            .map((key, sum) -> Tuple2.of(key, sum.number)));
        }
        pairs.unpersist();
    }

    private static void reduced(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);

        for (int time = 0; time < 2 && !rows(c).isEmpty(); time++) {
            assertEquals(
                    rows(c).stream().mapToInt(Integer::intValue).sum(),
                    cells.reduce(ChangedRowContracts::added).number);
        }
        assertEquals(rows(c), numbers(cells.collect()));
    }

    private static void folded(Case c) {
        RDD<Cell> cells = c.kindling().parallelize(cells(c), 3);
        int sum = rows(c).stream().mapToInt(Integer::intValue).sum();
        Cell zero = new Cell();
        List<Function<Cell, Cell>> ways = List.of(
                from -> cells.fold(from, ChangedRowContracts::added),
                from -> cells.aggregate(from, ChangedRowContracts::added, ChangedRowContracts::added),
                from -> cells.treeAggregate(from, ChangedRowContracts::added, ChangedRowContracts::added));

        for (Function<Cell, Cell> way : ways) {
            for (int time = 0; time < 2; time++) {
                assertEquals(sum, way.apply(zero).number);
            }
        }
        assertEquals(0, zero.number, "the program's own zero");
        assertEquals(rows(c), numbers(cells.collect()));
    }
}
