package dev.kindling.driver.sim;

import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Persisted sets over some sets of rows: one above a shuffle, one made of it, a shuffle above both, read again and
 * again, now one of them, now both; let go of and kept anew. What comes is compared with a sequential computation.
 *
 * <p>Or, where the rows are dealt otherwise by every attempt, a persisted set above such a shuffle: its partitions must
 * never be of different deals.
 */
final class CachedPrograms {
    private static final int MAX_PARTITIONS = 6;
    private static final int SETS_OF_ROWS = 6;
    private static final int MAX_ROWS = 400;
    private static final int MAX_KEYS = 40;

    private static final ConcurrentHashMap<Integer, PlannedProgram> PLANNED = new ConcurrentHashMap<>();
    private static final ConcurrentHashMap<Integer, PlannedProgram> PLANNED_DEALT = new ConcurrentHashMap<>();

    private CachedPrograms() {}

    static PlannedProgram drawnBy(SplittableRandom random, SimSize size) {
        return PLANNED.computeIfAbsent(number(random, size), number -> planned(number, false));
    }

    static PlannedProgram dealtDrawnBy(SplittableRandom random, SimSize size) {
        return PLANNED_DEALT.computeIfAbsent(number(random, size), number -> planned(number, true));
    }

    private static int number(SplittableRandom random, SimSize size) {
        return PlannedProgram.number(random, size, MAX_PARTITIONS, SETS_OF_ROWS);
    }

    private static PlannedProgram planned(int number, boolean isDealt) {
        int partitions = 1 + number % MAX_PARTITIONS;
        SplittableRandom random = new SplittableRandom(number);
        List<Tuple2<Integer, Integer>> rows = new ArrayList<>();
        int rowCount = random.nextInt(MAX_ROWS);
        int keyCount = 1 + random.nextInt(MAX_KEYS);
        for (int row = 0; row < rowCount; row++) {
            rows.add(Tuple2.of(random.nextInt(keyCount), row));
        }
        int slices = 1 + random.nextInt(MAX_PARTITIONS);
        boolean isKeptAnew = random.nextInt(4) == 0;
        return PlannedProgram.unordered(
                session -> {
                    PairRDD<Integer, Integer> pairs = session.parallelizePairs(rows, slices);
                    if (isDealt) {
                        runDealt(rows, DealtRows.of(pairs, partitions), partitions);
                    } else {
                        run(rows, pairs.reduceByKey(Integer::sum, partitions), partitions, isKeptAnew);
                    }
                },
                partitions);
    }

    private static void run(
            List<Tuple2<Integer, Integer>> rows, PairRDD<Integer, Integer> summed, int partitions, boolean isKeptAnew) {
        PairRDD<Integer, Integer> turned = summed.mapToPair((key, sum) -> Tuple2.of(sum % 7, key));
        PairRDD<Integer, Integer> counted = turned.reduceByKey(Math::max, partitions);
        TreeMap<Integer, Integer> sums = new TreeMap<>();
        rows.forEach(row -> sums.merge(row._1(), row._2(), Integer::sum));
        List<Tuple2<Integer, Integer>> expectedTurned = new ArrayList<>();
        TreeMap<Integer, Integer> highest = new TreeMap<>();
        sums.forEach((key, sum) -> {
            expectedTurned.add(Tuple2.of(sum % 7, key));
            highest.merge(sum % 7, key, Math::max);
        });

        summed.persist(StorageLevel.MEMORY_ONLY);
        turned.persist(StorageLevel.MEMORY_ONLY);
        compare(turned, expectedTurned);
        summed.unpersist();
        compare(counted, pairsOf(highest));
        summed.persist(StorageLevel.MEMORY_ONLY);
        compare(summed, pairsOf(sums));
        if (isKeptAnew) {
            turned.unpersist();
            compare(turned, expectedTurned);
            turned.persist(StorageLevel.MEMORY_ONLY);
        } else {
            compare(turned, expectedTurned);
        }
        compare(turned.union(turned), doubled(expectedTurned));
        compare(summed, pairsOf(sums));
        Reference.reachabilityFence(counted);
    }

    private static void runDealt(List<Tuple2<Integer, Integer>> rows, PairRDD<Integer, Integer> dealt, int partitions) {
        PairRDD<Integer, Integer> kept = DealtRows.plusOne(dealt);
        PairRDD<Integer, Integer> counted = DealtRows.counts(kept, partitions);
        List<Tuple2<Integer, Integer>> expected = new ArrayList<>();
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (Tuple2<Integer, Integer> row : rows) {
            expected.add(Tuple2.of(row._1(), row._2() + 1));
            counts.merge(row._1(), 1, Integer::sum);
        }

        kept.persist(StorageLevel.MEMORY_ONLY);
        compare(kept, expected);
        compare(kept, expected);
        compare(counted, pairsOf(counts));
        compare(kept, expected);
        Reference.reachabilityFence(counted);
    }

    private static List<Tuple2<Integer, Integer>> pairsOf(TreeMap<Integer, Integer> map) {
        List<Tuple2<Integer, Integer>> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(Tuple2.of(key, value)));
        return pairs;
    }

    private static List<Tuple2<Integer, Integer>> doubled(List<Tuple2<Integer, Integer>> once) {
        List<Tuple2<Integer, Integer>> twice = new ArrayList<>(once);
        twice.addAll(once);
        return twice;
    }

    private static void compare(RDD<Tuple2<Integer, Integer>> set, List<Tuple2<Integer, Integer>> expected) {
        List<Tuple2<Integer, Integer>> found = set.collect();
        if (!sorted(found).equals(sorted(expected))) {
            throw new SimViolation("the result is wrong: " + found.size() + " rows, expected " + expected.size());
        }
    }

    private static List<Tuple2<Integer, Integer>> sorted(List<Tuple2<Integer, Integer>> pairs) {
        List<Tuple2<Integer, Integer>> sorted = new ArrayList<>(pairs);
        sorted.sort(Comparator.<Tuple2<Integer, Integer>, Integer>comparing(Tuple2::_1)
                .thenComparing(Tuple2::_2));
        return sorted;
    }
}
