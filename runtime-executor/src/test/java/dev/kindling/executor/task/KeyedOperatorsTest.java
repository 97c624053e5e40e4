package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grouping, combining, sorting and cogrouping give what plain collections give, whatever the rows and the memory. */
class KeyedOperatorsTest {
    /** A set of pairs to be tried, by a name that says what is special about it. */
    record Rows(String name, List<Tuple2<Object, Object>> pairs) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Rows rows(String name, int count, IntFunction<Object> key) {
        return new Rows(
                name,
                IntStream.range(0, count)
                        .mapToObj(i -> new Tuple2<>(key.apply(i), (Object) i))
                        .toList());
    }

    static Stream<Rows> inputs() {
        Random random = new Random(42);
        List<Object> strings = IntStream.range(0, 3000)
                .<Object>mapToObj(i -> Integer.toString(random.nextInt(900), 36) + "é".repeat(i % 3))
                .toList();
        return Stream.of(
                rows("empty", 0, i -> i),
                rows("one", 1, i -> i),
                rows("distinct", 4_000, i -> i),
                rows("few keys", 4_000, i -> i % 7),
                rows("random ints", 4_000, i -> random.nextInt(2_000) - 1_000),
                rows("reversed longs", 4_000, i -> 1_000_000_000_000L - i),
                rows("one key only", 4_000, i -> "the one"),
                rows("one giant key among many", 4_000, i -> i % 10 == 0 ? i : -1),
                rows("null keys", 3_000, i -> i % 3 == 0 ? null : i % 100),
                rows("strings", 3_000, i -> strings.get(i % strings.size())),
                rows("long strings", 2_000, i -> "a common beginning ".repeat(10) + i % 500),
                rows("strings with zeros and wide letters", 3_000, i -> "common be" + wild(random.nextInt(400))),
                rows("doubles", 3_000, i -> i % 50 == 0 ? Double.NaN : i % 2 == 0 ? -i / 8.0 : i / 16.0),
                rows("same hash", 1_000, i -> new SameHash(i % 100)),
                new Rows(
                        "texts of texts",
                        IntStream.range(0, 3_000)
                                .mapToObj(i -> new Tuple2<Object, Object>(strings.get(i), "value " + i))
                                .toList()),
                new Rows(
                        "null values",
                        IntStream.range(0, 3_000)
                                .mapToObj(i -> new Tuple2<Object, Object>(i % 40, i % 5 == 0 ? null : i))
                                .toList()));
    }

    private static String wild(int number) {
        return new StringBuilder("eginning")
                .append("\0".repeat(number % 3))
                .append((char) (number % 5 == 0 ? 0x100 + number : 0xfd + number % 3))
                .append(Integer.toString(number, 7))
                .append("\0".repeat(number % 2))
                .toString();
    }

    /** Keys that no cut by hash can part. */
    record SameHash(int number) implements Comparable<SameHash> {
        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public int compareTo(SameHash other) {
            return Integer.compare(number, other.number);
        }
    }

    private static final long DECODED_BYTES_PER_ROW = 80;

    /** Plenty, and a tenth of what the rows take. */
    static Stream<Arguments> inputsAndMemory() {
        return inputs().flatMap(rows -> {
            long bytes = Math.max(1, rows.pairs().size() * DECODED_BYTES_PER_ROW);
            return Stream.of(MiniCluster.PLENTY, bytes / 10).map(memory -> Arguments.of(rows, memory));
        });
    }

    private final MiniCluster cluster = new MiniCluster();

    private PlanNode shuffled(Rows rows, Partitioner by, int buckets, ReduceSide side) {
        List<Tuple2<Object, Object>> pairs = rows.pairs();
        int third = pairs.size() / 3;
        PlanNode source = cluster.slices(
                pairs.subList(0, third),
                List.of(),
                pairs.subList(third, 2 * third),
                pairs.subList(2 * third, pairs.size()));
        return cluster.shuffle(source, by, buckets, side);
    }

    private static Map<Object, List<Object>> valuesByKey(List<Tuple2<Object, Object>> pairs) {
        Map<Object, List<Object>> byKey = new HashMap<>();
        pairs.forEach(pair ->
                byKey.computeIfAbsent(pair._1(), key -> new ArrayList<>()).add(pair._2()));
        return byKey;
    }

    private static List<Object> inAnyOrder(List<?> values) {
        List<Object> sorted = new ArrayList<>(values);
        sorted.sort(Comparator.<Object>comparingInt(Objects::hashCode).thenComparing(String::valueOf));
        return sorted;
    }

    @ParameterizedTest
    @MethodSource("inputsAndMemory")
    void groupsHoldEveryValueOfTheirKeyAndNoOther(Rows rows, long memoryBytes) {
        PlanNode grouped = shuffled(rows, new HashPartitioner(2), 3, new ReduceSide.Groups());
        cluster.memory(memoryBytes);
        PlanNode copied = cluster.map(grouped, row -> {
            Iterable<?> group = (Iterable<?>) ((Tuple2<?, ?>) row)._2();
            List<Object> once = new ArrayList<>();
            group.forEach(once::add);
            List<Object> twice = new ArrayList<>();
            group.forEach(twice::add);
            assertEquals(once, twice, "a group is the same when it is walked again");
            assertEquals(once.size(), Groups.size(group));
            return new Tuple2<>(((Tuple2<?, ?>) row)._1(), once);
        });

        Map<Object, List<Object>> found = new HashMap<>();
        for (Object row : cluster.collect(copied)) {
            Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
            assertTrue(
                    found.put(pair._1(), inAnyOrder((List<?>) pair._2())) == null, "key " + pair._1() + " came twice");
        }

        Map<Object, List<Object>> expected = valuesByKey(rows.pairs());
        expected.replaceAll((key, values) -> inAnyOrder(values));
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @MethodSource("inputsAndMemory")
    void combiningGivesOneValueAKeyWhereverItIsDone(Rows rows, long memoryBytes) {
        Combiner count = new Combiner(
                value -> value == null ? 0L : 1L,
                (sum, value) -> (Long) sum + (value == null ? 0 : 1),
                (left, right) -> (Long) left + (Long) right);
        Map<Object, Object> expected = new HashMap<>();
        valuesByKey(rows.pairs())
                .forEach((key, values) -> expected.put(
                        key, values.stream().filter(Objects::nonNull).count()));
        cluster.memory(memoryBytes);

        for (boolean onMapSide : new boolean[] {false, true}) {
            PlanNode combined = shuffled(rows, new HashPartitioner(3), 2, new ReduceSide.Combined(count, onMapSide));
            List<Object> found = cluster.collect(combined);

            assertEquals(expected.size(), found.size());
            Map<Object, Object> byKey = new HashMap<>();
            found.forEach(row -> byKey.put(((Tuple2<?, ?>) row)._1(), ((Tuple2<?, ?>) row)._2()));
            assertEquals(expected, byKey, onMapSide ? "combined on the map side" : "combined on the reading side");
        }
    }

    @ParameterizedTest
    @MethodSource("inputsAndMemory")
    void sortingIsStableAndAgreesWithTheListSort(Rows rows, long memoryBytes) {
        Comparator<Object> own = Comparator.comparingInt(key -> Objects.hashCode(key) % 100);
        for (Comparator<Object> order : List.of(NaturalOrder.ASCENDING, NaturalOrder.DESCENDING, own)) {
            PlanNode sorted = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Sorted(order));
            cluster.memory(memoryBytes);

            List<Tuple2<Object, Object>> expected = new ArrayList<>(rows.pairs());
            expected.sort((left, right) -> order.compare(left._1(), right._1()));

            assertEquals(expected, cluster.collect(sorted));
        }
    }

    @ParameterizedTest
    @MethodSource("inputsAndMemory")
    void coGroupPutsTheGroupsOfAllParentsSideBySide(Rows rows, long memoryBytes) {
        for (int[] buckets : new int[][] {{2, 1, 4}, {3, 3, 3}}) {
            coGroup(rows, memoryBytes, buckets);
        }
    }

    /** With one number of buckets everywhere the children are read bucket by bucket, else row by row. */
    private void coGroup(Rows rows, long memoryBytes, int[] buckets) {
        HashPartitioner by = new HashPartitioner(2);
        List<Tuple2<Object, Object>> half = rows.pairs().stream()
                .filter(pair -> pair._2() instanceof Integer n && n % 2 == 0)
                .toList();
        List<Tuple2<Object, Object>> backwards = new ArrayList<>(rows.pairs());
        Collections.reverse(backwards);
        PlanNode coGrouped = cluster.coGroup(
                by,
                shuffled(rows, by, buckets[0], new ReduceSide.PairRows()),
                shuffled(new Rows("half", half), by, buckets[1], new ReduceSide.PairRows()),
                shuffled(new Rows("backwards", backwards), by, buckets[2], new ReduceSide.PairRows()));
        cluster.memory(memoryBytes);

        Map<Object, List<List<Object>>> found = new HashMap<>();
        PlanNode copied = cluster.map(coGrouped, row -> {
            List<List<Object>> groups = new ArrayList<>();
            for (Iterable<?> group : (Iterable<?>[]) ((Tuple2<?, ?>) row)._2()) {
                List<Object> values = new ArrayList<>();
                group.forEach(values::add);
                groups.add(inAnyOrder(values));
            }
            return new Tuple2<>(((Tuple2<?, ?>) row)._1(), groups);
        });
        for (Object row : cluster.collect(copied)) {
            Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
            @SuppressWarnings("unchecked")
            List<List<Object>> groups = (List<List<Object>>) pair._2();
            assertTrue(found.put(pair._1(), groups) == null, "key " + pair._1() + " came twice");
        }

        Map<Object, List<Object>> all = valuesByKey(rows.pairs());
        Map<Object, List<Object>> even = valuesByKey(half);
        Map<Object, List<List<Object>>> expected = new HashMap<>();
        all.forEach((key, values) -> expected.put(
                key, List.of(inAnyOrder(values), inAnyOrder(even.getOrDefault(key, List.of())), inAnyOrder(values))));
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void pairsArriveOnceInTheirPartition(Rows rows) {
        HashPartitioner by = new HashPartitioner(4);
        PlanNode pairs = shuffled(rows, by, 2, new ReduceSide.PairRows());

        List<Object> found = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
            for (Object row : cluster.collect(pairs, partition)) {
                assertEquals(partition, by.getPartition(((Tuple2<?, ?>) row)._1()));
                found.add(row);
            }
        }

        assertEquals(inAnyOrder(rows.pairs()), inAnyOrder(found));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void combinedListsThatGrowWithEveryRowAreStillWhole(Rows rows) {
        Combiner toList = new Combiner(
                value -> new ArrayList<>(Collections.singletonList(value)),
                (list, value) -> {
                    asList(list).add(value);
                    return list;
                },
                (left, right) -> {
                    asList(left).addAll(asList(right));
                    return left;
                });
        cluster.memory(200 << 10);
        PlanNode lists = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Combined(toList, true));

        Map<Object, List<Object>> found = new HashMap<>();
        cluster.collect(lists)
                .forEach(row -> found.put(((Tuple2<?, ?>) row)._1(), inAnyOrder(asList(((Tuple2<?, ?>) row)._2()))));

        Map<Object, List<Object>> expected = valuesByKey(rows.pairs());
        expected.replaceAll((key, values) -> inAnyOrder(values));
        assertEquals(expected, found);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> asList(Object list) {
        return (List<Object>) list;
    }

    @Test
    void groupingCutsAgainAndAgainUntilEveryPartFits() {
        Rows rows = rows("many keys and a giant one", 100_000, i -> i % 3 == 0 ? "giant" : "key " + i % 20_000);
        PlanNode grouped = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Groups());
        cluster.memory(300_000);

        Map<Object, Long> sizes = new HashMap<>();
        cluster.collect(cluster.map(grouped, row -> {
                    Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
                    return new Tuple2<>(pair._1(), Groups.size((Iterable<?>) pair._2()));
                }))
                .forEach(row -> sizes.put(((Tuple2<?, ?>) row)._1(), (Long) ((Tuple2<?, ?>) row)._2()));

        assertEquals(rows.pairs().stream().collect(Collectors.groupingBy(Tuple2::_1, Collectors.counting())), sizes);
        assertTrue(cluster.metrics().diskSpilled() > 0, "nothing was spilled");
        assertTrue(cluster.metrics().memorySpilled() > 0, "no memory became free");
        assertTrue(cluster.metrics().peakMemory() > 0, "no memory was counted");
        assertEquals(0, cluster.lastEnvironment().openScratchFiles());
    }

    @Test
    void keysThatShareTheirHashAreStillParted() {
        Rows rows = rows("same hash", 10_000, i -> new SameHash(i % 100));
        PlanNode grouped = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Groups());
        cluster.memory(1);

        List<Object> sizes =
                cluster.collect(cluster.map(grouped, row -> Groups.size((Iterable<?>) ((Tuple2<?, ?>) row)._2())));

        assertEquals(Collections.nCopies(100, 100L), sizes);
    }

    @Test
    void sortingMergesRunsInSeveralPassesWhenMemoryIsShort() {
        Random random = new Random(7);
        Rows rows = rows("random", 60_000, i -> random.nextInt(20_000));
        cluster.memory(1);
        PlanNode sorted = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Sorted(NaturalOrder.ASCENDING));

        List<Tuple2<Object, Object>> expected = new ArrayList<>(rows.pairs());
        expected.sort(Comparator.comparing(pair -> (Integer) pair._1()));
        assertEquals(expected, cluster.collect(sorted));
        assertTrue(cluster.metrics().diskSpilled() > 0, "nothing was spilled");
        assertTrue(cluster.metrics().memorySpilled() > 0, "no memory became free");
        assertEquals(0, cluster.lastEnvironment().openScratchFiles());
    }

    /** With plenty, with too little for the ranges that wait, and with too little for a range. */
    @ParameterizedTest
    @ValueSource(longs = {MiniCluster.PLENTY, 700_000, 1})
    void rangesOfAPartitionAreSortedOneAfterTheOther(long memoryBytes) {
        Random random = new Random(8);
        for (Comparator<Object> order : List.of(NaturalOrder.ASCENDING, NaturalOrder.DESCENDING)) {
            for (IntFunction<Object> keyOf : List.<IntFunction<Object>>of(
                    i -> random.nextInt(20_000), i -> i % 97 == 0 ? null : "key " + random.nextInt(20_000))) {
                Rows rows = rows("random", 60_000, keyOf);
                RangeBounds bounds = new RangeBounds(5, 1, order, false);
                Object[] keys = {keyOf.apply(1), keyOf.apply(2), keyOf.apply(3), keyOf.apply(4), keyOf.apply(5)};
                Arrays.sort(keys, order);
                bounds.resolve(new Object[0], new Object[][] {keys});
                cluster.memory(memoryBytes);
                PlanNode sorted = shuffled(rows, bounds, 8, new ReduceSide.Sorted(order));

                List<Tuple2<Object, Object>> expected = new ArrayList<>(rows.pairs());
                expected.sort((left, right) -> order.compare(left._1(), right._1()));
                assertEquals(expected, cluster.collect(sorted));
                assertEquals(memoryBytes < MiniCluster.PLENTY, cluster.metrics().diskSpilled() > 0);
                assertEquals(0, cluster.lastEnvironment().openScratchFiles());
            }
        }
    }

    @Test
    void mapOutputCombinedInPiecesForLackOfMemoryHasTheDigestOfTheWholeOne() {
        Combiner sum = new Combiner(
                value -> value,
                (left, right) -> (Integer) left + (Integer) right,
                (left, right) -> (Integer) left + (Integer) right);
        StageBody body = mapOutput(rows("ten times", 100_000, i -> i % 10_000), new ReduceSide.Combined(sum, true));

        TaskResult.MapWritten whole = written(body, MiniCluster.PLENTY);
        TaskResult.MapWritten pieces = written(body, 300_000);

        assertTrue(pieces.partitionBytes()[0] > whole.partitionBytes()[0], "it was not combined in pieces");
        assertEquals(whole.rowDigest(), pieces.rowDigest());
        assertEquals(whole.rowCount(), pieces.rowCount());
    }

    @Test
    void keysThatHardlyRepeatPassUncombinedForAWhile() {
        int different = 300_000;
        int alike = 100_000;
        Combiner count = new Combiner(value -> 1L, (sum, value) -> (Long) sum + 1, (a, b) -> (Long) a + (Long) b);
        ReduceSide side = new ReduceSide.Combined(count, true);
        IntFunction<Object> keyOf = i -> i < different ? i : different + i % 64;
        Rows many = rows("nearly all different", different + alike, keyOf);

        TaskResult.MapWritten withTail = written(mapOutput(many, side), MiniCluster.PLENTY);
        TaskResult.MapWritten without =
                written(mapOutput(rows("different", different, keyOf), side), MiniCluster.PLENTY);

        // Combined, the rows that repeat a key would be 64.
        assertTrue(
                withTail.partitionBytes()[0] > without.partitionBytes()[0] + alike / 4,
                () -> withTail.partitionBytes()[0] + " bytes, without them " + without.partitionBytes()[0]);
        long[] keys = new long[2];
        long[] found = new long[2];
        for (Object row : cluster.collect(shuffled(many, new HashPartitioner(1), 1, side))) {
            Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
            int isAlike = (Integer) pair._1() < different ? 0 : 1;
            found[isAlike] += (Long) pair._2();
            keys[isAlike]++;
        }
        assertArrayEquals(new long[] {different, alike}, found);
        assertArrayEquals(new long[] {different, 64}, keys);
    }

    private StageBody mapOutput(Rows rows, ReduceSide side) {
        return new StageBody(
                99, cluster.slices(rows.pairs()), new StageBody.Sink.MapOutput(99, new HashPartitioner(1), 1, side));
    }

    private TaskResult.MapWritten written(StageBody body, long memoryBytes) {
        cluster.memory(memoryBytes);
        return (TaskResult.MapWritten) ((TaskOutcome.Success) cluster.run(body, 0)).result();
    }

    @Test
    void combiningMoreKeysThanMemoryHoldsSpills() {
        Rows rows = rows("distinct twice", 80_000, i -> i % 40_000);
        Combiner sum = new Combiner(
                value -> ((Integer) value).longValue(),
                (total, value) -> (Long) total + (Integer) value,
                (left, right) -> (Long) left + (Long) right);
        PlanNode combined = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Combined(sum, false));
        cluster.memory(400_000);

        Map<Object, Object> found = new HashMap<>();
        cluster.collect(combined).forEach(row -> found.put(((Tuple2<?, ?>) row)._1(), ((Tuple2<?, ?>) row)._2()));

        Map<Object, Object> expected = new HashMap<>();
        rows.pairs()
                .forEach(pair -> expected.merge(
                        pair._1(), ((Integer) pair._2()).longValue(), (left, right) -> (Long) left + (Long) right));
        assertEquals(expected, found);
        assertTrue(cluster.metrics().diskSpilled() > 0, "nothing was spilled");
    }
}
