package dev.kindling.rdd;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Lineage;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partition;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.function.DoubleFlatMapFunction;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.PairFlatMapFunction;
import dev.kindling.api.function.PairFunction;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.api.function.StreamFunction;
import dev.kindling.api.function.VoidFunction;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import dev.kindling.plan.StageBody;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A set as the program holds it: a node of the plan and the session it belongs to. Transformations make a node each and
 * return at once; actions run a job on the calling thread. Safe for many threads.
 */
class RddHandle<T> implements RDD<T> {
    final PlanSession session;
    final PlanNode node;
    private volatile String name;

    RddHandle(PlanSession session, PlanNode node) {
        this.session = session;
        this.node = node;
    }

    /** The builder of the nodes of one call. Called by the API's method itself, so that its caller is the call site. */
    final Plans plans(String operation) {
        Origin origin = CallSite.of(operation);
        session.checkOpen(origin);
        return new Plans(session, origin);
    }

    final <R> RDD<R> rdd(PlanNode made) {
        return new RddHandle<>(session, made);
    }

    final <K, V> PairRDD<K, V> pairs(PlanNode made) {
        return new PairRddHandle<>(session, made);
    }

    final DoubleRDD doubles(PlanNode made) {
        return new DoubleRddHandle(session, made);
    }

    /** The plan of another set of the same context. */
    final PlanNode nodeOf(RDD<?> other, Plans plans) {
        if (other instanceof RddHandle<?> handle && handle.session == session) {
            return handle.node;
        }
        throw new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                plans.origin() + ": the other set " + (other == null ? "is null" : "belongs to another context")
                        + "; both must come from one context");
    }

    // ---- identity ---------------------------------------------------------------------------------------------------

    @Override
    public int id() {
        return node.id();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RDD<T> setName(String newName) {
        name = newName;
        return this;
    }

    @Override
    public KindlingContext context() {
        return session.context();
    }

    @Override
    public List<Partition> partitions() {
        return IntStream.range(0, getNumPartitions())
                .<Partition>mapToObj(IndexedPartition::new)
                .toList();
    }

    private record IndexedPartition(int index) implements Partition {}

    @Override
    public int getNumPartitions() {
        return node.partitionCount();
    }

    @Override
    public Optional<Partitioner> partitioner() {
        return node.partitioner();
    }

    @Override
    public String toDebugString() {
        return DebugText.of(node);
    }

    @Override
    public Lineage lineage() {
        session.checkOpen(CallSite.of("lineage"));
        return session.runner().lineage(node);
    }

    @Override
    public boolean isEmpty() {
        return taken(plans("isEmpty"), 1).isEmpty();
    }

    @Override
    public String toString() {
        return (name == null ? "" : name + " ") + node.origin() + " [set " + node.id() + ", " + getNumPartitions()
                + " partitions]";
    }

    // ---- row by row, partition by partition
    // ---------------------------------------------------------------------------

    @Override
    public <R> RDD<R> map(Function<? super T, ? extends R> f) {
        Plans plans = plans("map");
        return rdd(plans.map(node, plans.travelling(f)));
    }

    @Override
    public <R> RDD<R> flatMap(FlatMapFunction<? super T, R> f) {
        Plans plans = plans("flatMap");
        return rdd(plans.rows(node, new RowFunction.FlatMap(plans.travelling(f)), false));
    }

    @Override
    public <R> RDD<R> flatMapStream(StreamFunction<? super T, R> f) {
        Plans plans = plans("flatMapStream");
        return rdd(plans.rows(node, new RowFunction.FlatMap(new RowFunctions.StreamRows(plans.travelling(f))), false));
    }

    @Override
    public <K, V> PairRDD<K, V> mapToPair(PairFunction<? super T, K, V> f) {
        Plans plans = plans("mapToPair");
        return pairs(plans.map(node, new RowFunctions.ToPair(plans.travelling(f))));
    }

    @Override
    public <K, V> PairRDD<K, V> flatMapToPair(PairFlatMapFunction<? super T, K, V> f) {
        Plans plans = plans("flatMapToPair");
        return pairs(plans.rows(node, new RowFunction.FlatMap(new RowFunctions.ToPairs(plans.travelling(f))), false));
    }

    @Override
    public DoubleRDD mapToDouble(DoubleFunction<? super T> f) {
        Plans plans = plans("mapToDouble");
        return doubles(plans.rows(node, new RowFunction.MapToDouble(plans.travelling(f)), false));
    }

    @Override
    public DoubleRDD flatMapToDouble(DoubleFlatMapFunction<? super T> f) {
        Plans plans = plans("flatMapToDouble");
        return doubles(
                plans.rows(node, new RowFunction.FlatMap(new RowFunctions.ToDoubles(plans.travelling(f))), false));
    }

    @Override
    public <R> RDD<R> mapPartitions(FlatMapFunction<Iterator<T>, R> f) {
        return mapPartitions(f, false);
    }

    @Override
    public <R> RDD<R> mapPartitions(FlatMapFunction<Iterator<T>, R> f, boolean preservesPartitioning) {
        Plans plans = plans("mapPartitions");
        return rdd(plans.partitions(node, new PartitionFunctions.Each(plans.travelling(f)), preservesPartitioning));
    }

    @Override
    public <R> RDD<R> mapPartitionsWithIndex(
            Function2<Integer, Iterator<T>, Iterator<R>> f, boolean preservesPartitioning) {
        Plans plans = plans("mapPartitionsWithIndex");
        return rdd(plans.partitions(node, plans.travelling(f), preservesPartitioning));
    }

    @Override
    public <K, V> PairRDD<K, V> mapPartitionsToPair(PairFlatMapFunction<Iterator<T>, K, V> f) {
        return mapPartitionsToPair(f, false);
    }

    @Override
    public <K, V> PairRDD<K, V> mapPartitionsToPair(
            PairFlatMapFunction<Iterator<T>, K, V> f, boolean preservesPartitioning) {
        Plans plans = plans("mapPartitionsToPair");
        return pairs(
                plans.partitions(node, new PartitionFunctions.EachToPairs(plans.travelling(f)), preservesPartitioning));
    }

    @Override
    public DoubleRDD mapPartitionsToDouble(DoubleFlatMapFunction<Iterator<T>> f) {
        Plans plans = plans("mapPartitionsToDouble");
        return doubles(plans.partitions(node, new PartitionFunctions.EachToDoubles(plans.travelling(f)), false));
    }

    @Override
    public RDD<T> filter(Function<? super T, Boolean> f) {
        return rdd(filtered(f));
    }

    final PlanNode filtered(Function<? super T, Boolean> f) {
        Plans plans = plans("filter");
        return plans.filter(node, plans.travelling(f));
    }

    @Override
    public <K> PairRDD<K, T> keyBy(Function<? super T, ? extends K> f) {
        Plans plans = plans("keyBy");
        return pairs(plans.map(node, new RowFunctions.WithKey(plans.travelling(f))));
    }

    @Override
    public RDD<List<T>> glom() {
        return rdd(plans("glom").partitions(node, PartitionFunctions.Glom.ROWS, false));
    }

    @Override
    public RDD<T> sample(boolean withReplacement, double fraction) {
        return sample(withReplacement, fraction, new SplittableRandom().nextLong());
    }

    @Override
    public RDD<T> sample(boolean withReplacement, double fraction, long seed) {
        return rdd(sampled(withReplacement, fraction, seed));
    }

    final PlanNode sampled(boolean withReplacement, double fraction, long seed) {
        Plans plans = plans("sample");
        if (!(fraction >= 0) || !withReplacement && fraction > 1 || Double.isInfinite(fraction)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    plans.origin() + ": the fraction is " + fraction + "; give one from 0 to 1"
                            + (withReplacement ? " or more" : ""));
        }
        return plans.partitions(node, new PartitionFunctions.Sample(withReplacement, fraction, seed), true);
    }

    @Override
    public RDD<T> union(RDD<T> other) {
        return rdd(united(other));
    }

    final PlanNode united(RDD<T> other) {
        Plans plans = plans("union");
        return plans.union(node, nodeOf(other, plans));
    }

    @Override
    public PairRDD<T, Long> zipWithIndex() {
        Plans plans = plans("zipWithIndex");
        int partitions = getNumPartitions();
        long[] firsts = new long[partitions];
        if (partitions > 1) {
            // Where a partition starts depends on those before it; nothing depends on the last one.
            int counted = partitions - 1;
            run(plans, Actions.CountRows.ALL, firstPartitions(counted), (p, count) -> firsts[p + 1] = (Long) count);
            for (int i = 1; i < partitions; i++) {
                firsts[i] += firsts[i - 1];
            }
        }
        return pairs(plans.partitions(node, new PartitionFunctions.Number(firsts, 1), false));
    }

    @Override
    public PairRDD<T, Long> zipWithUniqueId() {
        int partitions = getNumPartitions();
        long[] firsts = IntStream.range(0, partitions).asLongStream().toArray();
        return pairs(
                plans("zipWithUniqueId").partitions(node, new PartitionFunctions.Number(firsts, partitions), false));
    }

    @Override
    public RDD<T> coalesce(int n) {
        return coalesce(n, false);
    }

    @Override
    public RDD<T> coalesce(int n, boolean shuffle) {
        return rdd(coalesced(n, shuffle));
    }

    final PlanNode coalesced(int n, boolean shuffle) {
        Plans plans = plans("coalesce");
        return shuffle ? plans.repartition(node, n) : plans.coalesce(node, n);
    }

    // ---- shuffled
    // -----------------------------------------------------------------------------------------------------

    @Override
    public RDD<T> repartition(int n) {
        return rdd(repartitioned(n));
    }

    final PlanNode repartitioned(int n) {
        return plans("repartition").repartition(node, n);
    }

    @Override
    public RDD<T> distinct() {
        return distinct(atLeastOnePartition());
    }

    @Override
    public RDD<T> distinct(int n) {
        return rdd(distincted(n));
    }

    final PlanNode distincted(int n) {
        return plans("distinct").distinct(node, n);
    }

    final int atLeastOnePartition() {
        return Math.max(1, getNumPartitions());
    }

    @Override
    public RDD<T> intersection(RDD<T> other) {
        return rdd(intersected(other));
    }

    final PlanNode intersected(RDD<T> other) {
        Plans plans = plans("intersection");
        PlanNode left = plans.map(node, new RowFunctions.WithValue(0));
        PlanNode right = plans.map(nodeOf(other, plans), new RowFunctions.WithValue(0));
        PlanNode sides = plans.coGroup(List.of(left, right), plans.defaultPartitioner(left, right));
        return plans.map(plans.filter(sides, RowFunctions.BothSides.PRESENT), RowFunctions.PairPart.KEY);
    }

    @Override
    public RDD<T> subtract(RDD<T> other) {
        return subtract(other, atLeastOnePartition());
    }

    @Override
    public RDD<T> subtract(RDD<T> other, int n) {
        return subtract(other, new HashPartitioner(n));
    }

    @Override
    public RDD<T> subtract(RDD<T> other, Partitioner p) {
        return rdd(subtracted(other, p));
    }

    final PlanNode subtracted(RDD<T> other, Partitioner p) {
        Plans plans = plans("subtract");
        PlanNode left = plans.map(node, new RowFunctions.WithValue(0));
        PlanNode right = plans.map(nodeOf(other, plans), new RowFunctions.WithValue(0));
        PlanNode sides = plans.coGroup(List.of(left, right), plans.travelling(p));
        return plans.rows(sides, new RowFunction.FlatMap(RowFunctions.LeftAloneKeys.KEYS), false);
    }

    @Override
    public <K> PairRDD<K, Iterable<T>> groupBy(Function<? super T, ? extends K> f) {
        Plans plans = plans("groupBy");
        return pairs(grouped(plans, f, plans.defaultPartitioner(node)));
    }

    @Override
    public <K> PairRDD<K, Iterable<T>> groupBy(Function<? super T, ? extends K> f, int n) {
        return pairs(grouped(plans("groupBy"), f, new HashPartitioner(n)));
    }

    private PlanNode grouped(Plans plans, Function<? super T, ?> key, Partitioner by) {
        return plans.groupByKey(plans.map(node, new RowFunctions.WithKey(plans.travelling(key))), by);
    }

    @Override
    public <S> RDD<T> sortBy(Function<? super T, ? extends S> key, boolean ascending, int n) {
        return sorted(plans("sortBy"), key, ascending ? NaturalOrder.ASCENDING : NaturalOrder.DESCENDING, n);
    }

    @Override
    public <S> RDD<T> sortBy(Function<? super T, ? extends S> key, Comparator<? super S> order, int n) {
        Plans plans = plans("sortBy");
        return sorted(plans, key, plans.order(order, true), n);
    }

    private RDD<T> sorted(Plans plans, Function<? super T, ?> key, Comparator<Object> order, int n) {
        PlanNode keyed = plans.map(node, new RowFunctions.WithKey(plans.travelling(key)));
        return rdd(plans.map(plans.sortByKey(keyed, order, n), RowFunctions.PairPart.VALUE));
    }

    // ---- actions
    // ------------------------------------------------------------------------------------------------------

    /** Runs {@code function} over the named partitions; results come in any order. */
    final void run(Plans plans, PartitionFunction function, List<Integer> wanted, JobRunner.PartitionResults results) {
        if (!wanted.isEmpty()) {
            session.run(plans.origin(), node, new StageBody.Sink.Result(function), wanted, results);
        }
    }

    /** Runs {@code function} over all partitions; results come in the order of the partitions. */
    final void runInOrder(Plans plans, PartitionFunction function, JobRunner.PartitionResults results) {
        List<Integer> all = firstPartitions(getNumPartitions());
        run(plans, function, all, new InPartitionOrder(all, results));
    }

    static List<Integer> firstPartitions(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    /** Calls a function of the user on the driver; what it throws becomes the failure of the action. */
    static <R> R onDriver(Plans plans, Callable<R> call) {
        try {
            return call.call();
        } catch (KindlingException e) {
            throw e;
        } catch (Exception e) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    plans.origin() + ": the function failed on the driver, merging results: " + e,
                    e);
        }
    }

    private KindlingException emptySet(Plans plans) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, plans.origin() + ": the set is empty; ask isEmpty() first, or use fold");
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
    public long count() {
        long[] sum = {0};
        Plans plans = plans("count");
        run(plans, Actions.CountRows.ALL, firstPartitions(getNumPartitions()), (p, count) -> sum[0] += (Long) count);
        return sum[0];
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

    @Override
    public T max(Comparator<? super T> order) {
        Plans plans = plans("max");
        return reduced(plans, new Actions.Larger(plans.order(order, true)));
    }

    @Override
    public T max(SerializableComparator<? super T> order) {
        return max((Comparator<? super T>) order);
    }

    @Override
    public T min(Comparator<? super T> order) {
        Plans plans = plans("min");
        return reduced(plans, new Actions.Smaller(plans.order(order, true)));
    }

    @Override
    public T min(SerializableComparator<? super T> order) {
        return min((Comparator<? super T>) order);
    }

    @Override
    public T reduce(Function2<T, T, T> f) {
        Plans plans = plans("reduce");
        return reduced(plans, plans.travelling(f));
    }

    final T reduced(Plans plans, Function2<Object, Object, Object> f) {
        List<Object> results = new ArrayList<>();
        runInOrder(plans, new Actions.Reduce(f), (p, part) -> results.addAll(Plans.erased(part)));
        List<Object> one = onDriver(plans, () -> Actions.reduced(results.iterator(), f));
        if (one.isEmpty()) {
            throw emptySet(plans);
        }
        return Plans.erased(one.get(0));
    }

    @Override
    public T treeReduce(Function2<T, T, T> f) {
        return treeReduce(f, 2);
    }

    @Override
    public T treeReduce(Function2<T, T, T> f, int depth) {
        Plans plans = plans("treeReduce");
        Function2<Object, Object, Object> merge = plans.travelling(f);
        PlanNode parts = plans.partitions(node, new PartitionFunctions.ReduceRows(merge), false);
        PlanNode few = gathered(plans, parts, depth, new PartitionFunctions.ReduceRows(merge));
        return new RddHandle<T>(session, few).reduced(plans, merge);
    }

    @Override
    public T fold(T zero, Function2<T, T, T> f) {
        return aggregated(plans("fold"), zero, f, f);
    }

    @Override
    public <U> U aggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb) {
        return aggregated(plans("aggregate"), zero, seq, comb);
    }

    private <U> U aggregated(Plans plans, U zero, Function2<U, ?, U> seq, Function2<U, U, U> comb) {
        Zero start = zeroOf(plans, zero);
        Function2<Object, Object, Object> merge = plans.travelling(comb);
        Object[] merged = {start.fresh(comb)};
        runInOrder(
                plans,
                new Actions.Fold(start, plans.travelling(seq)),
                (p, part) -> merged[0] = onDriver(plans, () -> merge.call(merged[0], part)));
        return Plans.erased(merged[0]);
    }

    static Zero zeroOf(Plans plans, Object zero) {
        if (zero != null) {
            plans.travelling(zero);
        }
        return Zero.of(zero);
    }

    @Override
    public <U> U treeAggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb) {
        return treeAggregate(zero, seq, comb, 2);
    }

    @Override
    public <U> U treeAggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb, int depth) {
        Plans plans = plans("treeAggregate");
        Zero start = zeroOf(plans, zero);
        Function2<Object, Object, Object> merge = plans.travelling(comb);
        PlanNode parts = plans.partitions(node, new PartitionFunctions.FoldRows(start, plans.travelling(seq)), false);
        PlanNode few = gathered(plans, parts, depth, new PartitionFunctions.ReduceRows(merge));
        Object[] merged = {start.fresh(comb)};
        new RddHandle<Object>(session, few).runInOrder(plans, Actions.CollectRows.ALL, (p, rows) -> {
            for (Object part : Plans.<List<Object>>erased(rows)) {
                merged[0] = onDriver(plans, () -> merge.call(merged[0], part));
            }
        });
        return Plans.erased(merged[0]);
    }

    /** Merges the rows of ever fewer partitions, until one more level would save nothing. */
    private PlanNode gathered(Plans plans, PlanNode parts, int depth, PartitionFunctions.ReduceRows merge) {
        session.atLeast(1, depth, "levels", plans.origin());
        int scale = Math.max(2, (int) Math.ceil(Math.pow(parts.partitionCount(), 1.0 / depth)));
        PlanNode few = parts;
        while (depth > 1 && few.partitionCount() > scale + Math.ceil((double) few.partitionCount() / scale)) {
            int targets = few.partitionCount() / scale;
            PlanNode sent = plans.partitions(few, new PartitionFunctions.Gather(targets), false);
            PlanNode received = plans.shuffle(sent, new HashPartitioner(targets), new PlanNode.ReduceSide.PairRows());
            few = plans.partitions(plans.map(received, RowFunctions.PairPart.VALUE), merge, false);
        }
        return few;
    }

    @Override
    public Map<T, Long> countByValue() {
        Plans plans = plans("countByValue");
        return counted(plans, plans.map(node, new RowFunctions.WithValue(1L)));
    }

    /** The sums of (key, number) pairs by key. */
    final <K> Map<K, Long> counted(Plans plans, PlanNode ones) {
        PlanNode sums = plans.combineByKey(ones, SUMS, plans.defaultPartitioner(ones), true);
        Map<K, Long> counts = new HashMap<>();
        for (Object row : collected(plans, sums)) {
            counts.put(Plans.erased(RowFunctions.pair(row)._1()), (Long)
                    RowFunctions.pair(row)._2());
        }
        return counts;
    }

    private static final Combiner SUMS =
            new Combiner(RowFunctions.Itself.VALUE, RowFunctions.SumOfLongs.ADD, RowFunctions.SumOfLongs.ADD);

    @Override
    public void foreach(VoidFunction<? super T> f) {
        Plans plans = plans("foreach");
        forAll(plans, new Actions.ForEachRow(plans.travelling(f)));
    }

    @Override
    public void foreachPartition(VoidFunction<Iterator<T>> f) {
        Plans plans = plans("foreachPartition");
        forAll(plans, new Actions.ForPartition(plans.travelling(f)));
    }

    final void forAll(Plans plans, PartitionFunction function) {
        run(plans, function, firstPartitions(getNumPartitions()), (p, nothing) -> {});
    }

    @Override
    public void saveAsTextFile(String path) {
        Plans plans = plans("saveAsTextFile");
        if (path == null || path.isBlank()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, plans.origin() + ": the path is empty; name a directory");
        }
        session.run(
                plans.origin(),
                node,
                new StageBody.Sink.TextOutput(path),
                firstPartitions(getNumPartitions()),
                (p, nothing) -> {});
    }
}
