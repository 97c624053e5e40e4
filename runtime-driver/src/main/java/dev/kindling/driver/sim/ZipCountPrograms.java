package dev.kindling.driver.sim;

import dev.kindling.api.Groups;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.rdd.PlanSession;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The demo's job over some sets of rows: pairs, groupByKey, count, sortByKey, collect; then counted, which needs its
 * last stage only. What comes is compared with a sequential computation.
 */
final class ZipCountPrograms {
    private static final int MAX_PARTITIONS = 4;
    private static final int SETS_OF_ROWS = 6;
    private static final int MAX_ROWS = 200;
    private static final int MAX_KEYS = 60;

    private static final ConcurrentHashMap<Integer, PlannedProgram> PLANNED = new ConcurrentHashMap<>();

    private ZipCountPrograms() {}

    static PlannedProgram drawnBy(SplittableRandom random, SimSize size) {
        int number = PlannedProgram.number(random, size, MAX_PARTITIONS, SETS_OF_ROWS);
        return PLANNED.computeIfAbsent(number, ZipCountPrograms::planned);
    }

    private static PlannedProgram planned(int number) {
        int partitions = 1 + number % MAX_PARTITIONS;
        SplittableRandom random = new SplittableRandom(number);
        List<Tuple2<Integer, Integer>> rows = new ArrayList<>();
        int rowCount = random.nextInt(MAX_ROWS);
        int keyCount = 1 + random.nextInt(MAX_KEYS);
        for (int row = 0; row < rowCount; row++) {
            rows.add(Tuple2.of(random.nextInt(keyCount) * random.nextInt(2), row));
        }
        return PlannedProgram.ordered(session -> run(session, rows, partitions), partitions);
    }

    private static void run(PlanSession session, List<Tuple2<Integer, Integer>> rows, int partitions) {
        PairRDD<Integer, Integer> pairs = session.parallelizePairs(rows, partitions);
        PairRDD<Integer, Integer> counts = pairs.groupByKey(partitions)
                .mapToPair((key, group) -> Tuple2.of(key, Math.toIntExact(Groups.size(group))))
                .sortByKey(true, partitions);
        List<Tuple2<Integer, Integer>> expected = countsOf(rows);
        List<Tuple2<Integer, Integer>> found = counts.collect();
        if (!expected.equals(found)) {
            throw new SimViolation("the result is wrong: " + found.size() + " keys, expected " + expected.size());
        }
        if (counts.count() != expected.size()) {
            throw new SimViolation("the count of the result is wrong");
        }
        Reference.reachabilityFence(counts);
    }

    private static List<Tuple2<Integer, Integer>> countsOf(List<Tuple2<Integer, Integer>> rows) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        rows.forEach(row -> counts.merge(row._1(), 1, Integer::sum));
        List<Tuple2<Integer, Integer>> sorted = new ArrayList<>();
        counts.forEach((key, count) -> sorted.add(Tuple2.of(key, count)));
        return sorted;
    }
}
