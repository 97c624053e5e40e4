package dev.kindling.api.spi;

import dev.kindling.api.Accumulator;
import dev.kindling.api.BinaryFile;
import dev.kindling.api.Broadcast;
import dev.kindling.api.Column;
import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.StatusTracker;
import dev.kindling.api.Tuple2;
import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One application: what stands behind a {@code KindlingContext}. Safe for many threads. */
public interface Session extends AutoCloseable {
    /** The settings the application was started with. Nobody changes them. */
    KindlingConf conf();

    String applicationId();

    String appName();

    String master();

    /** Whether executors live in this JVM. */
    boolean isLocal();

    /** Partitions of a set for which the program names no number. */
    int defaultParallelism();

    Instant startTime();

    /** See {@code KindlingContext.uiUri}. */
    Optional<URI> uiUri();

    <T> RDD<T> parallelize(List<T> rows, int partitions);

    <K, V> PairRDD<K, V> parallelizePairs(List<Tuple2<K, V>> rows, int partitions);

    DoubleRDD parallelizeDoubles(List<Double> rows, int partitions);

    RDD<Long> range(long start, long end, long step, int partitions);

    /**
     * @param delimiter between records; empty when the program named none: then the settings decide
     * @param minPartitions empty when the program named no number: then the size of the input decides
     */
    RDD<String> textFile(String path, Optional<String> delimiter, OptionalInt minPartitions);

    /** See {@link #textFile}. */
    PairRDD<String, String> wholeTextFiles(String path, OptionalInt minPartitions);

    /** See {@link #textFile}. */
    PairRDD<String, BinaryFile> binaryFiles(String path, OptionalInt minPartitions);

    /** See {@code KindlingContext.binaryRecords}. */
    <T> RDD<T> textColumn(String path, char separator, Column<T> column, OptionalInt minPartitions);

    <K, V> PairRDD<K, V> textColumns(
            String path, char separator, Column<K> key, Column<V> value, OptionalInt minPartitions);

    RDD<byte[]> binaryRecords(String path, int length);

    /** See {@link #textFile}. */
    <T> RDD<T> objectFile(String path, OptionalInt minPartitions);

    <T> Broadcast<T> broadcast(T value);

    /** The number under which tasks add to it from now on. */
    long register(Accumulator<?, ?> accumulator);

    /** See {@code KindlingContext.setCheckpointDir}. */
    void setCheckpointDir(String directory);

    /** See {@code KindlingContext.getCheckpointDir}. */
    Optional<String> checkpointDir();

    /** See {@code KindlingContext.checkpointFile}. */
    <T> RDD<T> checkpointFile(String path);

    /** See {@code KindlingContext.getPersistentRDDs}. */
    Map<Integer, RDD<?>> persistentRdds();

    /** See {@code Partitioner.defaultPartitioner}. */
    Partitioner defaultPartitioner(RDD<?> first, RDD<?>... others);

    /** Samples the keys of a set of pairs, by a job, for so many ranges of them. */
    KeyRanges sampleRanges(RDD<?> pairs, int partitions, Comparator<?> order);

    /** See {@code KindlingContext.addListener}. */
    void addListener(KindlingListener listener);

    /** See {@code KindlingContext.removeListener}. */
    void removeListener(KindlingListener listener);

    StatusTracker statusTracker();

    /** See {@code KindlingContext.setLogLevel}. */
    void setLogLevel(String level);

    /** See {@code KindlingContext.addJar}. */
    void addJar(String path);

    /** See {@code KindlingContext.addFile}. */
    void addFile(String path);

    JobControl jobs();

    /** See {@code KindlingContext.showResult}. */
    void showResult(String title, Map<String, Long> bars);

    /** See {@code KindlingContext.decommissionExecutor}. */
    void decommissionExecutor(String executorId, long withinMs);

    /** Ends jobs, executors and threads; a second call does nothing. */
    @Override
    void close();
}
