package dev.kindling.api.spi;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.time.Instant;
import java.util.List;

/** One application: what stands behind a {@code KindlingContext}. Safe for many threads. */
public interface Session extends AutoCloseable {
    /** The settings in force: the user's, completed by defaults. Never changes. */
    KindlingConf conf();

    String applicationId();

    String appName();

    String master();

    /** Whether executors live in this JVM. */
    boolean isLocal();

    /** Partitions of a set for which the program names no number. */
    int defaultParallelism();

    Instant startTime();

    <T> RDD<T> parallelize(List<T> rows, int partitions);

    <K, V> PairRDD<K, V> parallelizePairs(List<Tuple2<K, V>> rows, int partitions);

    DoubleRDD parallelizeDoubles(List<Double> rows, int partitions);

    RDD<Long> range(long start, long end, long step, int partitions);

    RDD<String> textFile(String path, int minPartitions);

    PairRDD<String, String> wholeTextFiles(String path, int minPartitions);

    /** Ends jobs, executors and threads; a second call does nothing. */
    @Override
    void close();
}
