package dev.kindling.api;

import dev.kindling.api.function.DoubleFlatMapFunction;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.FlatMapFunction2;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.PairFlatMapFunction;
import dev.kindling.api.function.PairFunction;
import dev.kindling.api.function.SerializableComparator;
import dev.kindling.api.function.StreamFunction;
import dev.kindling.api.function.VoidFunction;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Stream;

/**
 * A set of rows, cut into partitions, described and not yet computed: a transformation returns another set at once, an
 * action runs a job and blocks until it has ended. Immutable but for its name; safe for many threads.
 *
 * <p>A function given to a transformation runs on executors, on a copy of what it captured. That it can travel is
 * checked when the transformation is called. A failed job throws {@link KindlingException} whose cause is the
 * function's own exception.
 */
public interface RDD<T> extends Serializable {
    // ---- identity -------------------------------------------------------------------------------------------------

    /** Unique in its context. */
    int id();

    /** Null until one was set. */
    String name();

    RDD<T> setName(String name);

    KindlingContext context();

    List<Partition> partitions();

    int getNumPartitions();

    /** By what the rows are placed, when that is known. */
    Optional<Partitioner> partitioner();

    /**
     * The rows of one partition, fetched by a job of its own when the first is asked for. For the program, not for
     * functions inside tasks.
     *
     * @param c not looked at
     */
    Iterator<T> iterator(Partition p, TaskContext c);

    /** The tree of sets, indented by shuffles. */
    String toDebugString();

    /** The stages an action would have, before it runs. */
    Lineage lineage();

    boolean isEmpty();

    // ---- kept -------------------------------------------------------------------------------------------------------

    /** The same as {@code persist(StorageLevel.MEMORY_ONLY)}. */
    RDD<T> cache();

    /**
     * From now on, what a job computes of this set is kept on the executors, partition by partition, and read by jobs
     * that come after. Rows are kept as packed bytes, so changing a row object afterwards changes nothing; a row that
     * cannot be serialized fails the job. A partition of which a job wants only the first rows is not kept. What gives
     * way to other blocks, or is lost with an executor, is computed again when it is wanted.
     *
     * @throws KindlingException when the set is persisted with another level, or the level cannot be had
     */
    RDD<T> persist(StorageLevel level);

    /** Lets go of what is kept, without waiting for the executors. Harmless for a set that is not persisted. */
    RDD<T> unpersist();

    /** @param blocking whether to wait until the executors have let go */
    RDD<T> unpersist(boolean blocking);

    /** {@link StorageLevel#NONE} for a set that is not persisted. */
    StorageLevel getStorageLevel();

    /**
     * Writes the set to the checkpoint directory after the next job that has it in its plan, by a job of its own, and
     * cuts its lineage there. Persist the set, or it is computed twice.
     *
     * @throws KindlingException when the context has no checkpoint directory
     */
    void checkpoint();

    /**
     * As {@link #checkpoint}, into the caches of the executors, with disk for what does not fit: fast, and what is lost
     * with an executor is lost for good. Persists the set, by default in memory and on disk.
     */
    void localCheckpoint();

    /** Whether its lineage is cut. */
    boolean isCheckpointed();

    /** Where {@link #checkpoint} has written it. */
    Optional<String> getCheckpointFile();

    // ---- row by row, partition by partition -------------------------------------------------------------------------

    <R> RDD<R> map(Function<? super T, ? extends R> f);

    <R> RDD<R> flatMap(FlatMapFunction<? super T, R> f);

    <R> RDD<R> flatMapStream(StreamFunction<? super T, R> f);

    <K, V> PairRDD<K, V> mapToPair(PairFunction<? super T, K, V> f);

    <K, V> PairRDD<K, V> flatMapToPair(PairFlatMapFunction<? super T, K, V> f);

    DoubleRDD mapToDouble(DoubleFunction<? super T> f);

    DoubleRDD flatMapToDouble(DoubleFlatMapFunction<? super T> f);

    <R> RDD<R> mapPartitions(FlatMapFunction<Iterator<T>, R> f);

    /** @param preservesPartitioning whether the rows' keys stay what they are */
    <R> RDD<R> mapPartitions(FlatMapFunction<Iterator<T>, R> f, boolean preservesPartitioning);

    <R> RDD<R> mapPartitionsWithIndex(Function2<Integer, Iterator<T>, Iterator<R>> f, boolean preservesPartitioning);

    <K, V> PairRDD<K, V> mapPartitionsToPair(PairFlatMapFunction<Iterator<T>, K, V> f);

    <K, V> PairRDD<K, V> mapPartitionsToPair(PairFlatMapFunction<Iterator<T>, K, V> f, boolean preservesPartitioning);

    DoubleRDD mapPartitionsToDouble(DoubleFlatMapFunction<Iterator<T>> f);

    RDD<T> filter(Function<? super T, Boolean> f);

    <K> PairRDD<K, T> keyBy(Function<? super T, ? extends K> f);

    /** The rows of each partition as one list. */
    RDD<List<T>> glom();

    RDD<T> sample(boolean withReplacement, double fraction);

    /** The same rows for the same seed and the same partitions. */
    RDD<T> sample(boolean withReplacement, double fraction, long seed);

    RDD<T>[] randomSplit(double[] weights);

    /** Every row in exactly one of the sets, by chance; weights need not add up to 1. Each set is computed by itself. */
    RDD<T>[] randomSplit(double[] weights, long seed);

    /** The command's words at spaces; see {@link #pipe(List, Map)}. */
    RDD<String> pipe(String command);

    RDD<String> pipe(List<String> command);

    /**
     * One process a partition: rows go to its standard input as lines, the lines of its standard output are the rows. A
     * process that ends with another code than 0 fails the task.
     *
     * @param env added to the environment of the executor
     */
    RDD<String> pipe(List<String> command, Map<String, String> env);

    /**
     * All rows of both, duplicates kept; partitions of this set first. Where both are placed by equal partitioners, so
     * is the union: then it has as many partitions as each of them.
     */
    RDD<T> union(RDD<T> other);

    /**
     * Row k of each partition with row k of the same partition of {@code other}. Both sets need as many partitions, and
     * as many rows in each: else the call or the job fails.
     */
    <U> PairRDD<T, U> zip(RDD<U> other);

    /** Rows with their position in the set; with more than one partition this runs a job that counts the rows. */
    PairRDD<T, Long> zipWithIndex();

    /** Rows of partition {@code i} of {@code n} get i, i + n, i + 2n and so on; runs no job. */
    PairRDD<T, Long> zipWithUniqueId();

    /** Calls {@code f} with the same partition of both sets, which need as many partitions; it pulls as far as it likes. */
    <U, R> RDD<R> zipPartitions(RDD<U> other, FlatMapFunction2<Iterator<T>, Iterator<U>, R> f);

    /**
     * Every row with every row of {@code other}: one partition for each pair of partitions, nothing is shuffled. Pairs
     * share their rows: functions must not change them.
     */
    <U> PairRDD<T, U> cartesian(RDD<U> other);

    /** Fewer partitions, neighbours put together, nothing moved; never more. */
    RDD<T> coalesce(int n);

    /** With {@code shuffle}, rows are dealt out evenly over any number of partitions. */
    RDD<T> coalesce(int n, boolean shuffle);

    // ---- shuffled -------------------------------------------------------------------------------------------------

    RDD<T> repartition(int n);

    RDD<T> distinct();

    RDD<T> distinct(int n);

    /** Rows that are in both, each once. */
    RDD<T> intersection(RDD<T> other);

    /** Rows that are not in {@code other}, duplicates kept. */
    RDD<T> subtract(RDD<T> other);

    RDD<T> subtract(RDD<T> other, int n);

    RDD<T> subtract(RDD<T> other, Partitioner p);

    <K> PairRDD<K, Iterable<T>> groupBy(Function<? super T, ? extends K> f);

    <K> PairRDD<K, Iterable<T>> groupBy(Function<? super T, ? extends K> f, int n);

    <S> RDD<T> sortBy(Function<? super T, ? extends S> key, boolean ascending, int n);

    <S> RDD<T> sortBy(Function<? super T, ? extends S> key, Comparator<? super S> order, int n);

    <S> RDD<T> sortBy(Function<? super T, ? extends S> key, SerializableComparator<? super S> order, int n);

    // ---- actions --------------------------------------------------------------------------------------------------

    /** All rows, in partition order; they must fit into the driver's memory. */
    List<T> collect();

    /** The JDK's collectors, distributed: the collector is made where it runs; its containers must be serializable. */
    <A, R> R collect(Function0<Collector<? super T, A, R>> collector);

    /** The rows of the named partitions, each in an array element of its own. */
    List<T>[] collectPartitions(int[] ids);

    /** Fetches one partition at a time, with one job each. */
    Iterator<T> toLocalIterator();

    Stream<T> toLocalStream();

    long count();

    /** Fails with {@code NoSuchElementException} on an empty set. */
    T first();

    /** The first rows in partition order; reads no more partitions than needed and stops early within each. */
    List<T> take(int n);

    List<T> takeSample(boolean withReplacement, int n);

    /** {@code n} rows by chance, all of them when there are fewer and none is taken twice; in random order. */
    List<T> takeSample(boolean withReplacement, int n, long seed);

    List<T> takeOrdered(int n);

    List<T> takeOrdered(int n, Comparator<? super T> order);

    List<T> takeOrdered(int n, SerializableComparator<? super T> order);

    List<T> top(int n);

    List<T> top(int n, Comparator<? super T> order);

    List<T> top(int n, SerializableComparator<? super T> order);

    T max(Comparator<? super T> order);

    T max(SerializableComparator<? super T> order);

    T min(Comparator<? super T> order);

    T min(SerializableComparator<? super T> order);

    /** {@code f} must not depend on order of evaluation; fails on an empty set. */
    T reduce(Function2<T, T, T> f);

    T treeReduce(Function2<T, T, T> f);

    /** Merges partial results on executors in {@code depth} levels before the driver merges the rest. */
    T treeReduce(Function2<T, T, T> f, int depth);

    /** Starts from a copy of {@code zero} in each partition and on the driver; {@code f} may change its first argument. */
    T fold(T zero, Function2<T, T, T> f);

    <U> U aggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb);

    <U> U treeAggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb);

    <U> U treeAggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb, int depth);

    /** With {@code finalOnExecutor} the last merge runs on an executor too, and the driver gets its result only. */
    <U> U treeAggregate(U zero, Function2<U, T, U> seq, Function2<U, U, U> comb, int depth, boolean finalOnExecutor);

    Map<T, Long> countByValue();

    /**
     * How many different rows there are, about: the relative standard error is {@code relativeSD}, such as 0.01. Some
     * kilobytes a partition, whatever the size of the set. Rows are told apart by 64 bits of numbers, strings, byte
     * arrays, tuples and lists of these, and by {@code hashCode} otherwise.
     *
     * @param relativeSD from 0.00026 to 0.26
     */
    long countApproxDistinct(double relativeSD);

    void foreach(VoidFunction<? super T> f);

    void foreachPartition(VoidFunction<Iterator<T>> f);

    // ---- actions that do not wait ---------------------------------------------------------------------------------

    /** As {@link #count}; the program goes on meanwhile. */
    FutureAction<Long> countAsync();

    /** As {@link #collect}; the program goes on meanwhile. */
    FutureAction<List<T>> collectAsync();

    /** As {@link #take}; the program goes on meanwhile. */
    FutureAction<List<T>> takeAsync(int n);

    /** As {@link #foreach}; the program goes on meanwhile. */
    FutureAction<Void> foreachAsync(VoidFunction<? super T> f);

    /** As {@link #foreachPartition}; the program goes on meanwhile. */
    FutureAction<Void> foreachPartitionAsync(VoidFunction<Iterator<T>> f);

    /** One line a row, one part file a partition, and {@code _SUCCESS} at the end; refuses an existing target. */
    void saveAsTextFile(String path);

    /**
     * The same with every file packed.
     *
     * @param codec {@code java.util.zip.GZIPOutputStream}, or Hadoop's {@code GzipCodec}; both mean gzip
     */
    void saveAsTextFile(String path, Class<?> codec);

    /**
     * The rows as {@link KindlingContext#objectFile} reads them, in the format in which they are shuffled; for programs
     * of the same release.
     */
    void saveAsObjectFile(String path);
}
