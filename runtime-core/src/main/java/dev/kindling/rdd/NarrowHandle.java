package dev.kindling.rdd;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.function.DoubleFlatMapFunction;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.FlatMapFunction2;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.PairFlatMapFunction;
import dev.kindling.api.function.PairFunction;
import dev.kindling.api.function.StreamFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Transformations that stay in their stage: row by row, partition by partition, partitions put together. */
abstract class NarrowHandle<T> extends SetHandle<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    NarrowHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

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
        plans.checkFraction(withReplacement, fraction);
        return plans.partitions(node, new Sampling.Rows(withReplacement, fraction, seed), true);
    }

    @Override
    public RDD<T>[] randomSplit(double[] weights) {
        return randomSplit(weights, new SplittableRandom().nextLong());
    }

    @Override
    @SuppressWarnings("unchecked")
    public RDD<T>[] randomSplit(double[] weights, long seed) {
        List<PlanNode> cells = cells(weights, seed);
        return cells.stream().map(this::rdd).toArray(RDD[]::new);
    }

    final List<PlanNode> cells(double[] weights, long seed) {
        Plans plans = plans("randomSplit");
        double sum = 0;
        for (double weight : weights) {
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        plans.origin() + ": a weight is " + weight + "; give numbers from 0 on");
            }
            sum += weight;
        }
        if (!(sum > 0)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, plans.origin() + ": the weights add up to nothing; give one above 0");
        }
        List<PlanNode> cells = new ArrayList<>();
        double from = 0;
        double before = 0;
        for (int i = 0; i < weights.length; i++) {
            before += weights[i];
            // The last bound is exactly 1, whatever the rounding: no row is lost.
            double to = i == weights.length - 1 ? 1 : before / sum;
            cells.add(plans.partitions(node, new Sampling.Cell(from, to, seed), true));
            from = to;
        }
        return cells;
    }

    @Override
    public RDD<String> pipe(String command) {
        return piped(plans("pipe"), List.of(command.trim().split("\\s+")), Map.of());
    }

    @Override
    public RDD<String> pipe(List<String> command) {
        return piped(plans("pipe"), command, Map.of());
    }

    @Override
    public RDD<String> pipe(List<String> command, Map<String, String> env) {
        return piped(plans("pipe"), command, env);
    }

    private RDD<String> piped(Plans plans, List<String> command, Map<String, String> env) {
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, plans.origin() + ": the command is empty; name a program");
        }
        return rdd(plans.partitions(node, new Pipe(List.copyOf(command), Map.copyOf(env)), false));
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
            run(plans, Actions.CountRows.AHEAD, firstPartitions(counted), (p, count) -> firsts[p + 1] = (Long) count);
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
    public <U> PairRDD<T, U> zip(RDD<U> other) {
        Plans plans = plans("zip");
        return pairs(plans.zip(node, nodeOf(other, plans), PartitionFunctions.RowByRow.PAIRS));
    }

    @Override
    public <U, R> RDD<R> zipPartitions(RDD<U> other, FlatMapFunction2<Iterator<T>, Iterator<U>, R> f) {
        Plans plans = plans("zipPartitions");
        return rdd(plans.zip(node, nodeOf(other, plans), new PartitionFunctions.EachOfTwo(plans.travelling(f))));
    }

    @Override
    public <U> PairRDD<T, U> cartesian(RDD<U> other) {
        Plans plans = plans("cartesian");
        return pairs(plans.cartesian(node, nodeOf(other, plans)));
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
}
