package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.api.function.VoidFunction2;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.RowFunction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collector;

/** A set of pairs as the program holds it. */
final class PairRddHandle<K, V> extends RddHandle<Tuple2<K, V>> implements PairRDD<K, V> {
    PairRddHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    // ---- what RDD has, with pairs as result
    // ---------------------------------------------------------------------------

    @Override
    public PairRDD<K, V> setName(String newName) {
        super.setName(newName);
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
        return distinct(atLeastOnePartition());
    }

    @Override
    public PairRDD<K, V> distinct(int n) {
        return pairs(distincted(n));
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
        return subtract(other, atLeastOnePartition());
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
    public <U> PairRDD<K, U> flatMapValues(FlatMapFunction<? super V, U> f) {
        Plans plans = plans("flatMapValues");
        return pairs(plans.rows(node, new RowFunction.FlatMapValues(plans.travelling(f)), true));
    }

    // ---- grouping and folding
    // -----------------------------------------------------------------------------------------

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

    // ---- order and place
    // ----------------------------------------------------------------------------------------------

    @Override
    public PairRDD<K, V> partitionBy(Partitioner p) {
        Plans plans = plans("partitionBy");
        return pairs(plans.partitionBy(node, plans.travelling(p)));
    }

    @Override
    public PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p) {
        Plans plans = plans("repartitionAndSortWithinPartitions");
        return pairs(plans.shuffle(node, plans.travelling(p), new ReduceSide.Sorted(NaturalOrder.ASCENDING)));
    }

    @Override
    public PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p, Comparator<? super K> order) {
        Plans plans = plans("repartitionAndSortWithinPartitions");
        return pairs(plans.shuffle(node, plans.travelling(p), new ReduceSide.Sorted(plans.order(order, true))));
    }

    @Override
    public PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p, SerializableComparator<? super K> order) {
        return repartitionAndSortWithinPartitions(p, (Comparator<? super K>) order);
    }

    @Override
    public PairRDD<K, V> sortByKey() {
        return sortByKey(true);
    }

    @Override
    public PairRDD<K, V> sortByKey(boolean ascending) {
        return sortByKey(ascending, atLeastOnePartition());
    }

    @Override
    public PairRDD<K, V> sortByKey(boolean ascending, int n) {
        NaturalOrder order = ascending ? NaturalOrder.ASCENDING : NaturalOrder.DESCENDING;
        return pairs(plans("sortByKey").sortByKey(node, order, n));
    }

    @Override
    public PairRDD<K, V> sortByKey(Comparator<? super K> order) {
        return sortByKey(order, true);
    }

    @Override
    public PairRDD<K, V> sortByKey(Comparator<? super K> order, boolean ascending) {
        return sortByKey(order, ascending, atLeastOnePartition());
    }

    @Override
    public PairRDD<K, V> sortByKey(Comparator<? super K> order, boolean ascending, int n) {
        Plans plans = plans("sortByKey");
        return pairs(plans.sortByKey(node, plans.order(order, ascending), n));
    }

    @Override
    public PairRDD<K, V> sortByKey(SerializableComparator<? super K> order) {
        return sortByKey((Comparator<? super K>) order, true);
    }

    @Override
    public PairRDD<K, V> sortByKey(SerializableComparator<? super K> order, boolean ascending) {
        return sortByKey((Comparator<? super K>) order, ascending);
    }

    @Override
    public PairRDD<K, V> sortByKey(SerializableComparator<? super K> order, boolean ascending, int n) {
        return sortByKey((Comparator<? super K>) order, ascending, n);
    }

    // ---- co-groups and joins
    // ------------------------------------------------------------------------------------------

    /** How a call of the join family places its sides: by a partitioner, by a number, or as the sides are placed. */
    private PlanNode coGroup(Plans plans, Partitioner given, PairRDD<?, ?>... others) {
        List<PlanNode> sides = new ArrayList<>();
        sides.add(node);
        for (PairRDD<?, ?> other : others) {
            sides.add(nodeOf(other, plans));
        }
        Partitioner by =
                given == null ? plans.defaultPartitioner(sides.toArray(PlanNode[]::new)) : plans.travelling(given);
        return plans.coGroup(sides, by);
    }

    private <W, R> PairRDD<K, R> join(
            String operation, PairRDD<K, W> other, Partitioner given, boolean keepsLeft, boolean keepsRight) {
        Plans plans = plans(operation);
        RowFunction join = new RowFunction.FlatMapValues(new RowFunctions.JoinGroups(keepsLeft, keepsRight));
        return pairs(plans.rows(coGroup(plans, given, other), join, true));
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o) {
        return join("join", o, null, false, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o, int n) {
        return join("join", o, new HashPartitioner(n), false, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o, Partitioner p) {
        return join("join", o, p, false, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o) {
        return join("leftOuterJoin", o, null, true, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o, int n) {
        return join("leftOuterJoin", o, new HashPartitioner(n), true, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o, Partitioner p) {
        return join("leftOuterJoin", o, p, true, false);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o) {
        return join("rightOuterJoin", o, null, false, true);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o, int n) {
        return join("rightOuterJoin", o, new HashPartitioner(n), false, true);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o, Partitioner p) {
        return join("rightOuterJoin", o, p, false, true);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o) {
        return join("fullOuterJoin", o, null, true, true);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o, int n) {
        return join("fullOuterJoin", o, new HashPartitioner(n), true, true);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o, Partitioner p) {
        return join("fullOuterJoin", o, p, true, true);
    }

    private <R> PairRDD<K, R> coGrouped(
            Partitioner given, RowFunctions.GroupsAsTuple asTuple, PairRDD<?, ?>... others) {
        Plans plans = plans("cogroup");
        return pairs(plans.mapValues(coGroup(plans, given, others), asTuple));
    }

    @Override
    public <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o) {
        return coGrouped(null, RowFunctions.GroupsAsTuple.OF_2, o);
    }

    @Override
    public <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o, int n) {
        return cogroup(o, new HashPartitioner(n));
    }

    @Override
    public <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o, Partitioner p) {
        return coGrouped(p, RowFunctions.GroupsAsTuple.OF_2, o);
    }

    @Override
    public <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(PairRDD<K, A> a, PairRDD<K, B> b) {
        return coGrouped(null, RowFunctions.GroupsAsTuple.OF_3, a, b);
    }

    @Override
    public <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, int n) {
        return cogroup(a, b, new HashPartitioner(n));
    }

    @Override
    public <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, Partitioner p) {
        return coGrouped(p, RowFunctions.GroupsAsTuple.OF_3, a, b);
    }

    @Override
    public <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c) {
        return coGrouped(null, RowFunctions.GroupsAsTuple.OF_4, a, b, c);
    }

    @Override
    public <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c, int n) {
        return cogroup(a, b, c, new HashPartitioner(n));
    }

    @Override
    public <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c, Partitioner p) {
        return coGrouped(p, RowFunctions.GroupsAsTuple.OF_4, a, b, c);
    }

    @Override
    public <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o) {
        return subtractByKey(o, partitioner().orElseGet(() -> new HashPartitioner(atLeastOnePartition())));
    }

    @Override
    public <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o, int n) {
        return subtractByKey(o, new HashPartitioner(n));
    }

    @Override
    public <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o, Partitioner p) {
        Plans plans = plans("subtractByKey");
        PlanNode keysOnly = plans.mapValues(nodeOf(o, plans), new RowFunctions.Always(0));
        PlanNode sides = plans.coGroup(List.of(node, keysOnly), plans.travelling(p));
        return pairs(plans.rows(sides, new RowFunction.FlatMapValues(RowFunctions.LeftAlone.VALUES), true));
    }

    // ---- actions
    // ------------------------------------------------------------------------------------------------------

    @Override
    public List<V> lookup(K key) {
        Plans plans = plans("lookup");
        RowFunctions.KeyEquals test = new RowFunctions.KeyEquals(key == null ? null : plans.travelling(key));
        PlanNode values = plans.map(plans.filter(node, test), RowFunctions.PairPart.VALUE);
        Optional<Partitioner> by = partitioner().filter(p -> !(p instanceof RangeBounds));
        if (by.isEmpty()) {
            return collected(plans, values);
        }
        List<V> found = new ArrayList<>();
        new RddHandle<V>(session, values)
                .run(
                        plans,
                        Actions.CollectRows.ALL,
                        List.of(by.get().getPartition(key)),
                        (p, rows) -> found.addAll(Plans.erased(rows)));
        return found;
    }

    @Override
    public Map<K, V> collectAsMap() {
        List<Tuple2<K, V>> pairs = collected(plans("collectAsMap"), node);
        Map<K, V> map = new HashMap<>(pairs.size() * 4 / 3 + 1);
        pairs.forEach(pair -> map.put(pair._1(), pair._2()));
        return map;
    }

    @Override
    public Map<K, Long> countByKey() {
        Plans plans = plans("countByKey");
        return counted(plans, plans.mapValues(node, new RowFunctions.Always(1L)));
    }

    @Override
    public Map<K, V> reduceByKeyLocally(Function2<V, V, V> f) {
        Plans plans = plans("reduceByKeyLocally");
        Function2<Object, Object, Object> merge = plans.travelling(f);
        Map<Object, Object> values = new HashMap<>();
        runInOrder(
                plans,
                new Actions.ReducePairs(merge),
                (p, pairs) -> onDriver(plans, () -> {
                    Actions.mergePairs(values, Plans.<List<?>>erased(pairs).iterator(), merge);
                    return null;
                }));
        return Plans.erased(values);
    }
}
