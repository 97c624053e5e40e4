package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.rdd.PlanSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Persisted sets over rows of the seed's own: one above a shuffle, one made of it, a shuffle above both, read again and
 * again, now one of them, now both, with time in between in which blocks and executors are lost; let go of and kept anew
 * in another way. What comes is compared with a sequential computation.
 *
 * <p>Or, where the rows are dealt otherwise by every attempt, a persisted set above such a shuffle: its partitions must
 * never be of different deals.
 */
final class CachedJobs implements SimJobs {
    private static final int MAX_ROWS = 400;
    private static final int MAX_KEYS = 40;
    private static final int MAX_PAUSE_MS = 3_000;
    private static final List<StorageLevel> LEVELS = List.of(
            StorageLevel.MEMORY_ONLY,
            StorageLevel.MEMORY_AND_DISK,
            StorageLevel.DISK_ONLY,
            StorageLevel.MEMORY_ONLY_2,
            StorageLevel.MEMORY_AND_DISK_2,
            StorageLevel.DISK_ONLY_2);

    private final SimProgram program = new SimProgram();
    private final SplittableRandom random;
    private final boolean isDealt;
    private final List<Tuple2<Integer, Integer>> rows = new ArrayList<>();
    private final TreeMap<Integer, Integer> sums = new TreeMap<>();
    private final int partitions;
    private final List<RDD<?>> held = new ArrayList<>();
    private int succeeded;

    CachedJobs(SplittableRandom random, boolean isDealt) {
        this.random = random;
        this.isDealt = isDealt;
        partitions = 1 + random.nextInt(6);
        int rowCount = random.nextInt(MAX_ROWS);
        int keyCount = 1 + random.nextInt(MAX_KEYS);
        for (int row = 0; row < rowCount; row++) {
            int key = random.nextInt(keyCount);
            rows.add(Tuple2.of(key, row));
            sums.merge(key, row, Integer::sum);
        }
    }

    @Override
    public int run(SimCluster cluster) {
        PlanSession session = program.session(cluster, partitions);
        PairRDD<Integer, Integer> pairs = session.parallelizePairs(rows, 1 + random.nextInt(6));
        if (isDealt) {
            runDealt(cluster, DealtRows.of(pairs, partitions));
        } else {
            runAll(cluster, pairs.reduceByKey(Integer::sum, partitions));
        }
        return succeeded;
    }

    private void runAll(SimCluster cluster, PairRDD<Integer, Integer> summed) {
        PairRDD<Integer, Integer> turned = summed.mapToPair((key, sum) -> Tuple2.of(sum % 7, key));
        PairRDD<Integer, Integer> counted = turned.reduceByKey(Math::max, partitions);
        held.addAll(List.of(summed, turned, counted));
        List<Tuple2<Integer, Integer>> expectedSums = new ArrayList<>();
        List<Tuple2<Integer, Integer>> expectedTurned = new ArrayList<>();
        TreeMap<Integer, Integer> highest = new TreeMap<>();
        sums.forEach((key, sum) -> {
            expectedSums.add(Tuple2.of(key, sum));
            expectedTurned.add(Tuple2.of(sum % 7, key));
            highest.merge(sum % 7, key, Math::max);
        });
        List<Tuple2<Integer, Integer>> expectedCounted = new ArrayList<>();
        highest.forEach((key, value) -> expectedCounted.add(Tuple2.of(key, value)));

        summed.persist(anyLevel());
        turned.persist(anyLevel());
        act(cluster, () -> compare(turned.collect(), expectedTurned));
        summed.unpersist();
        act(cluster, () -> compare(counted.collect(), expectedCounted));
        summed.persist(anyLevel());
        act(cluster, () -> compare(summed.collect(), expectedSums));
        if (random.nextInt(4) == 0) {
            turned.unpersist();
            act(cluster, () -> compare(turned.collect(), expectedTurned));
            turned.persist(anyLevel());
        } else {
            act(cluster, () -> compare(turned.collect(), expectedTurned));
        }
        act(cluster, () -> compare(turned.union(turned).collect(), doubled(expectedTurned)));
        act(cluster, () -> compare(summed.collect(), expectedSums));
    }

    private void runDealt(SimCluster cluster, PairRDD<Integer, Integer> dealt) {
        PairRDD<Integer, Integer> kept = DealtRows.plusOne(dealt);
        PairRDD<Integer, Integer> counted = DealtRows.counts(kept, partitions);
        held.addAll(List.of(dealt, kept, counted));
        List<Tuple2<Integer, Integer>> expected = new ArrayList<>();
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (Tuple2<Integer, Integer> row : rows) {
            expected.add(Tuple2.of(row._1(), row._2() + 1));
            counts.merge(row._1(), 1, Integer::sum);
        }
        List<Tuple2<Integer, Integer>> expectedCounts = new ArrayList<>();
        counts.forEach((key, count) -> expectedCounts.add(Tuple2.of(key, count)));

        kept.persist(anyLevel());
        act(cluster, () -> compare(kept.collect(), expected));
        act(cluster, () -> compare(kept.collect(), expected));
        act(cluster, () -> compare(counted.collect(), expectedCounts));
        act(cluster, () -> compare(kept.collect(), expected));
    }

    private StorageLevel anyLevel() {
        return LEVELS.get(random.nextInt(LEVELS.size()));
    }

    private static List<Tuple2<Integer, Integer>> doubled(List<Tuple2<Integer, Integer>> once) {
        List<Tuple2<Integer, Integer>> twice = new ArrayList<>(once);
        twice.addAll(once);
        return twice;
    }

    /** Runs the action, then lets some time pass. */
    private void act(SimCluster cluster, Runnable action) {
        try {
            action.run();
            succeeded++;
        } catch (KindlingException e) {
            // The causes of a failed job were looked at when it failed.
            cluster.world.note("program", "fails: " + e.getMessage());
        }
        cluster.pass(1 + random.nextInt(MAX_PAUSE_MS));
    }

    private static void compare(List<Tuple2<Integer, Integer>> found, List<Tuple2<Integer, Integer>> expected) {
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

    @Override
    public void giveUp() {
        held.forEach(RDD::unpersist);
    }

    @Override
    public List<Integer> shuffles() {
        return program.shuffles();
    }

    @Override
    public int bucketsPerPartition(TaskLaunch task, byte[] stage, int leafId) {
        return program.bucketsPerPartition(stage, leafId);
    }

    @Override
    public TaskOutcome run(TaskLaunch task, byte[] stage, TaskEnvironment environment) {
        return program.run(task, stage, environment);
    }
}
