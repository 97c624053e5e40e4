package dev.kindling.bench.ramp;

import static dev.kindling.bench.ramp.SparkEngine.cannotTranslate;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Lineage;
import dev.kindling.api.StorageLevel;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.plan.TaskRows;
import dev.kindling.rdd.JobFollower;
import dev.kindling.rdd.JobRequest;
import dev.kindling.rdd.JobRunner;
import dev.kindling.rdd.SetMarks;
import dev.kindling.serde.ResultCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Runs actions as jobs of Spark. Their answers come when all partitions have theirs. Safe for many threads. */
final class SparkJobs implements JobRunner {
    private final JavaSparkContext spark;
    private final Translation translation;
    private final ClassLoader classes;
    private final AtomicInteger started = new AtomicInteger();

    SparkJobs(JavaSparkContext spark, ClassLoader classes) {
        this.spark = spark;
        this.classes = classes;
        this.translation = new Translation(spark, classes);
    }

    @Override
    public void run(JobRequest request, PartitionResults results) {
        List<byte[]>[] answers = answers(request);
        for (int i = 0; i < answers.length; i++) {
            results.accept(request.partitions().get(i), ResultCodec.decode(answers[i].get(0), classes));
        }
    }

    /** One for each partition that was asked for; none where files are written. */
    private List<byte[]>[] answers(JobRequest request) {
        try {
            JavaRDD<Object> rows = translation.rowsOf(request);
            if (request.sink() instanceof StageBody.Sink.FileOutput output) {
                save(rows, output, request.description());
                return noAnswers();
            }
            return answers(rows, ((StageBody.Sink.Result) request.sink()).function(), request.partitions());
        } catch (KindlingException e) {
            throw e;
        } catch (Exception e) { // Scala throws checked exceptions that it does not declare
            boolean isInterrupted = e instanceof InterruptedException;
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            throw new KindlingException(
                    isInterrupted ? ErrorCode.CANCELLED : ErrorCode.TASK_FAILED,
                    request.description() + " failed on Spark: " + firstLine(e) + "; Spark's log says more",
                    e);
        }
    }

    private static List<byte[]>[] noAnswers() {
        return new List[0];
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    private static void save(JavaRDD<Object> rows, StageBody.Sink.FileOutput output, String place) {
        JavaRDD<String> lines = rows.map(String::valueOf);
        switch (output.form()) {
            case TEXT -> lines.saveAsTextFile(output.target());
            case GZIP_TEXT -> lines.saveAsTextFile(output.target(), GzipCodec.class);
            case OBJECTS ->
                throw cannotTranslate(place, "a file of objects or a checkpoint", "write text, or persist the set");
        }
    }

    /** They travel in our form: among them are values that Spark cannot send, such as an {@code Optional}. */
    private static List<byte[]>[] answers(JavaRDD<Object> rows, PartitionFunction function, List<Integer> partitions) {
        return rows.mapPartitionsWithIndex(
                        (partition, part) -> List.of(ResultCodec.encode(function.call(partition, TaskRows.of(part))))
                                .iterator(),
                        false)
                .collectPartitions(
                        partitions.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public void findBounds(JobRequest request) {
        translation.rowsOf(request);
    }

    @Override
    public boolean needsSample(PlanNode root) {
        return false;
    }

    /** On a thread of its own; its action tells how it ended. */
    @Override
    public StartedJob start(JobRequest request, JobFollower follower) {
        int jobId = started.getAndIncrement();
        Thread thread = new Thread(
                () -> {
                    Optional<KindlingException> failure = Optional.empty();
                    try {
                        run(request, follower);
                    } catch (KindlingException e) {
                        failure = Optional.of(e);
                    } catch (RuntimeException | LinkageError e) {
                        failure = Optional.of(new KindlingException(
                                ErrorCode.INTERNAL, request.description() + " failed on Spark: " + e, e));
                    }
                    follower.onEnd(failure);
                },
                "spark-job-" + jobId);
        thread.setDaemon(true);
        thread.start();
        return new StartedJob() {
            @Override
            public int jobId() {
                return jobId;
            }

            @Override
            public FutureAction.Progress progress() {
                return FutureAction.Progress.NONE;
            }
        };
    }

    @Override
    public void cancel(JobSelection which, String by) {
        if (!(which instanceof JobSelection.All)) {
            throw cannotTranslate(by, "cancelling some jobs of several", "use cancelAllJobs");
        }
        spark.cancelAllJobs();
    }

    @Override
    public void decommissionExecutor(String executorId, long withinMs) {
        throw cannotTranslate("decommissionExecutor", "an executor's leaving", "use Spark's own decommissioning");
    }

    @Override
    public Lineage lineage(PlanNode root, SetMarks marks) {
        throw cannotTranslate(root.origin().toString(), "a lineage", "look at the stages on Spark's page");
    }

    @Override
    public void forgetShuffle(int shuffleId) {
        translation.forgetShuffle(shuffleId);
    }

    @Override
    public void persist(int setId, StorageLevel level, int partitionCount) {
        translation.persist(setId, level);
    }

    @Override
    public void unpersist(int setId, boolean isBlocking) {
        translation.unpersist(setId, isBlocking);
    }

    @Override
    public boolean isKept(int setId) {
        return false;
    }
}
