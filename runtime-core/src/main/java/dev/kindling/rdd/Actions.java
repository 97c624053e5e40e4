package dev.kindling.rdd;

import dev.kindling.api.StatCounter;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.VoidFunction;
import dev.kindling.api.function.VoidFunction2;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.TaskRows;
import dev.kindling.serde.HeapSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/** What actions do with one partition on its executor. Records, for the reasons of {@link RowFunctions}. */
final class Actions {
    private static final String TAKE_LESS = "take fewer rows, or sort the set and write it with saveAsTextFile";
    private static final String COMBINE_ON_DISK =
            "use reduceByKey, which puts on disk what does not fit, and collect what is left";
    // Of a hash map: an entry, and its place in a table that is two thirds full.
    private static final long ENTRY_BYTES = 48;

    private Actions() {}

    enum CollectRows implements PartitionFunction {
        ALL;

        @Override
        public Object call(int partition, TaskRows rows) {
            List<Object> all = new ArrayList<>();
            rows.forEachRemaining(row -> all.add(rows.keep(row)));
            return all;
        }

        @Override
        public boolean isAllRows() {
            return true;
        }
    }

    enum CountRows implements PartitionFunction {
        ALL,
        /** To number rows that are about to be computed again. */
        AHEAD;

        @Override
        public Object call(int partition, TaskRows rows) {
            return rows.skipAll();
        }

        @Override
        public boolean isLookAhead() {
            return this == AHEAD;
        }
    }

    record TakeRows(int limit) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            List<Object> taken = new ArrayList<>(Math.min(limit, 1024));
            while (taken.size() < limit && rows.hasNext()) {
                taken.add(rows.keep(rows.next(), TAKE_LESS));
            }
            return taken;
        }

        @Override
        public long rowLimit() {
            return limit;
        }
    }

    /** The rows at these positions of each partition, which grow; nothing behind the last of them is read. */
    record PickRows(Map<Integer, long[]> positions) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            List<Object> picked = new ArrayList<>();
            long at = 0;
            for (long position : positions.get(partition)) {
                for (; at < position && rows.hasNext(); at++) {
                    rows.next();
                }
                if (!rows.hasNext()) {
                    break;
                }
                picked.add(rows.keep(rows.next(), TAKE_LESS));
                at++;
            }
            return picked;
        }

        /** The job that counted the rows has computed them, and counted for accumulators. */
        @Override
        public boolean isLookAhead() {
            return true;
        }
    }

    record Sketch(int precision) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            DistinctSketch sketch = new DistinctSketch(precision);
            while (rows.hasNext()) {
                sketch.add(rows.next());
            }
            return sketch;
        }
    }

    record ForEachRow(VoidFunction<Object> f) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            while (rows.hasNext()) {
                f.call(rows.next());
            }
            return null;
        }
    }

    record ForEachPair(VoidFunction2<Object, Object> f) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            while (rows.hasNext()) {
                Tuple2<Object, Object> pair = RowFunctions.pair(rows.next());
                f.call(pair._1(), pair._2());
            }
            return null;
        }
    }

    record ForPartition(VoidFunction<Iterator<Object>> f) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            f.call(rows);
            return null;
        }
    }

    record Reduce(Function2<Object, Object, Object> f) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            return reduced(rows, f);
        }
    }

    /** A list of the one reduced row, or an empty one. */
    static List<Object> reduced(TaskRows rows, Function2<Object, Object, Object> f) throws Exception {
        if (!rows.hasNext()) {
            return new ArrayList<>();
        }
        Object result = rows.keep(rows.next());
        while (rows.hasNext()) {
            Object row = rows.next();
            Object next = f.call(result, row);
            result = next == row ? rows.keep(row) : next;
        }
        return new ArrayList<>(Collections.singletonList(result));
    }

    record Fold(Zero zero, Function2<Object, Object, Object> seq) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            Object folded = zero.fresh(seq);
            while (rows.hasNext()) {
                folded = seq.call(folded, rows.next());
            }
            return folded;
        }
    }

    record Collect(RowFunctions.Collecting how) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            Object container = how.collector().supplier().get();
            BiConsumer<Object, Object> accumulator = how.collector().accumulator();
            while (rows.hasNext()) {
                accumulator.accept(container, rows.next());
            }
            return container;
        }
    }

    /** The least rows by {@code order}, in that order. */
    record Least(int limit, Comparator<Object> order) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            return least(rows, limit, order);
        }
    }

    static List<Object> least(TaskRows rows, int limit, Comparator<Object> order) {
        // The queue takes no null: a row that is null stands in it as this.
        Object nullRow = new Object();
        PriorityQueue<Object> kept = new PriorityQueue<>(
                Math.max(1, Math.min(limit, 1024)),
                (left, right) -> order.compare(right == nullRow ? null : right, left == nullRow ? null : left));
        while (rows.hasNext()) {
            Object row = rows.next();
            boolean hasRoom = kept.size() < limit;
            if (hasRoom || order.compare(row, kept.peek() == nullRow ? null : kept.peek()) < 0) {
                if (!hasRoom) {
                    rows.hold(-HeapSize.of(kept.poll()) - HeapSize.REFERENCE, TAKE_LESS);
                }
                kept.add(row == null ? nullRow : rows.keep(row, TAKE_LESS));
            }
        }
        List<Object> sorted = new ArrayList<>(kept);
        sorted.replaceAll(row -> row == nullRow ? null : row);
        sorted.sort(order);
        return sorted;
    }

    /** The smaller, or the left one of equals. */
    record Smaller(Comparator<Object> order) implements Function2<Object, Object, Object> {
        @Override
        public Object call(Object left, Object right) {
            return order.compare(left, right) <= 0 ? left : right;
        }
    }

    record Larger(Comparator<Object> order) implements Function2<Object, Object, Object> {
        @Override
        public Object call(Object left, Object right) {
            return order.compare(left, right) >= 0 ? left : right;
        }
    }

    /** The pairs reduced to one value a key, as a list of pairs. */
    record ReducePairs(Function2<Object, Object, Object> f) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) throws Exception {
            Map<Object, Object> values = new HashMap<>();
            mergePairs(values, rows, f);
            List<Object> pairs = new ArrayList<>(values.size());
            values.forEach((key, value) -> pairs.add(new Tuple2<>(key, value)));
            return pairs;
        }
    }

    static void mergePairs(Map<Object, Object> into, TaskRows pairs, Function2<Object, Object, Object> f)
            throws Exception {
        while (pairs.hasNext()) {
            Tuple2<Object, Object> pair = RowFunctions.pair(pairs.next());
            Object old = into.get(pair._1());
            if (old == null && !into.containsKey(pair._1())) {
                pairs.hold(ENTRY_BYTES, COMBINE_ON_DISK);
                into.put(pairs.keep(pair._1(), COMBINE_ON_DISK), pairs.keep(pair._2(), COMBINE_ON_DISK));
                continue;
            }
            // Numbers stay as large as they are; of what may grow the old value is measured before it is changed.
            long before = old instanceof Number ? 0 : HeapSize.of(old);
            Object merged = f.call(old, pair._2());
            into.put(pair._1(), merged == pair._2() ? pairs.keep(merged) : merged);
            if (!(merged instanceof Number)) {
                pairs.hold(HeapSize.of(merged) - before, COMBINE_ON_DISK);
            }
        }
    }

    enum Stats implements PartitionFunction {
        ALL;

        @Override
        public Object call(int partition, TaskRows rows) {
            StatCounter stats = new StatCounter();
            while (rows.hasNext()) {
                stats.merge((Double) rows.next());
            }
            return stats;
        }
    }

    /** How many numbers lie between one bound and the next; the last bucket holds its upper bound as well. */
    record Histogram(double[] bounds) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            long[] counts = new long[bounds.length - 1];
            while (rows.hasNext()) {
                double number = (Double) rows.next();
                int found = Arrays.binarySearch(bounds, number);
                int bucket = found >= 0 ? Math.min(found, counts.length - 1) : -found - 2;
                if (bucket >= 0 && bucket < counts.length && number <= bounds[bounds.length - 1]) {
                    counts[bucket]++;
                }
            }
            return counts;
        }
    }
}
