package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import java.io.Serial;
import java.util.Comparator;
import java.util.List;

/** Transformations that move rows to other partitions. */
abstract class ShuffledHandle<T> extends NarrowHandle<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    ShuffledHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public RDD<T> repartition(int n) {
        return rdd(repartitioned(n));
    }

    final PlanNode repartitioned(int n) {
        return plans("repartition").repartition(node, n);
    }

    @Override
    public RDD<T> distinct() {
        return rdd(distincted(byHash()));
    }

    @Override
    public RDD<T> distinct(int n) {
        return rdd(distincted(new HashPartitioner(n)));
    }

    final PlanNode distincted(Partitioner by) {
        return plans("distinct").distinct(node, by);
    }

    /** Into as many partitions as this set has. */
    final Partitioner byHash() {
        return HashPartitioner.ofDefaultCount(Math.max(1, getNumPartitions()));
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
        return rdd(subtracted(other, byHash()));
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

    @Override
    public <S> RDD<T> sortBy(Function<? super T, ? extends S> key, SerializableComparator<? super S> order, int n) {
        return sortBy(key, (Comparator<? super S>) order, n);
    }

    private RDD<T> sorted(Plans plans, Function<? super T, ?> key, Comparator<Object> order, int n) {
        PlanNode keyed = plans.map(node, new RowFunctions.WithKey(plans.travelling(key)));
        return rdd(plans.map(plans.sortByKey(keyed, order, n), RowFunctions.PairPart.VALUE));
    }
}
