package dev.kindling.rdd;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pairs of several sets with one key side by side. */
abstract class JoinedHandle<K, V> extends FoldedByKeyHandle<K, V> {
    @Serial
    private static final long serialVersionUID = 1L;

    JoinedHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

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
        return subtractByKey(o, partitioner().orElseGet(this::byHash));
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
}
