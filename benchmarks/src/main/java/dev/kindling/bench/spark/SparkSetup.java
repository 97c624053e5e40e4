package dev.kindling.bench.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Rows.Answer;
import dev.kindling.bench.work.Rows.Visit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.serializer.KryoRegistrator;

/** Spark's settings: what makes these jobs faster than the defaults do, and nothing that makes them unsafe. */
final class SparkSetup {
    private SparkSetup() {}

    static SparkConf conf(Request request) {
        SparkConf conf = new SparkConf()
                .setMaster(request.master())
                .setAppName(request.work().id())
                .set("spark.ui.enabled", "false")
                .set("spark.ui.showConsoleProgress", "false")
                .set("spark.local.dir", request.scratch().toString())
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .set("spark.kryo.registrator", Registrator.class.getName())
                .set("spark.kryo.referenceTracking", "false")
                // Everything is on this machine.
                .set("spark.locality.wait", "0")
                .set("spark.default.parallelism", String.valueOf(request.work().partitions()))
                .set(
                        "spark.sql.shuffle.partitions",
                        String.valueOf(request.work().partitions()))
                // Sums that wrap around, as those of Java do.
                .set("spark.sql.ansi.enabled", "false");
        if (request.place() == Request.Place.PROCESSES) {
            conf.set("spark.executor.memory", request.heapMb() / 2 + "m")
                    .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                    .set(
                            "spark.executor.extraJavaOptions",
                            "-XX:+UseParallelGC " + JavaModuleOptions.defaultModuleOptions());
        }
        return conf;
    }

    /** Adds up what tasks say they wrote to shuffles. */
    static final class ShuffleBytes extends SparkListener {
        private final AtomicLong written = new AtomicLong();

        static ShuffleBytes of(SparkContext spark) {
            ShuffleBytes bytes = new ShuffleBytes();
            spark.addSparkListener(bytes);
            return bytes;
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.taskMetrics() != null) {
                written.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
            }
        }

        long written(SparkContext spark) {
            try {
                // Listeners are told later.
                spark.listenerBus().waitUntilEmpty();
            } catch (TimeoutException e) {
                throw new IllegalStateException("Spark's listeners did not hear of all tasks", e);
            }
            return written.get();
        }
    }

    /** The classes that these jobs send, by number instead of by name. */
    public static final class Registrator implements KryoRegistrator {
        @Override
        public void registerClasses(Kryo kryo) {
            kryo.register(Visit.class, new VisitSerializer());
            kryo.register(Answer.class, new AnswerSerializer());
        }
    }

    /** By hand, the fastest way there is; Kryo 4 does not know records. */
    private static final class VisitSerializer extends Serializer<Visit> {
        @Override
        public void write(Kryo kryo, Output out, Visit visit) {
            out.writeVarLong(visit.id(), false);
            out.writeVarInt(visit.zip(), true);
            out.writeString(visit.city());
            out.writeDouble(visit.amount());
        }

        @Override
        public Visit read(Kryo kryo, Input in, Class<Visit> type) {
            return new Visit(in.readVarLong(false), in.readVarInt(true), in.readString(), in.readDouble());
        }
    }

    private static final class AnswerSerializer extends Serializer<Answer> {
        @Override
        public void write(Kryo kryo, Output out, Answer answer) {
            out.writeLong(answer.rows());
            out.writeLong(answer.digest());
        }

        @Override
        public Answer read(Kryo kryo, Input in, Class<Answer> type) {
            return new Answer(in.readLong(), in.readLong());
        }
    }
}
