package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import java.io.Serial;
import java.util.stream.Collector;

/** Pairs grouped and folded by key. */
abstract class FoldedByKeyHandle<K, V> extends KeyedHandle<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    FoldedByKeyHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public PairRDD<K, Iterable<V>> groupByKey() {
        Plans plans = plans("groupByKey");
        return pairs(plans.groupByKey(node, plans.defaultPartitioner(node)));
    }

    @Override
    public PairRDD<K, Iterable<V>> groupByKey(int n) {
        return groupByKey(new HashPartitioner(n));
    }

    @Override
    public PairRDD<K, Iterable<V>> groupByKey(Partitioner p) {
        Plans plans = plans("groupByKey");
        return pairs(plans.groupByKey(node, plans.travelling(p)));
    }

    @Override
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> f) {
        Plans plans = plans("reduceByKey");
        return reduceByKey(plans, plans.defaultPartitioner(node), f);
    }

    @Override
    public PairRDD<K, V> reduceByKey(Function2<V, V, V> f, int n) {
        return reduceByKey(plans("reduceByKey"), new HashPartitioner(n), f);
    }

    @Override
    public PairRDD<K, V> reduceByKey(Partitioner p, Function2<V, V, V> f) {
        return reduceByKey(plans("reduceByKey"), p, f);
    }

    private PairRDD<K, V> reduceByKey(Plans plans, Partitioner p, Function2<V, V, V> f) {
        Function2<Object, Object, Object> merge = plans.travelling(f);
        return combined(plans, new Combiner(RowFunctions.Itself.VALUE, merge, merge), p, true);
    }

    @Override
    public PairRDD<K, V> foldByKey(V zero, Function2<V, V, V> f) {
        Plans plans = plans("foldByKey");
        return aggregateByKey(plans, zero, plans.defaultPartitioner(node), f, f);
    }

    @Override
    public PairRDD<K, V> foldByKey(V zero, int n, Function2<V, V, V> f) {
        return aggregateByKey(plans("foldByKey"), zero, new HashPartitioner(n), f, f);
    }

    @Override
    public PairRDD<K, V> foldByKey(V zero, Partitioner p, Function2<V, V, V> f) {
        return aggregateByKey(plans("foldByKey"), zero, p, f, f);
    }

    @Override
    public <U> PairRDD<K, U> aggregateByKey(U zero, Function2<U, V, U> seq, Function2<U, U, U> comb) {
        Plans plans = plans("aggregateByKey");
        return aggregateByKey(plans, zero, plans.defaultPartitioner(node), seq, comb);
    }

    @Override
    public <U> PairRDD<K, U> aggregateByKey(U zero, int n, Function2<U, V, U> seq, Function2<U, U, U> comb) {
        return aggregateByKey(plans("aggregateByKey"), zero, new HashPartitioner(n), seq, comb);
    }

    @Override
    public <U> PairRDD<K, U> aggregateByKey(U zero, Partitioner p, Function2<U, V, U> seq, Function2<U, U, U> comb) {
        return aggregateByKey(plans("aggregateByKey"), zero, p, seq, comb);
    }

    private <U> PairRDD<K, U> aggregateByKey(
            Plans plans, U zero, Partitioner p, Function2<U, V, U> seq, Function2<U, U, U> comb) {
        Function2<Object, Object, Object> merge = plans.travelling(seq);
        RowFunctions.FromZero create = new RowFunctions.FromZero(zeroOf(plans, zero), merge);
        return combined(plans, new Combiner(create, merge, plans.travelling(comb)), p, true);
    }

    @Override
    public <A, R> PairRDD<K, R> collectByKey(Function0<Collector<? super V, A, R>> collector) {
        Plans plans = plans("collectByKey");
        RowFunctions.Collecting how = new RowFunctions.Collecting(plans.travelling(collector));
        PlanNode containers = plans.combineByKey(node, how.combiner(), plans.defaultPartitioner(node), true);
        return pairs(plans.mapValues(containers, new RowFunctions.FinishCollecting(how)));
    }

    @Override
    public PairRDD<K, Long> countApproxDistinctByKey(double relativeSD) {
        Plans plans = plans("countApproxDistinctByKey");
        return approxDistinct(plans, relativeSD, plans.defaultPartitioner(node));
    }

    @Override
    public PairRDD<K, Long> countApproxDistinctByKey(double relativeSD, int n) {
        return approxDistinct(plans("countApproxDistinctByKey"), relativeSD, new HashPartitioner(n));
    }

    @Override
    public PairRDD<K, Long> countApproxDistinctByKey(double relativeSD, Partitioner p) {
        return approxDistinct(plans("countApproxDistinctByKey"), relativeSD, p);
    }

    private PairRDD<K, Long> approxDistinct(Plans plans, double relativeSD, Partitioner p) {
        Combiner sketches = DistinctSketch.combiner(plans.sketchPrecision(relativeSD));
        PlanNode combined = plans.combineByKey(node, sketches, plans.travelling(p), true);
        return pairs(plans.mapValues(combined, DistinctSketch.Count.OF_SKETCH));
    }

    @Override
    public <C> PairRDD<K, C> combineByKey(Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine) {
        Plans plans = plans("combineByKey");
        return combineByKey(plans, create, merge, combine, plans.defaultPartitioner(node), true);
    }

    @Override
    public <C> PairRDD<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine, int n) {
        return combineByKey(plans("combineByKey"), create, merge, combine, new HashPartitioner(n), true);
    }

    @Override
    public <C> PairRDD<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine, Partitioner p) {
        return combineByKey(plans("combineByKey"), create, merge, combine, p, true);
    }

    @Override
    public <C> PairRDD<K, C> combineByKey(
            Function<V, C> create,
            Function2<C, V, C> merge,
            Function2<C, C, C> combine,
            Partitioner p,
            boolean mapSideCombine) {
        return combineByKey(plans("combineByKey"), create, merge, combine, p, mapSideCombine);
    }

    private <C> PairRDD<K, C> combineByKey(
            Plans plans,
            Function<V, C> create,
            Function2<C, V, C> merge,
            Function2<C, C, C> combine,
            Partitioner p,
            boolean mapSide) {
        Combiner combiner = new Combiner(plans.travelling(create), plans.travelling(merge), plans.travelling(combine));
        return combined(plans, combiner, p, mapSide);
    }

    private <C> PairRDD<K, C> combined(Plans plans, Combiner combiner, Partitioner p, boolean mapSide) {
        return pairs(plans.combineByKey(node, combiner, plans.travelling(p), mapSide));
    }
}
