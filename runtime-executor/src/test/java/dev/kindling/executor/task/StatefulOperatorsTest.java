package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operators that hold rows against plain collections: any keys, values, order and partitions, with memory for all of the
 * rows, a third or a twentieth of them. Every seed is one case; {@code -Dkindling.test.seeds=1000} runs so many, and
 * {@code -Dkindling.test.firstSeed=77} begins with another one.
 */
class StatefulOperatorsTest {
    private static final int SEEDS = Integer.getInteger("kindling.test.seeds", 25);
    private static final int FIRST_SEED = Integer.getInteger("kindling.test.firstSeed", 1);
    private static final int[] TIMES_THE_GRANT = {1, 3, 20};

    private enum Operator {
        GROUP,
        COMBINE,
        COMBINE_TO_LISTS,
        CO_GROUP,
        SORT,
        SORT_WITHIN_PARTITIONS,
        CARTESIAN
    }

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS);
    }

    private final MiniCluster cluster = new MiniCluster();
    private Random random;
    private long grantBytes;
    private int times;
    private RandomRows rows;

    private void draw(long seed, Operator operator) {
        random = new Random(seed * 31 + operator.ordinal());
        grantBytes = 64_000 + random.nextInt(200_000);
        times = TIMES_THE_GRANT[random.nextInt(TIMES_THE_GRANT.length)];
        rows = new RandomRows(random, times * grantBytes);
        int batchRows = random.nextBoolean() ? 1024 : 1 + random.nextInt(300);
        cluster.settings(new TaskSettings("test", batchRows, 16 << 10, 1 << 20, 1L << 30, 1 << 20));
    }

    private String described(long seed) {
        return "seed " + seed + ": " + times + " x " + grantBytes + " bytes, " + rows;
    }

    private PlanNode shuffled(RandomRows of, HashPartitioner by, int buckets, ReduceSide side) {
        cluster.memory(MiniCluster.PLENTY);
        PlanNode source = cluster.slices(of.partitions());
        cluster.memory(grantBytes);
        return cluster.shuffle(source, by, buckets, side);
    }

    private HashPartitioner partitioner() {
        return new HashPartitioner(1 + random.nextInt(3));
    }

    private int buckets() {
        return 1 + random.nextInt(8);
    }

    /** Runs the tasks; each gives back all memory and files, and never had more than it was granted. */
    private List<Object> collect(PlanNode root) {
        List<Object> all = new ArrayList<>();
        for (int partition = 0; partition < root.partitionCount(); partition++) {
            all.addAll(cluster.collect(root, partition));
            assertEquals(0, cluster.lastEnvironment().memory().held(), "memory is not given back");
            assertEquals(0, cluster.lastEnvironment().openScratchFiles(), "files are left");
            assertTrue(cluster.lastEnvironment().memory().peak() <= grantBytes);
        }
        return all;
    }

    private static Tuple2<?, ?> pair(Object row) {
        return (Tuple2<?, ?>) row;
    }

    private static Map<Object, List<Object>> byKey(List<? extends Tuple2<?, ?>> pairs) {
        Map<Object, List<Object>> byKey = new HashMap<>();
        pairs.forEach(pair ->
                byKey.computeIfAbsent(pair._1(), key -> new ArrayList<>()).add(pair._2()));
        return byKey;
    }

    /** The same for values in any order. */
    private static long digestOf(Iterable<?> values) {
        long digest = 0;
        for (Object value : values) {
            long hash = Objects.hashCode(value);
            digest += (hash ^ hash >>> 15) * 0x9E3779B97F4A7C15L + 1;
        }
        return digest;
    }

    private static Map<Object, Long> digests(Map<Object, List<Object>> byKey) {
        Map<Object, Long> digests = new HashMap<>();
        byKey.forEach((key, values) -> digests.put(key, digestOf(values)));
        return digests;
    }

    private static <V> Map<Object, V> onceEach(List<Object> rows, Class<V> values) {
        Map<Object, V> found = new HashMap<>();
        for (Object row : rows) {
            boolean isNew = found.put(pair(row)._1(), values.cast(pair(row)._2())) == null;
            assertTrue(isNew, "a key came twice");
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void groupsAreWhole(long seed) {
        draw(seed, Operator.GROUP);
        PlanNode grouped = shuffled(rows, partitioner(), buckets(), new ReduceSide.Groups());

        List<Object> found = collect(cluster.map(grouped, row -> {
            Iterable<?> group = (Iterable<?>) pair(row)._2();
            long once = digestOf(group);
            assertEquals(once, digestOf(group), "a group is the same when it is walked again");
            assertEquals(Groups.stream(group).count(), Groups.size(group));
            return new Tuple2<>(pair(row)._1(), once);
        }));

        assertEquals(digests(byKey(rows.pairs)), onceEach(found, Long.class), () -> described(seed));
        requireSpillOf(20, seed);
    }

    /** Rows of so many times the grant cannot all have been in memory. */
    private void requireSpillOf(int manyTimes, long seed) {
        assertTrue(
                times < manyTimes || cluster.metrics().diskSpilled() > 0 || rows.pairs.size() <= 2_000,
                () -> "nothing was spilled: " + described(seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void valuesAreCombinedOnEitherSide(long seed) {
        draw(seed, Operator.COMBINE);
        Combiner count =
                new Combiner(value -> 1L, (sum, value) -> (Long) sum + 1, (left, right) -> (Long) left + (Long) right);
        PlanNode combined =
                shuffled(rows, partitioner(), buckets(), new ReduceSide.Combined(count, random.nextBoolean()));

        Map<Object, Long> expected = new HashMap<>();
        byKey(rows.pairs).forEach((key, values) -> expected.put(key, (long) values.size()));
        assertEquals(expected, onceEach(collect(combined), Long.class), () -> described(seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void combinedValuesThatGrowAreWhole(long seed) {
        draw(seed, Operator.COMBINE_TO_LISTS);
        // One key's list has to be in memory: that of the frequent ones is bounded by the drawn rows.
        RandomRows few = rows = new RandomRows(random, Math.min(times, 3) * grantBytes / 2);
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
        PlanNode lists = shuffled(few, partitioner(), buckets(), new ReduceSide.Combined(toList, random.nextBoolean()));
        grantBytes *= 4;
        cluster.memory(grantBytes);

        List<Object> found = collect(cluster.map(
                lists,
                row -> new Tuple2<>(
                        pair(row)._1(), digestOf((Iterable<?>) pair(row)._2()))));

        assertEquals(digests(byKey(few.pairs)), onceEach(found, Long.class), () -> described(seed));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> asList(Object list) {
        return (List<Object>) list;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void groupsOfTwoToFourParentsStandSideBySide(long seed) {
        draw(seed, Operator.CO_GROUP);
        HashPartitioner by = partitioner();
        int parents = 2 + random.nextInt(3);
        // Cut alike they are read bucket by bucket, else each to its end.
        int sameBuckets = random.nextBoolean() ? buckets() : 0;
        Random sameKeys = new Random(seed);
        List<Map<Object, List<Object>>> expected = new ArrayList<>();
        PlanNode[] sides = new PlanNode[parents];
        for (int parent = 0; parent < parents; parent++) {
            List<Tuple2<Object, Object>> some = new ArrayList<>(rows.pairs);
            some.removeIf(pair -> sameKeys.nextInt(3) == 0);
            expected.add(byKey(some));
            cluster.memory(MiniCluster.PLENTY);
            PlanNode source = cluster.slices(some);
            cluster.memory(grantBytes);
            sides[parent] =
                    cluster.shuffle(source, by, sameBuckets > 0 ? sameBuckets : buckets(), new ReduceSide.PairRows());
        }

        PlanNode coGrouped = cluster.map(cluster.coGroup(by, sides), row -> {
            long digest = 0;
            Iterable<?>[] groups = (Iterable<?>[]) pair(row)._2();
            for (int side = 0; side < groups.length; side++) {
                digest = 31 * digest + digestOf(groups[side]);
            }
            return new Tuple2<>(pair(row)._1(), digest);
        });

        Map<Object, Long> digests = new HashMap<>();
        for (Map<Object, List<Object>> side : expected) {
            side.keySet().forEach(key -> digests.put(key, 0L));
        }
        for (Map<Object, List<Object>> side : expected) {
            digests.replaceAll((key, digest) -> 31 * digest + digestOf(side.getOrDefault(key, List.of())));
        }
        assertEquals(digests, onceEach(collect(coGrouped), Long.class), () -> described(seed));
        requireSpillOf(20, seed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rowsAreSortedAndEqualKeysKeepTheirOrder(long seed) {
        draw(seed, Operator.SORT);
        List<Comparator<Object>> orders = List.of(
                NaturalOrder.ASCENDING,
                NaturalOrder.DESCENDING,
                Comparator.comparingInt(key -> Objects.hashCode(key) % 100));
        Comparator<Object> order = orders.get(random.nextInt(orders.size()));
        PlanNode sorted = shuffled(rows, new HashPartitioner(1), 1, new ReduceSide.Sorted(order));

        List<Tuple2<Object, Object>> expected = new ArrayList<>(rows.pairs);
        expected.sort((left, right) -> order.compare(left._1(), right._1()));
        assertEquals(expected, collect(sorted), () -> described(seed));
        requireSpillOf(3, seed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyPartitionIsSortedForItself(long seed) {
        draw(seed, Operator.SORT_WITHIN_PARTITIONS);
        HashPartitioner by = partitioner();
        PlanNode sorted = shuffled(rows, by, 1, new ReduceSide.Sorted(NaturalOrder.ASCENDING));

        for (int partition = 0; partition < by.numPartitions(); partition++) {
            int wanted = partition;
            List<Tuple2<Object, Object>> expected = new ArrayList<>(rows.pairs);
            expected.removeIf(pair -> by.getPartition(pair._1()) != wanted);
            expected.sort(Comparator.comparing(Tuple2::_1, NaturalOrder.ASCENDING));
            assertEquals(expected, cluster.collect(sorted, partition), () -> described(seed));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRowMeetsEveryOther(long seed) {
        draw(seed, Operator.CARTESIAN);
        List<Object> few = new ArrayList<>();
        int lefts = random.nextInt(4);
        for (int left = 0; left < lefts; left++) {
            few.add("left " + left);
        }
        cluster.memory(MiniCluster.PLENTY);
        PlanNode left = cluster.slices(few);
        PlanNode right = cluster.slices(rows.pairs);
        cluster.memory(grantBytes);

        List<Object> expected = new ArrayList<>();
        few.forEach(one -> rows.pairs.forEach(other -> expected.add(new Tuple2<>(one, other))));
        assertEquals(expected, collect(cluster.cartesian(left, right)), () -> described(seed));
    }
}
