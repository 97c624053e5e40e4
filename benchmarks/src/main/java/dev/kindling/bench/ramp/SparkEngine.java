package dev.kindling.bench.ramp;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.Session;
import dev.kindling.api.spi.SessionProvider;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.InputKeys;
import dev.kindling.event.EventBus;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.BroadcastPublisher;
import dev.kindling.rdd.PlanSession;
import dev.kindling.rdd.ProgramAdditions;
import dev.kindling.rdd.SessionSettings;
import dev.kindling.rdd.SharedVariables;
import dev.kindling.storage.Stores;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The engine that runs a program on Spark: found by {@code ServiceLoader} in the place of our own, when the class path
 * has this one. Sets and plans are ours, jobs are Spark's. Settings whose names begin with {@code spark.} are given to
 * Spark as they are.
 */
public final class SparkEngine implements SessionProvider {
    @Override
    public Session open(KindlingConf conf, KindlingContext context) {
        Config config = Config.parse(conf.getAll());
        JavaSparkContext spark = new JavaSparkContext(sparkConf(conf, config));
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        ClassLoader classes = callers != null ? callers : SparkEngine.class.getClassLoader();
        String id = spark.sc().applicationId();
        Stores stores = Stores.open(id, config);
        EventBus events = new EventBus(List.of());
        int configured = config.get(ApplicationKeys.DEFAULT_PARALLELISM);
        SessionSettings settings = new SessionSettings(
                conf,
                id,
                config.get(ApplicationKeys.NAME),
                config.get(ApplicationKeys.MASTER),
                spark.isLocal(),
                configured > 0 ? configured : spark.defaultParallelism(),
                configured > 0 ? OptionalInt.of(configured) : OptionalInt.empty(),
                config.get(InputKeys.RECURSIVE),
                InputKeys.recordDelimiter(config),
                Optional.empty(),
                stores);
        return new PlanSession(
                context,
                settings,
                new SparkJobs(spark, classes),
                new Additions(spark),
                new SharedVariables(new AccumulatorRegistry(classes), new NoBroadcasts()),
                events,
                () -> {
                    spark.close();
                    events.close();
                    stores.close();
                });
    }

    private static SparkConf sparkConf(KindlingConf conf, Config config) {
        SparkConf spark = new SparkConf();
        for (Map.Entry<String, String> entry : conf.getAll().entrySet()) {
            if (entry.getKey().startsWith("spark.")) {
                spark.set(entry.getKey(), entry.getValue());
            }
        }
        return spark.setMaster(config.get(ApplicationKeys.MASTER)).setAppName(config.get(ApplicationKeys.NAME));
    }

    /** @param what of our API, in the words of a program */
    static KindlingException cannotTranslate(String place, String what, String instead) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, place + ": " + what + " cannot be translated to Spark; " + instead);
    }

    private record Additions(JavaSparkContext spark) implements ProgramAdditions {
        @Override
        public void addJar(String path) {
            spark.addJar(path);
        }

        @Override
        public void addFile(String path) {
            throw cannotTranslate("addFile", "a file for KindlingFiles", "read it with textFile, or on the driver");
        }
    }

    private static final class NoBroadcasts implements BroadcastPublisher {
        @Override
        public BroadcastKey publish(Object value, String place) {
            throw cannotTranslate(place, "a broadcast value", "let functions capture the value itself");
        }

        @Override
        public void unpersist(long id, boolean isBlocking) {
            // None was published.
        }

        @Override
        public void destroy(long id, String why, boolean isBlocking) {
            // None was published.
        }
    }
}
