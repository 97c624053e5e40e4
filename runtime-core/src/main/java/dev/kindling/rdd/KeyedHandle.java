package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.VoidFunction2;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import java.io.Serial;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Pairs row by row: what RDD has with pairs as result, functions of key and value, keys and values. */
abstract class KeyedHandle<K, V> extends RddHandle<Tuple2<K, V>> implements PairRDD<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    KeyedHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public PairRDD<K, V> setName(String newName) {
        super.setName(newName);
        return this;
    }

    @Override
    public PairRDD<K, V> cache() {
        super.cache();
        return this;
    }

    @Override
    public PairRDD<K, V> persist(StorageLevel level) {
        super.persist(level);
        return this;
    }

    @Override
    public PairRDD<K, V> unpersist() {
        super.unpersist();
        return this;
    }

    @Override
    public PairRDD<K, V> unpersist(boolean blocking) {
        super.unpersist(blocking);
        return this;
    }

    @Override
    public PairRDD<K, V> filter(Function<? super Tuple2<K, V>, Boolean> f) {
        return pairs(filtered(f));
    }

    @Override
    public PairRDD<K, V> filter(Function2<? super K, ? super V, Boolean> f) {
        Plans plans = plans("filter");
        return pairs(plans.filter(node, new RowFunctions.PairTest(plans.travelling(f))));
    }

    @Override
    public PairRDD<K, V> distinct() {
        return pairs(distincted(byHash()));
    }

    @Override
    public PairRDD<K, V> distinct(int n) {
        return pairs(distincted(new HashPartitioner(n)));
    }

    @Override
    public PairRDD<K, V> coalesce(int n) {
        return coalesce(n, false);
    }

    @Override
    public PairRDD<K, V> coalesce(int n, boolean shuffle) {
        return pairs(coalesced(n, shuffle));
    }

    @Override
    public PairRDD<K, V> repartition(int n) {
        return pairs(repartitioned(n));
    }

    @Override
    public PairRDD<K, V> sample(boolean withReplacement, double fraction) {
        return sample(withReplacement, fraction, new SplittableRandom().nextLong());
    }

    @Override
    public PairRDD<K, V> sample(boolean withReplacement, double fraction, long seed) {
        return pairs(sampled(withReplacement, fraction, seed));
    }

    @Override
    public PairRDD<K, V> union(RDD<Tuple2<K, V>> other) {
        return pairs(united(other));
    }

    @Override
    public PairRDD<K, V> intersection(RDD<Tuple2<K, V>> other) {
        return pairs(intersected(other));
    }

    @Override
    public PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other) {
        return pairs(subtracted(other, byHash()));
    }

    @Override
    public PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other, int n) {
        return subtract(other, new HashPartitioner(n));
    }

    @Override
    public PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other, Partitioner p) {
        return pairs(subtracted(other, p));
    }

    // ---- functions of key and value
    // -----------------------------------------------------------------------------------

    @Override
    public <R> RDD<R> map(Function2<? super K, ? super V, ? extends R> f) {
        Plans plans = plans("map");
        return rdd(plans.map(node, new RowFunctions.OfPair(plans.travelling(f))));
    }

    @Override
    public <K2, V2> PairRDD<K2, V2> mapToPair(Function2<? super K, ? super V, Tuple2<K2, V2>> f) {
        Plans plans = plans("mapToPair");
        return pairs(plans.map(node, new RowFunctions.OfPair(plans.travelling(f))));
    }

    @Override
    public void foreach(VoidFunction2<? super K, ? super V> f) {
        Plans plans = plans("foreach");
        forAll(plans, new Actions.ForEachPair(plans.travelling(f)));
    }

    // ---- keys and values
    // ----------------------------------------------------------------------------------------------

    @Override
    public RDD<K> keys() {
        return rdd(plans("keys").map(node, RowFunctions.PairPart.KEY));
    }

    @Override
    public RDD<V> values() {
        return rdd(plans("values").map(node, RowFunctions.PairPart.VALUE));
    }

    @Override
    public <U> PairRDD<K, U> mapValues(Function<? super V, ? extends U> f) {
        Plans plans = plans("mapValues");
        return pairs(plans.mapValues(node, plans.travelling(f)));
    }

    @Override
    public PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions) {
        return sampleByKey(withReplacement, fractions, new SplittableRandom().nextLong());
    }

    @Override
    public PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions, long seed) {
        Plans plans = plans("sampleByKey");
        fractions
                .values()
                .forEach(fraction -> plans.checkFraction(withReplacement, fraction == null ? Double.NaN : fraction));
        Map<Object, Double> own = plans.travelling(new HashMap<>(fractions));
        return pairs(plans.partitions(node, new Sampling.ByKey(withReplacement, own, seed), true));
    }

    @Override
    public <U> PairRDD<K, U> flatMapValues(FlatMapFunction<? super V, U> f) {
        Plans plans = plans("flatMapValues");
        return pairs(plans.rows(node, new RowFunction.FlatMapValues(plans.travelling(f)), true));
    }
}
