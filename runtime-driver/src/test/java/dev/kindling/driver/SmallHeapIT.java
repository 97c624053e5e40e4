package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.serde.HeapSize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Executors of 64, 128 and 512 MB with two to four tasks at a time do what does not fit into them: each operator that
 * holds rows, over rows of many shapes that take once, three or twenty times what a task is granted. No executor is
 * lost, the result is the one of plain loops, and what is counted is compared with the heap. The table it prints is in
 * docs/testing.md.
 *
 * <p>A build runs some of the cases, always the same; {@code -Dheap.cases=all} runs all of them,
 * {@code -Dheap.cases='64 MB, 4 slots'} those with such a name.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallHeapIT {
    private static final int CASES_A_BUILD = 6;
    private static final long MIB = 1 << 20;

    /** The heap may hold so many times what is counted, and as much of the heap besides, for batches and buffers. */
    private static final double HEAP_PER_COUNTED = 1.5;

    private static final double UNCOUNTED_PART = 0.25;

    /** What pairs look like. */
    enum Shape {
        DISTINCT_LONGS,
        FOUR_ROWS_A_KEY,
        ALL_EQUAL,
        ONE_GIANT_KEY,
        REVERSED,
        STRINGS_AND_NULLS,
        LONG_STRINGS,
        USER_RECORDS,
        PACKED_LISTS,
        LARGE_ROWS,
        WIDE_ROWS;

        /** How many keys {@code rows} rows have. */
        int keyCount(int rows) {
            return switch (this) {
                case ALL_EQUAL -> 1;
                case FOUR_ROWS_A_KEY -> Math.max(1, rows / 4);
                case STRINGS_AND_NULLS, LONG_STRINGS -> Math.max(1, rows / 3);
                default -> rows;
            };
        }

        int keyNumber(int row, int rows) {
            return switch (this) {
                case ONE_GIANT_KEY -> row % 3 == 0 ? row : 0;
                case REVERSED -> rows - 1 - row;
                default -> row % keyCount(rows);
            };
        }

        Object key(int number) {
            return switch (this) {
                case STRINGS_AND_NULLS -> number == 0 ? null : "key-" + number;
                case LONG_STRINGS -> "a/path/that/is/like/the/others/".repeat(20) + number;
                case USER_RECORDS -> new Place("town " + number % 100, number);
                default -> (long) number * 3;
            };
        }

        Object value(int row) {
            return switch (this) {
                case STRINGS_AND_NULLS -> row % 5 == 0 ? null : "value-" + row;
                case LONG_STRINGS -> "v" + row;
                case USER_RECORDS -> new Visit(row, row * 0.5, List.of("page " + row % 9, "page"));
                case PACKED_LISTS -> new ArrayList<>(Collections.nCopies(200, 1_000L + row % 3));
                case LARGE_ROWS -> "x".repeat(400_000) + row;
                // Nearly the largest that may be written with four slots in 64 MB.
                case WIDE_ROWS -> "ж".repeat(240_000) + row;
                default -> "value-" + row;
            };
        }
    }

    record Place(String town, int number) implements Serializable, Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return Integer.compare(number, other.number);
        }
    }

    record Visit(int row, double seconds, List<String> pages) implements Serializable {}

    enum Operator {
        GROUP_BY_KEY,
        REDUCE_BY_KEY,
        COMBINE_TO_LISTS,
        COGROUP_2,
        COGROUP_4,
        JOIN,
        LEFT_OUTER_JOIN,
        RIGHT_OUTER_JOIN,
        FULL_OUTER_JOIN,
        JOIN_OF_GIANTS,
        SUBTRACT_BY_KEY,
        SORT_BY_KEY,
        SORT_BY_OWN_ORDER,
        SORT_WITHIN_PARTITIONS,
        DISTINCT,
        COLLECT
    }

    record Case(int heapMb, int slots, Operator operator, Shape shape, int times) {
        /** The share of one task of each slot: half of the old generation, in as many parts. */
        long grantBytes() {
            return heapMb * MIB * (heapMb >= 512 ? 40 : heapMb >= 128 ? 63 : 67) / 100 / 2 / slots;
        }

        /** So that each task gets {@code times} its grant. */
        int rows() {
            long bytes = 0;
            for (int row = 0; row < 64; row++) {
                bytes += HeapSize.of(Tuple2.of(shape.key(1_000 + row), shape.value(1_000 + row)));
            }
            return (int) Math.max(16, slots * times * grantBytes() * 64 / bytes);
        }

        @Override
        public String toString() {
            return heapMb + " MB, " + slots + " slots, " + operator + ", " + shape + ", " + times + " x";
        }
    }

    /** All cases, those of one cluster together. */
    private static List<Case> allCases() {
        return List.of(
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.FOUR_ROWS_A_KEY, 1),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.FOUR_ROWS_A_KEY, 20),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.ALL_EQUAL, 3),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.ONE_GIANT_KEY, 3),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.USER_RECORDS, 1),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.PACKED_LISTS, 3),
                new Case(64, 2, Operator.GROUP_BY_KEY, Shape.LARGE_ROWS, 3),
                new Case(64, 2, Operator.REDUCE_BY_KEY, Shape.DISTINCT_LONGS, 3),
                new Case(64, 2, Operator.REDUCE_BY_KEY, Shape.FOUR_ROWS_A_KEY, 20),
                new Case(64, 2, Operator.COMBINE_TO_LISTS, Shape.FOUR_ROWS_A_KEY, 3),
                new Case(64, 2, Operator.COGROUP_2, Shape.STRINGS_AND_NULLS, 3),
                new Case(64, 2, Operator.COGROUP_4, Shape.LONG_STRINGS, 3),
                new Case(64, 2, Operator.COGROUP_2, Shape.ALL_EQUAL, 3),
                new Case(64, 2, Operator.JOIN, Shape.ONE_GIANT_KEY, 3),
                new Case(64, 2, Operator.FULL_OUTER_JOIN, Shape.USER_RECORDS, 1),
                new Case(64, 2, Operator.JOIN_OF_GIANTS, Shape.LARGE_ROWS, 3),
                new Case(64, 2, Operator.SUBTRACT_BY_KEY, Shape.STRINGS_AND_NULLS, 3),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.DISTINCT_LONGS, 20),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.REVERSED, 1),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.ALL_EQUAL, 3),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.PACKED_LISTS, 3),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.LARGE_ROWS, 3),
                new Case(64, 2, Operator.SORT_BY_OWN_ORDER, Shape.LONG_STRINGS, 3),
                new Case(64, 2, Operator.SORT_WITHIN_PARTITIONS, Shape.USER_RECORDS, 3),
                new Case(64, 2, Operator.DISTINCT, Shape.STRINGS_AND_NULLS, 3),
                new Case(64, 2, Operator.COLLECT, Shape.USER_RECORDS, 3),
                new Case(64, 2, Operator.LEFT_OUTER_JOIN, Shape.FOUR_ROWS_A_KEY, 3),
                new Case(64, 2, Operator.LEFT_OUTER_JOIN, Shape.ONE_GIANT_KEY, 3),
                new Case(64, 2, Operator.RIGHT_OUTER_JOIN, Shape.FOUR_ROWS_A_KEY, 3),
                new Case(64, 2, Operator.RIGHT_OUTER_JOIN, Shape.ALL_EQUAL, 3),
                new Case(64, 2, Operator.FULL_OUTER_JOIN, Shape.LONG_STRINGS, 3),
                new Case(64, 2, Operator.FULL_OUTER_JOIN, Shape.ONE_GIANT_KEY, 3),
                new Case(64, 2, Operator.FULL_OUTER_JOIN, Shape.FOUR_ROWS_A_KEY, 20),
                new Case(64, 2, Operator.FULL_OUTER_JOIN, Shape.WIDE_ROWS, 3),
                new Case(64, 2, Operator.DISTINCT, Shape.DISTINCT_LONGS, 20),
                new Case(64, 2, Operator.DISTINCT, Shape.LONG_STRINGS, 20),
                new Case(64, 2, Operator.DISTINCT, Shape.USER_RECORDS, 20),
                new Case(64, 2, Operator.SORT_BY_KEY, Shape.WIDE_ROWS, 20),
                new Case(64, 3, Operator.GROUP_BY_KEY, Shape.STRINGS_AND_NULLS, 3),
                new Case(64, 3, Operator.SORT_BY_KEY, Shape.REVERSED, 3),
                new Case(64, 3, Operator.FULL_OUTER_JOIN, Shape.USER_RECORDS, 3),
                new Case(64, 3, Operator.DISTINCT, Shape.FOUR_ROWS_A_KEY, 20),
                new Case(64, 4, Operator.GROUP_BY_KEY, Shape.WIDE_ROWS, 3),
                new Case(64, 4, Operator.SORT_BY_KEY, Shape.WIDE_ROWS, 3),
                new Case(64, 4, Operator.FULL_OUTER_JOIN, Shape.WIDE_ROWS, 3),
                new Case(64, 4, Operator.COGROUP_4, Shape.WIDE_ROWS, 3),
                new Case(64, 4, Operator.JOIN, Shape.ONE_GIANT_KEY, 3),
                new Case(64, 4, Operator.JOIN_OF_GIANTS, Shape.LARGE_ROWS, 3),
                new Case(64, 4, Operator.REDUCE_BY_KEY, Shape.DISTINCT_LONGS, 20),
                new Case(128, 2, Operator.GROUP_BY_KEY, Shape.ONE_GIANT_KEY, 3),
                new Case(128, 2, Operator.SORT_BY_KEY, Shape.LARGE_ROWS, 3),
                new Case(128, 2, Operator.COGROUP_4, Shape.STRINGS_AND_NULLS, 1),
                new Case(128, 3, Operator.SORT_WITHIN_PARTITIONS, Shape.USER_RECORDS, 3),
                new Case(128, 4, Operator.FULL_OUTER_JOIN, Shape.LONG_STRINGS, 3),
                new Case(128, 4, Operator.GROUP_BY_KEY, Shape.LARGE_ROWS, 3),
                new Case(128, 4, Operator.DISTINCT, Shape.DISTINCT_LONGS, 20),
                new Case(512, 2, Operator.GROUP_BY_KEY, Shape.PACKED_LISTS, 3),
                new Case(512, 2, Operator.SORT_BY_KEY, Shape.DISTINCT_LONGS, 1),
                new Case(512, 3, Operator.LEFT_OUTER_JOIN, Shape.USER_RECORDS, 1));
    }

    /** All when asked for, else as many as a build has time for, of all sizes and operators. */
    static Stream<Case> cases() {
        List<Case> all = allCases();
        String asked = System.getProperty("heap.cases");
        if (asked != null) {
            return all.stream().filter(c -> asked.equals("all") || c.toString().contains(asked));
        }
        List<Case> drawn = new ArrayList<>(all);
        Collections.shuffle(drawn, new Random(CASES_A_BUILD));
        return drawn.subList(0, CASES_A_BUILD).stream().sorted(Comparator.comparing(all::indexOf));
    }

    // ---- clusters and what they say ---------------------------------------------------------------------------------

    /** Heap and slots of {@link #cluster}. */
    private static String clusterIs = "";

    private static KindlingContext cluster;
    private static final List<String> TABLE = new ArrayList<>();
    private static final AtomicLong SPILLED = new AtomicLong();
    private static final AtomicLong PEAK = new AtomicLong();
    private static final AtomicInteger JOBS_ENDED = new AtomicInteger();
    /** Why each went, in the words of the event. */
    private static final List<String> EXECUTORS_LOST = new CopyOnWriteArrayList<>();

    /** One of this heap and so many slots; the one before it is closed when it was another. */
    private static KindlingContext cluster(int heapMb, int slots) {
        String wanted = "local-cluster[1," + slots + "," + heapMb + "]";
        if (!wanted.equals(clusterIs)) {
            closeCluster();
            cluster =
                    new KindlingContext(wanted, "small heap", new KindlingConf().set("kindling.task.maxFailures", "1"));
            cluster.addListener(new Watcher());
            clusterIs = wanted;
        }
        return cluster;
    }

    private static void closeCluster() {
        if (cluster != null) {
            cluster.close();
            cluster = null;
            clusterIs = "";
        }
    }

    private static final class Watcher implements KindlingListener {
        @Override
        public void onTaskEnd(Event.TaskEnd e) {
            SPILLED.addAndGet(e.metrics().diskSpilled());
            PEAK.accumulateAndGet(e.metrics().peakMemory(), Math::max);
        }

        @Override
        public void onJobEnd(Event.JobEnd e) {
            JOBS_ENDED.incrementAndGet();
        }

        @Override
        public void onExecutorRemoved(Event.ExecutorRemoved e) {
            EXECUTORS_LOST.add(e.id() + ": " + e.reason());
        }
    }

    @AfterAll
    static void closeAndPrint() {
        closeCluster();
        System.out.println(Surroundings.describe());
        System.out.println("| heap | slots | operator | rows | x grant | row count | spilled | counted at most, a task"
                + " | heap after collection | resident, at most | seconds |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        TABLE.forEach(System.out::println);
        assertEquals(List.of(), Leftovers.processes(), "processes");
    }

    /** Waits until the listener has heard of all that has happened: events come behind their jobs. */
    private static void awaitEvents(KindlingContext kindling) throws InterruptedException {
        int before = JOBS_ENDED.get();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        assertEquals(1, kindling.range(0, 1, 1, 1).count());
        while (JOBS_ENDED.get() <= before && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertTrue(JOBS_ENDED.get() > before, "the end of a job was not heard of");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resultIsRightAndTheHeapIsWhatWasCounted(Case c) throws InterruptedException {
        KindlingContext kindling = cluster(c.heapMb(), c.slots());
        int rows = c.rows();
        long baseline = kindling.range(0, 1, 1, 1).map(n -> HeapProbe.start()).first();
        awaitEvents(kindling);
        SPILLED.set(0);
        PEAK.set(0);
        EXECUTORS_LOST.clear();
        long start = System.nanoTime();

        long digest = run(kindling, c, rows);

        double seconds = (System.nanoTime() - start) / 1e9;
        long[] memory = kindling.range(0, 1, 1, 1).map(n -> HeapProbe.report()).first();
        awaitEvents(kindling);
        long used = Math.max(0, memory[0] - baseline);
        TABLE.add(String.format(
                "| %d | %d | %s | %s | %d | %,d | %.1f | %.1f | %.1f | %.0f | %.1f |",
                c.heapMb(),
                c.slots(),
                c.operator(),
                c.shape(),
                c.times(),
                rows,
                mib(SPILLED.get()),
                mib(PEAK.get()),
                mib(used),
                mib(memory[2]),
                seconds));
        assertEquals(expected(c.operator(), c.shape(), rows), digest);
        assertEquals(List.of(), EXECUTORS_LOST, "executors were lost");
        double allowed = HEAP_PER_COUNTED * c.slots() * PEAK.get() + UNCOUNTED_PART * c.heapMb() * MIB;
        assertTrue(used <= allowed, "heap used " + mib(used) + " MiB, counted a task " + mib(PEAK.get()) + " MiB");
    }

    private static double mib(long bytes) {
        return (double) bytes / MIB;
    }

    // ---- digests: sums, so that order does not matter ---------------------------------------------------------------

    // What an outer join has in place of a row that is not there.
    private static final int NO_LEFT = 5;
    private static final int NO_RIGHT = 3;

    private static long mix(long a, long b) {
        long mixed = (a * 31 + b ^ a >>> 17) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    private static long ofPair(Object key, Object value) {
        return mix(Objects.hashCode(key), Objects.hashCode(value));
    }

    private static long ofValues(Object key, Iterable<?> values) {
        long sum = 0;
        for (Object value : values) {
            sum += ofPair(key, value);
        }
        return sum;
    }

    private static long ofSizes(long left, long right) {
        return mix(left, right) + 7;
    }

    private static long ofLeft(Object key, Optional<Object> left) {
        return left.map(value -> ofPair(key, value)).orElse((long) NO_LEFT);
    }

    private static int hashOf(Optional<Object> right) {
        return right.map(Object::hashCode).orElse(NO_RIGHT);
    }

    /** Sums up a partition and looks at the heap on the way. */
    private static <T> Iterator<Long> sum(Iterator<T> rows, dev.kindling.api.function.Function<T, Long> digest)
            throws Exception {
        long sum = 0;
        for (long count = 1; rows.hasNext(); count++) {
            T row = rows.next();
            // The first rows come when most is held; the others for what grows.
            if (count == 1 || count == 500 || count == 50_000) {
                HeapProbe.look();
            }
            sum += digest.call(row);
        }
        return List.of(sum).iterator();
    }

    private static <T> long digest(RDD<T> rows, dev.kindling.api.function.Function<T, Long> digest) {
        return rows.<Long>mapPartitions(partition -> sum(partition, digest)).reduce(Long::sum);
    }

    // ---- the operators ----------------------------------------------------------------------------------------------

    private static PairRDD<Object, Object> pairs(KindlingContext kindling, Shape shape, int rows) {
        int looks = Math.max(1, rows / 3);
        return kindling.range(0, rows, 1, 4).mapToPair(n -> {
            int row = Math.toIntExact(n);
            if (row % looks == looks - 1) {
                HeapProbe.look();
            }
            return new Tuple2<>(shape.key(shape.keyNumber(row, rows)), shape.value(row));
        });
    }

    /** One value for every second key, and for a hundred keys that are not on the left. */
    private static PairRDD<Object, Object> others(KindlingContext kindling, Shape shape, int rows) {
        int keys = shape.keyCount(rows);
        return kindling.range(0, keys + 100, 1, 2)
                .filter(n -> n % 2 == 0 || n >= keys)
                .mapToPair(n -> new Tuple2<>(shape.key(Math.toIntExact(n)), (Object) ("other " + n)));
    }

    private static final int GIANT_RIGHT = 6;

    private static long run(KindlingContext kindling, Case c, int rows) {
        Shape shape = c.shape();
        int tasks = c.slots();
        PairRDD<Object, Object> left = pairs(kindling, shape, rows);
        return switch (c.operator()) {
            case GROUP_BY_KEY ->
                digest(left.groupByKey(tasks), row -> ofValues(row._1(), row._2()) + ofSizes(Groups.size(row._2()), 0));
            case REDUCE_BY_KEY ->
                digest(left.mapValues(value -> 1L).reduceByKey(Long::sum, tasks), row -> ofPair(row._1(), row._2()));
            case COMBINE_TO_LISTS ->
                digest(
                        left.<List<Object>>combineByKey(
                                value -> new ArrayList<>(Collections.singletonList(value)),
                                SmallHeapIT::append,
                                SmallHeapIT::appendAll,
                                tasks),
                        row -> ofValues(row._1(), row._2()));
            case COGROUP_2 ->
                digest(
                        left.cogroup(others(kindling, shape, rows), tasks),
                        row -> ofValues(row._1(), row._2()._1())
                                + ofSizes(
                                        Groups.size(row._2()._1()),
                                        Groups.size(row._2()._2())));
            case COGROUP_4 -> {
                PairRDD<Object, Object> other = others(kindling, shape, rows);
                yield digest(
                        left.cogroup(other, other, other, tasks),
                        row -> ofValues(row._1(), row._2()._1())
                                + ofSizes(
                                        Groups.size(row._2()._1()),
                                        Groups.size(row._2()._4())));
            }
            case JOIN ->
                digest(
                        left.join(others(kindling, shape, rows), tasks),
                        row -> mix(
                                ofPair(row._1(), row._2()._1()), row._2()._2().hashCode()));
            case LEFT_OUTER_JOIN ->
                digest(
                        left.leftOuterJoin(others(kindling, shape, rows), tasks),
                        row -> mix(
                                ofPair(row._1(), row._2()._1()), hashOf(row._2()._2())));
            case RIGHT_OUTER_JOIN ->
                digest(
                        left.rightOuterJoin(others(kindling, shape, rows), tasks),
                        row -> mix(
                                ofLeft(row._1(), row._2()._1()), row._2()._2().hashCode()));
            case FULL_OUTER_JOIN ->
                digest(
                        left.fullOuterJoin(others(kindling, shape, rows), tasks),
                        row -> mix(
                                ofLeft(row._1(), row._2()._1()), hashOf(row._2()._2())));
            case JOIN_OF_GIANTS -> {
                PairRDD<Integer, Object> giant = left.mapToPair((key, value) -> new Tuple2<>(1, value));
                PairRDD<Integer, Object> other = kindling.range(0, GIANT_RIGHT, 1, 2)
                        .mapToPair(n -> new Tuple2<>(1, shape.value(Math.toIntExact(n))));
                yield digest(
                        giant.join(other, tasks),
                        row -> mix(row._2()._1().hashCode(), row._2()._2().hashCode()));
            }
            case SUBTRACT_BY_KEY ->
                digest(left.subtractByKey(others(kindling, shape, rows), tasks), row -> ofPair(row._1(), row._2()));
            case SORT_BY_KEY -> sorted(left.sortByKey(true, tasks), Comparator.comparing(SmallHeapIT::comparable));
            case SORT_BY_OWN_ORDER -> sorted(left.sortByKey(new ByHash(), true, tasks), new ByHash());
            case SORT_WITHIN_PARTITIONS ->
                sorted(
                        left.repartitionAndSortWithinPartitions(new HashPartitioner(tasks)),
                        Comparator.comparing(SmallHeapIT::comparable));
            case DISTINCT -> digest(left.keys().distinct(tasks), key -> ofPair(key, 1));
            case COLLECT -> {
                long sum = 0;
                for (Tuple2<Object, Object> row : left.coalesce(tasks).collect()) {
                    sum += ofPair(row._1(), row._2());
                }
                yield sum;
            }
        };
    }

    private static List<Object> append(List<Object> list, Object value) {
        list.add(value);
        return list;
    }

    private static List<Object> appendAll(List<Object> list, List<Object> more) {
        list.addAll(more);
        return list;
    }

    @SuppressWarnings("unchecked")
    private static Comparable<Object> comparable(Object key) {
        return (Comparable<Object>) key;
    }

    private static final class ByHash implements Comparator<Object>, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public int compare(Object left, Object right) {
            return Integer.compare(left.hashCode(), right.hashCode());
        }
    }

    private static long sorted(PairRDD<Object, Object> rows, Comparator<Object> order) {
        boolean isByHash = order instanceof ByHash;
        return rows.<Long>mapPartitions(
                        partition -> sum(inOrder(partition, isByHash), row -> ofPair(row._1(), row._2())))
                .reduce(Long::sum);
    }

    private static Iterator<Tuple2<Object, Object>> inOrder(Iterator<Tuple2<Object, Object>> rows, boolean isByHash) {
        Comparator<Object> order = isByHash ? new ByHash() : Comparator.comparing(SmallHeapIT::comparable);
        return new Iterator<>() {
            private Object last;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Tuple2<Object, Object> next() {
                Tuple2<Object, Object> row = rows.next();
                if (last != null && order.compare(last, row._1()) > 0) {
                    throw new IllegalStateException("rows are out of order");
                }
                last = row._1();
                return row;
            }
        };
    }

    // ---- the same by plain loops ------------------------------------------------------------------------------------

    private static long expected(Operator operator, Shape shape, int rows) {
        int keys = shape.keyCount(rows);
        int[] counts = new int[keys];
        long sum = 0;
        long giantRows = 0;
        for (int row = 0; row < rows; row++) {
            int number = shape.keyNumber(row, rows);
            counts[number]++;
            Object key = shape.key(number);
            Object value =
                    operator == Operator.REDUCE_BY_KEY || operator == Operator.DISTINCT ? null : shape.value(row);
            boolean hasOther = number % 2 == 0;
            sum += switch (operator) {
                case GROUP_BY_KEY,
                        COMBINE_TO_LISTS,
                        COGROUP_2,
                        COGROUP_4,
                        SORT_BY_KEY,
                        SORT_BY_OWN_ORDER,
                        SORT_WITHIN_PARTITIONS,
                        COLLECT -> ofPair(key, value);
                case SUBTRACT_BY_KEY -> hasOther ? 0 : ofPair(key, value);
                case JOIN, RIGHT_OUTER_JOIN -> hasOther ? mix(ofPair(key, value), ("other " + number).hashCode()) : 0;
                case LEFT_OUTER_JOIN, FULL_OUTER_JOIN ->
                    mix(ofPair(key, value), hasOther ? ("other " + number).hashCode() : NO_RIGHT);
                case JOIN_OF_GIANTS -> {
                    for (int right = 0; right < GIANT_RIGHT; right++) {
                        giantRows += mix(value.hashCode(), shape.value(right).hashCode());
                    }
                    yield 0;
                }
                case REDUCE_BY_KEY, DISTINCT -> 0;
            };
        }
        return sum + giantRows + ofKeys(operator, shape, counts);
    }

    private static long ofKeys(Operator operator, Shape shape, int[] counts) {
        long sum = 0;
        for (int number = 0; number < counts.length + 100; number++) {
            boolean isLeft = number < counts.length && counts[number] > 0;
            int count = isLeft ? counts[number] : 0;
            boolean isRight = number % 2 == 0 || number >= counts.length;
            sum += switch (operator) {
                case GROUP_BY_KEY -> isLeft ? ofSizes(count, 0) : 0;
                case REDUCE_BY_KEY -> isLeft ? ofPair(shape.key(number), (long) count) : 0;
                case DISTINCT -> isLeft ? ofPair(shape.key(number), 1) : 0;
                case COGROUP_2, COGROUP_4 -> isLeft || isRight ? ofSizes(count, isRight ? 1 : 0) : 0;
                case RIGHT_OUTER_JOIN, FULL_OUTER_JOIN ->
                    isRight && !isLeft ? mix(NO_LEFT, ("other " + number).hashCode()) : 0;
                default -> 0;
            };
        }
        return sum;
    }

    // ---- what cannot be done is said --------------------------------------------------------------------------------

    @Test
    void rowThatNoTaskCanHandleIsRefusedInASentence() {
        KindlingContext kindling = cluster(64, 2);
        EXECUTORS_LOST.clear();

        KindlingException refusal = assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 4, 1, 2)
                        .mapToPair(n -> Tuple2.of(n, "x".repeat(6 << 20)))
                        .groupByKey(2)
                        .count());

        assertEquals(ErrorCode.OUT_OF_RESOURCES, refusal.code(), refusal.getMessage());
        assertTrue(refusal.getMessage().startsWith("one row takes more than"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("kindling.executor.memory"), refusal.getMessage());
        // What the process has measured is what its launcher meant.
        assertTrue(refusal.getMessage().contains("22 MiB are counted pages"), refusal.getMessage());
        assertEquals(List.of(), EXECUTORS_LOST);
    }

    @Test
    void combinedValueThatOutgrowsItsTaskIsRefusedInASentence() {
        KindlingContext kindling = cluster(64, 2);
        EXECUTORS_LOST.clear();

        KindlingException refusal = assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 2_000_000, 1, 2)
                        .mapToPair(n -> Tuple2.of(1, (Object) ("value " + n)))
                        .<List<Object>>combineByKey(
                                value -> new ArrayList<>(Collections.singletonList(value)),
                                SmallHeapIT::append,
                                SmallHeapIT::appendAll,
                                2)
                        .count());

        assertEquals(ErrorCode.OUT_OF_RESOURCES, refusal.code(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("kindling.executor.memory"), refusal.getMessage());
        assertEquals(List.of(), EXECUTORS_LOST);
    }

    @Test
    void intermediateRowsMayBeLargeAsLongAsEachFits() {
        long length = cluster(64, 2)
                .range(0, 300, 1, 2)
                .map(n -> "x".repeat(1 << 20) + n)
                .flatMap(text -> List.of(text, text.substring(1)).iterator())
                .map(text -> (long) text.length())
                .reduce(Long::sum);

        long expected = 0;
        for (int n = 0; n < 300; n++) {
            expected += 2 * ((1 << 20) + Integer.toString(n).length()) - 1;
        }
        assertEquals(expected, length);
    }
}
