package dev.kindling.api;

import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.api.function.VoidFunction2;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collector;

/** A set of key-value pairs. Keys need {@code equals} and {@code hashCode} that mean the same in every process. */
public interface PairRDD<K, V> extends RDD<Tuple2<K, V>> {
    // ---- what RDD has, with pairs as result -------------------------------------------------------------------------

    @Override
    PairRDD<K, V> setName(String name);

    @Override
    PairRDD<K, V> cache();

    @Override
    PairRDD<K, V> persist(StorageLevel level);

    @Override
    PairRDD<K, V> unpersist();

    @Override
    PairRDD<K, V> unpersist(boolean blocking);

    @Override
    PairRDD<K, V> filter(Function<? super Tuple2<K, V>, Boolean> f);

    PairRDD<K, V> filter(Function2<? super K, ? super V, Boolean> f);

    @Override
    PairRDD<K, V> distinct();

    @Override
    PairRDD<K, V> distinct(int n);

    @Override
    PairRDD<K, V> coalesce(int n);

    @Override
    PairRDD<K, V> coalesce(int n, boolean shuffle);

    @Override
    PairRDD<K, V> repartition(int n);

    @Override
    PairRDD<K, V> sample(boolean withReplacement, double fraction);

    @Override
    PairRDD<K, V> sample(boolean withReplacement, double fraction, long seed);

    @Override
    PairRDD<K, V> union(RDD<Tuple2<K, V>> other);

    @Override
    PairRDD<K, V> intersection(RDD<Tuple2<K, V>> other);

    @Override
    PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other);

    @Override
    PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other, int n);

    @Override
    PairRDD<K, V> subtract(RDD<Tuple2<K, V>> other, Partitioner p);

    // ---- functions of key and value ---------------------------------------------------------------------------------

    <R> RDD<R> map(Function2<? super K, ? super V, ? extends R> f);

    <K2, V2> PairRDD<K2, V2> mapToPair(Function2<? super K, ? super V, Tuple2<K2, V2>> f);

    void foreach(VoidFunction2<? super K, ? super V> f);

    // ---- keys and values --------------------------------------------------------------------------------------------

    RDD<K> keys();

    RDD<V> values();

    /** Keeps the keys and therefore the partitioner. */
    <U> PairRDD<K, U> mapValues(Function<? super V, ? extends U> f);

    /** Keeps the keys and therefore the partitioner. */
    <U> PairRDD<K, U> flatMapValues(FlatMapFunction<? super V, U> f);

    PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions);

    /** Each pair by the fraction of its key, as {@link #sample} does; every key needs a fraction. */
    PairRDD<K, V> sampleByKey(boolean withReplacement, Map<K, Double> fractions, long seed);

    // ---- grouping and folding ---------------------------------------------------------------------------------------

    /** Groups of any size: they lie on disk when memory is short, and are valid and re-iterable until the task ends. */
    PairRDD<K, Iterable<V>> groupByKey();

    PairRDD<K, Iterable<V>> groupByKey(int n);

    PairRDD<K, Iterable<V>> groupByKey(Partitioner p);

    PairRDD<K, V> reduceByKey(Function2<V, V, V> f);

    PairRDD<K, V> reduceByKey(Function2<V, V, V> f, int n);

    PairRDD<K, V> reduceByKey(Partitioner p, Function2<V, V, V> f);

    PairRDD<K, V> foldByKey(V zero, Function2<V, V, V> f);

    PairRDD<K, V> foldByKey(V zero, int n, Function2<V, V, V> f);

    PairRDD<K, V> foldByKey(V zero, Partitioner p, Function2<V, V, V> f);

    <U> PairRDD<K, U> aggregateByKey(U zero, Function2<U, V, U> seq, Function2<U, U, U> comb);

    <U> PairRDD<K, U> aggregateByKey(U zero, int n, Function2<U, V, U> seq, Function2<U, U, U> comb);

    <U> PairRDD<K, U> aggregateByKey(U zero, Partitioner p, Function2<U, V, U> seq, Function2<U, U, U> comb);

    /** One collector a key, made where it runs; its containers must be serializable. */
    <A, R> PairRDD<K, R> collectByKey(Function0<Collector<? super V, A, R>> collector);

    <C> PairRDD<K, C> combineByKey(Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine);

    <C> PairRDD<K, C> combineByKey(Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine, int n);

    <C> PairRDD<K, C> combineByKey(
            Function<V, C> create, Function2<C, V, C> merge, Function2<C, C, C> combine, Partitioner p);

    <C> PairRDD<K, C> combineByKey(
            Function<V, C> create,
            Function2<C, V, C> merge,
            Function2<C, C, C> combine,
            Partitioner p,
            boolean mapSideCombine);

    /** See {@link #countApproxDistinctByKey(double, Partitioner)}. */
    PairRDD<K, Long> countApproxDistinctByKey(double relativeSD);

    PairRDD<K, Long> countApproxDistinctByKey(double relativeSD, int n);

    /** How many different values each key has, about: see {@link #countApproxDistinct}. */
    PairRDD<K, Long> countApproxDistinctByKey(double relativeSD, Partitioner p);

    // ---- order and place --------------------------------------------------------------------------------------------

    /** Nothing moves when the set is placed by an equal partitioner already. */
    PairRDD<K, V> partitionBy(Partitioner p);

    PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p);

    PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p, Comparator<? super K> order);

    PairRDD<K, V> repartitionAndSortWithinPartitions(Partitioner p, SerializableComparator<? super K> order);

    /** Partition by partition in the order of the keys; equal keys share a partition and keep their order. */
    PairRDD<K, V> sortByKey();

    PairRDD<K, V> sortByKey(boolean ascending);

    PairRDD<K, V> sortByKey(boolean ascending, int n);

    PairRDD<K, V> sortByKey(Comparator<? super K> order);

    PairRDD<K, V> sortByKey(Comparator<? super K> order, boolean ascending);

    PairRDD<K, V> sortByKey(Comparator<? super K> order, boolean ascending, int n);

    PairRDD<K, V> sortByKey(SerializableComparator<? super K> order);

    PairRDD<K, V> sortByKey(SerializableComparator<? super K> order, boolean ascending);

    PairRDD<K, V> sortByKey(SerializableComparator<? super K> order, boolean ascending, int n);

    /** The pairs whose key is not below {@code from} and not above {@code to}, in the natural order of the keys. */
    PairRDD<K, V> filterByRange(K from, K to);

    /** Where the set is sorted, or placed by ranges, in this order, partitions outside of the range are not computed. */
    PairRDD<K, V> filterByRange(Comparator<? super K> order, K from, K to);

    PairRDD<K, V> filterByRange(SerializableComparator<? super K> order, K from, K to);

    // ---- joins: a side that is placed by the same partitioner already is not shuffled -------------------------------

    <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o);

    <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o, int n);

    <W> PairRDD<K, Tuple2<V, W>> join(PairRDD<K, W> o, Partitioner p);

    <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o);

    <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o, int n);

    <W> PairRDD<K, Tuple2<V, Optional<W>>> leftOuterJoin(PairRDD<K, W> o, Partitioner p);

    <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o);

    <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o, int n);

    <W> PairRDD<K, Tuple2<Optional<V>, W>> rightOuterJoin(PairRDD<K, W> o, Partitioner p);

    <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o);

    <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o, int n);

    <W> PairRDD<K, Tuple2<Optional<V>, Optional<W>>> fullOuterJoin(PairRDD<K, W> o, Partitioner p);

    <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o);

    <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o, int n);

    <W> PairRDD<K, Tuple2<Iterable<V>, Iterable<W>>> cogroup(PairRDD<K, W> o, Partitioner p);

    <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(PairRDD<K, A> a, PairRDD<K, B> b);

    <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(PairRDD<K, A> a, PairRDD<K, B> b, int n);

    <A, B> PairRDD<K, Tuple3<Iterable<V>, Iterable<A>, Iterable<B>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, Partitioner p);

    <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c);

    <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c, int n);

    <A, B, C> PairRDD<K, Tuple4<Iterable<V>, Iterable<A>, Iterable<B>, Iterable<C>>> cogroup(
            PairRDD<K, A> a, PairRDD<K, B> b, PairRDD<K, C> c, Partitioner p);

    /** Pairs whose key is not in {@code o}. */
    <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o);

    <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o, int n);

    <W> PairRDD<K, V> subtractByKey(PairRDD<K, W> o, Partitioner p);

    // ---- actions ----------------------------------------------------------------------------------------------------

    /** All values of one key; with a known partitioner only its partition is computed. */
    List<V> lookup(K key);

    /** One value a key, the last one where a key has several. */
    Map<K, V> collectAsMap();

    /** Counted on the map side, merged by a shuffle; the result must fit into the driver. */
    Map<K, Long> countByKey();

    Map<K, V> reduceByKeyLocally(Function2<V, V, V> f);
}
