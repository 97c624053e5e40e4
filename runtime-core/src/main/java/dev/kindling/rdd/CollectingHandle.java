package dev.kindling.rdd;

import dev.kindling.api.Partition;
import dev.kindling.api.TaskContext;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.TaskRows;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Actions that bring rows to the program. */
abstract class CollectingHandle<T> extends ShuffledHandle<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    CollectingHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public boolean isEmpty() {
        return taken(plans("isEmpty"), 1).isEmpty();
    }

    @Override
    public List<T> collect() {
        return collected(plans("collect"), node);
    }

    /** All rows of {@code of}, a plan made of this set's. */
    final <R> List<R> collected(Plans plans, PlanNode of) {
        List<List<R>> parts = new ArrayList<>();
        new RddHandle<R>(session, of)
                .runInOrder(plans, Actions.CollectRows.ALL, (p, rows) -> parts.add(Plans.erased(rows)));
        List<R> all = new ArrayList<>(parts.stream().mapToInt(List::size).sum());
        parts.forEach(all::addAll);
        return all;
    }

    @Override
    public <A, R> R collect(Function0<Collector<? super T, A, R>> collector) {
        Plans plans = plans("collect");
        RowFunctions.Collecting how = new RowFunctions.Collecting(plans.travelling(collector));
        Collector<Object, Object, Object> merging = onDriver(plans, how::collector);
        Object[] merged = {merging.supplier().get()};
        runInOrder(
                plans,
                new Actions.Collect(how),
                (p, part) -> merged[0] = merging.combiner().apply(merged[0], part));
        return Plans.erased(merging.finisher().apply(merged[0]));
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<T>[] collectPartitions(int[] ids) {
        Plans plans = plans("collectPartitions");
        List<Integer> wanted = new ArrayList<>();
        for (int id : ids) {
            plans.checkPartition(id, getNumPartitions());
            if (!wanted.contains(id)) {
                wanted.add(id);
            }
        }
        Map<Integer, List<T>> rows = new HashMap<>();
        run(plans, Actions.CollectRows.ALL, wanted, (p, part) -> rows.put(p, Plans.erased(part)));
        return IntStream.of(ids).mapToObj(rows::get).toArray(List[]::new);
    }

    @Override
    public Iterator<T> toLocalIterator() {
        return new PartitionByPartition(plans("toLocalIterator"), 0, getNumPartitions());
    }

    @Override
    public Iterator<T> iterator(Partition p, TaskContext c) {
        Plans plans = plans("iterator");
        int index = plans.checkPartition(p.index(), getNumPartitions());
        return new PartitionByPartition(plans, index, index + 1);
    }

    private final class PartitionByPartition implements Iterator<T> {
        private final Plans plans;
        private final int end;
        private int nextPartition;
        private Iterator<T> rows = List.<T>of().iterator();

        PartitionByPartition(Plans plans, int first, int end) {
            this.plans = plans;
            this.nextPartition = first;
            this.end = end;
        }

        @Override
        public boolean hasNext() {
            while (!rows.hasNext() && nextPartition < end) {
                List<T> part = new ArrayList<>();
                run(plans, Actions.CollectRows.ALL, List.of(nextPartition), (p, all) -> part.addAll(Plans.erased(all)));
                nextPartition++;
                rows = part.iterator();
            }
            return rows.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return rows.next();
        }
    }

    @Override
    public Stream<T> toLocalStream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(toLocalIterator(), Spliterator.ORDERED), false);
    }

    @Override
    public T first() {
        Plans plans = plans("first");
        List<T> rows = taken(plans, 1);
        if (rows.isEmpty()) {
            throw emptySet(plans);
        }
        return rows.get(0);
    }

    @Override
    public List<T> take(int n) {
        return taken(plans("take"), n);
    }

    /** One partition first, then four times as many as were read so far, until there are enough rows. */
    private List<T> taken(Plans plans, int n) {
        List<T> taken = new ArrayList<>();
        int read = 0;
        while (taken.size() < n && read < getNumPartitions()) {
            int next = read == 0 ? 1 : (int) Math.min(getNumPartitions() - read, 4L * read);
            int missing = n - taken.size();
            List<Integer> wanted = IntStream.range(read, read + next).boxed().toList();
            run(plans, new Actions.TakeRows(missing), wanted, new InPartitionOrder(wanted, (p, rows) -> {
                List<T> part = Plans.erased(rows);
                taken.addAll(part.subList(0, Math.min(part.size(), n - taken.size())));
            }));
            read += next;
        }
        return taken;
    }

    @Override
    public List<T> takeSample(boolean withReplacement, int n) {
        return takeSample(withReplacement, n, new SplittableRandom().nextLong());
    }

    /** Counts the rows, draws positions, and fetches the rows that lie there: two jobs, the second one reads less. */
    @Override
    public List<T> takeSample(boolean withReplacement, int n, long seed) {
        Plans plans = plans("takeSample");
        session.atLeast(0, n, "rows", plans.origin());
        long[] starts = new long[getNumPartitions() + 1];
        List<Integer> all = firstPartitions(getNumPartitions());
        run(plans, Actions.CountRows.ALL, all, (p, count) -> starts[p + 1] = (Long) count);
        Arrays.parallelPrefix(starts, Long::sum);
        long total = starts[starts.length - 1];
        if (n == 0 || total == 0) {
            return new ArrayList<>();
        }
        int size = withReplacement ? n : (int) Math.min(n, total);
        return picked(plans, Sampling.positions(total, size, withReplacement, new SplittableRandom(seed)), starts);
    }

    /** The rows at these positions of the set, in their order. */
    private List<T> picked(Plans plans, long[] positions, long[] starts) {
        Map<Integer, long[]> inPartition = new TreeMap<>();
        long[] sorted = Arrays.stream(positions).sorted().distinct().toArray();
        for (int p = 0, from = 0; p + 1 < starts.length; p++) {
            int to = from;
            while (to < sorted.length && sorted[to] < starts[p + 1]) {
                to++;
            }
            if (to > from) {
                long start = starts[p];
                inPartition.put(
                        p,
                        Arrays.stream(sorted, from, to)
                                .map(position -> position - start)
                                .toArray());
            }
            from = to;
        }
        Map<Long, T> rows = new HashMap<>();
        List<Integer> wanted = List.copyOf(inPartition.keySet());
        run(plans, new Actions.PickRows(inPartition), wanted, (p, part) -> {
            List<T> found = Plans.erased(part);
            for (int i = 0; i < found.size(); i++) {
                rows.put(starts[p] + inPartition.get(p)[i], found.get(i));
            }
        });
        List<T> sample = new ArrayList<>(positions.length);
        for (long position : positions) {
            // A set that gives fewer rows when it is computed again has none there.
            if (rows.containsKey(position)) {
                sample.add(rows.get(position));
            }
        }
        return sample;
    }

    @Override
    public List<T> takeOrdered(int n) {
        return least(plans("takeOrdered"), n, NaturalOrder.ASCENDING);
    }

    @Override
    public List<T> takeOrdered(int n, Comparator<? super T> order) {
        Plans plans = plans("takeOrdered");
        return least(plans, n, plans.order(order, true));
    }

    @Override
    public List<T> takeOrdered(int n, SerializableComparator<? super T> order) {
        return takeOrdered(n, (Comparator<? super T>) order);
    }

    @Override
    public List<T> top(int n) {
        return least(plans("top"), n, NaturalOrder.DESCENDING);
    }

    @Override
    public List<T> top(int n, Comparator<? super T> order) {
        Plans plans = plans("top");
        return least(plans, n, plans.order(order, false));
    }

    @Override
    public List<T> top(int n, SerializableComparator<? super T> order) {
        return top(n, (Comparator<? super T>) order);
    }

    private List<T> least(Plans plans, int n, Comparator<Object> order) {
        if (n <= 0) {
            return new ArrayList<>();
        }
        List<Object> kept = new ArrayList<>();
        runInOrder(plans, new Actions.Least(n, order), (p, rows) -> {
            List<Object> part = Plans.erased(rows);
            kept.addAll(part);
            List<Object> least = Actions.least(TaskRows.of(kept.iterator()), n, order);
            kept.clear();
            kept.addAll(least);
        });
        return Plans.erased(kept);
    }
}
