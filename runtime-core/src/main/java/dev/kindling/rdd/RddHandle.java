package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.FutureAction;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.api.function.VoidFunction;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.plan.StageBody.Sink.FileOutput.Form;
import dev.kindling.plan.TaskRows;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A set as the program holds it: a node of the plan and the session it belongs to. Transformations make a node each and
 * return at once; actions run a job on the calling thread. Safe for many threads.
 * Split by topic: here are the actions that make one value of all rows, and those that write; above it stand
 * {@link CollectingHandle}, {@link ShuffledHandle}, {@link NarrowHandle} and {@link SetHandle}.
 */
class RddHandle<T> extends CollectingHandle<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    RddHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public long count() {
        long[] sum = {0};
        Plans plans = plans("count");
        run(plans, Actions.CountRows.ALL, firstPartitions(getNumPartitions()), (p, count) -> sum[0] += (Long) count);
        return sum[0];
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
        List<Object> one = onDriver(plans, () -> Actions.reduced(TaskRows.of(results.iterator()), f));
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
        return treeAggregate(zero, seq, comb, depth, false);
    }

    @Override
    public <U> U treeAggregate(
            U zero, Function2<U, T, U> seq, Function2<U, U, U> comb, int depth, boolean finalOnExecutor) {
        Plans plans = plans("treeAggregate");
        Zero start = zeroOf(plans, zero);
        Function2<Object, Object, Object> merge = plans.travelling(comb);
        PlanNode parts = plans.partitions(node, new PartitionFunctions.FoldRows(start, plans.travelling(seq)), false);
        PlanNode few = gathered(plans, parts, depth, new PartitionFunctions.ReduceRows(merge));
        if (finalOnExecutor) {
            PlanNode together = few.partitionCount() == 1 ? few : sent(plans, few, 1);
            PlanNode last = plans.partitions(together, new PartitionFunctions.FoldRows(start, merge), false);
            return Plans.erased(collected(plans, last).get(0));
        }
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
            few = plans.partitions(sent(plans, few, targets), merge, false);
        }
        return few;
    }

    /** The rows of all partitions, brought together in {@code targets} of them. */
    private static PlanNode sent(Plans plans, PlanNode parts, int targets) {
        PlanNode keyed = plans.partitions(parts, new PartitionFunctions.Gather(targets), false);
        PlanNode received = plans.shuffle(keyed, new HashPartitioner(targets), new PlanNode.ReduceSide.PairRows());
        return plans.map(received, RowFunctions.PairPart.VALUE);
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
    public long countApproxDistinct(double relativeSD) {
        Plans plans = plans("countApproxDistinct");
        int precision = plans.sketchPrecision(relativeSD);
        DistinctSketch all = new DistinctSketch(precision);
        run(
                plans,
                new Actions.Sketch(precision),
                firstPartitions(getNumPartitions()),
                (p, sketch) -> all.merge((DistinctSketch) sketch));
        return all.count();
    }

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

    @Override
    public FutureAction<Long> countAsync() {
        return new AsyncActions<>(this, plans("countAsync")).count();
    }

    @Override
    public FutureAction<List<T>> collectAsync() {
        return new AsyncActions<>(this, plans("collectAsync")).collect();
    }

    @Override
    public FutureAction<List<T>> takeAsync(int n) {
        return new AsyncActions<>(this, plans("takeAsync")).take(n);
    }

    @Override
    public FutureAction<Void> foreachAsync(VoidFunction<? super T> f) {
        return new AsyncActions<>(this, plans("foreachAsync")).foreach(f);
    }

    @Override
    public FutureAction<Void> foreachPartitionAsync(VoidFunction<Iterator<T>> f) {
        return new AsyncActions<>(this, plans("foreachPartitionAsync")).foreachPartition(f);
    }

    final void forAll(Plans plans, PartitionFunction function) {
        run(plans, function, firstPartitions(getNumPartitions()), (p, nothing) -> {});
    }

    @Override
    public void saveAsTextFile(String path) {
        saved(plans("saveAsTextFile"), path, Form.TEXT);
    }

    @Override
    public void saveAsTextFile(String path, Class<?> codec) {
        Plans plans = plans("saveAsTextFile");
        if (codec == null || !codec.getSimpleName().equals("GzipCodec") && codec != GZIPOutputStream.class) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    plans.origin() + ": cannot compress with "
                            + (codec == null ? "nothing" : codec.getName()) + "; give "
                            + GZIPOutputStream.class.getName() + ", or Hadoop's GzipCodec");
        }
        saved(plans, path, Form.GZIP_TEXT);
    }

    @Override
    public void saveAsObjectFile(String path) {
        saved(plans("saveAsObjectFile"), path, Form.OBJECTS);
    }

    private void saved(Plans plans, String path, Form form) {
        if (path == null || path.isBlank()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, plans.origin() + ": the path is empty; name a directory");
        }
        session.run(
                plans.origin(),
                node,
                new StageBody.Sink.FileOutput(path, form),
                firstPartitions(getNumPartitions()),
                (p, nothing) -> {});
    }
}
