package dev.kindling.rdd;

import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.TaskRows;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of pairs as the program holds it. Split by topic: here are placing, sorting and the actions; above it stand
 * {@link JoinedHandle}, {@link FoldedByKeyHandle} and {@link KeyedHandle}.
 */
final class PairRddHandle<K, V> extends JoinedHandle<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    PairRddHandle(PlanSession session, PlanNode node) {
        super(session, node);
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
        return pairs(plans.sortWithin(node, plans.travelling(p), NaturalOrder.ASCENDING));
    }

    @Override
    public PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p, Comparator<? super K> order) {
        Plans plans = plans("repartitionAndSortWithinPartitions");
        return pairs(plans.sortWithin(node, plans.travelling(p), plans.order(order, true)));
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
        return pairs(plans("sortByKey").sortByKey(node, natural(ascending)));
    }

    @Override
    public PairRDD<K, V> sortByKey(boolean ascending, int n) {
        return pairs(plans("sortByKey").sortByKey(node, natural(ascending), n));
    }

    private static NaturalOrder natural(boolean ascending) {
        return ascending ? NaturalOrder.ASCENDING : NaturalOrder.DESCENDING;
    }

    @Override
    public PairRDD<K, V> sortByKey(Comparator<? super K> order) {
        return sortByKey(order, true);
    }

    @Override
    public PairRDD<K, V> sortByKey(Comparator<? super K> order, boolean ascending) {
        Plans plans = plans("sortByKey");
        return pairs(plans.sortByKey(node, plans.order(order, ascending)));
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

    @Override
    public PairRDD<K, V> filterByRange(K from, K to) {
        return inRange(plans("filterByRange"), NaturalOrder.ASCENDING, from, to);
    }

    @Override
    public PairRDD<K, V> filterByRange(Comparator<? super K> order, K from, K to) {
        Plans plans = plans("filterByRange");
        return inRange(plans, plans.order(order, true), from, to);
    }

    @Override
    public PairRDD<K, V> filterByRange(SerializableComparator<? super K> order, K from, K to) {
        return filterByRange((Comparator<? super K>) order, from, to);
    }

    private PairRDD<K, V> inRange(Plans plans, Comparator<Object> order, K from, K to) {
        if (from != null) {
            plans.travelling(from);
        }
        if (to != null) {
            plans.travelling(to);
        }
        return pairs(plans.filterByRange(node, order, from, to));
    }

    // ---- actions
    // ------------------------------------------------------------------------------------------------------

    @Override
    public List<V> lookup(K key) {
        Plans plans = plans("lookup");
        RowFunctions.KeyEquals test = new RowFunctions.KeyEquals(key == null ? null : plans.travelling(key));
        PlanNode values = plans.map(plans.filter(node, test), RowFunctions.PairPart.VALUE);
        Optional<Partitioner> by = partitioner().filter(p -> !(p instanceof RangeBounds bounds) || bounds.isResolved());
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
                    Actions.mergePairs(
                            values,
                            TaskRows.of(Plans.<List<Object>>erased(pairs).iterator()),
                            merge);
                    return null;
                }));
        return Plans.erased(values);
    }
}
