package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Actions that bring rows to the program. */
abstract class CollectingHandle<T> extends ShuffledHandle<T> {
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
            if (id < 0 || id >= getNumPartitions()) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        plans.origin() + ": there is no partition " + id + "; the set has " + getNumPartitions());
            }
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
        return new PartitionByPartition(plans("toLocalIterator"));
    }

    private final class PartitionByPartition implements Iterator<T> {
        private final Plans plans;
        private int nextPartition;
        private Iterator<T> rows = List.<T>of().iterator();

        PartitionByPartition(Plans plans) {
            this.plans = plans;
        }

        @Override
        public boolean hasNext() {
            while (!rows.hasNext() && nextPartition < getNumPartitions()) {
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
            List<Object> least = Actions.least(kept.iterator(), n, order);
            kept.clear();
            kept.addAll(least);
        });
        return Plans.erased(kept);
    }
}
