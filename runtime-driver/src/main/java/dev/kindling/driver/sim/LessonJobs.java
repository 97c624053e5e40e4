package dev.kindling.driver.sim;

import dev.kindling.api.Groups;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.rdd.PlanSession;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The job of a {@link Lesson}, and what happens to its executors. */
final class LessonJobs implements SimJobs {
    private static final int ROWS_PER_TASK = 1_000;
    private static final int KEYS_PER_TASK = 8;
    private static final int HOT_KEY = 7;
    /** What every task takes, and a kibibyte more of what it reads from a shuffle. */
    private static final long TASK_MS = 250;

    private static final long READ_MS_PER_KIB = 40;
    private static final int SPREAD_MS = 120;
    /** How often it is looked whether an executor that shall be struck is there. */
    private static final int LOOK_MS = 50;
    /** A slow node is slow to the end of a lesson, and its cluster is not watched for tidiness until then. */
    private static final long SLOW_FOR_MS = 600_000;

    private final Lesson lesson;
    private final SimJobs program;

    LessonJobs(Lesson lesson, SplittableRandom random) {
        this.lesson = lesson;
        program = PlannedProgram.ordered(session -> run(session, rows(lesson), lesson.tasks()), lesson.tasks())
                .jobs(random, SimSize.LARGE);
    }

    private static List<Tuple2<Integer, Long>> rows(Lesson lesson) {
        SplittableRandom random = new SplittableRandom(lesson.tasks());
        List<Tuple2<Integer, Long>> rows = new ArrayList<>();
        for (int row = 0; row < lesson.tasks() * ROWS_PER_TASK; row++) {
            boolean isHot = random.nextInt(100) < lesson.skewPercent();
            rows.add(Tuple2.of(isHot ? HOT_KEY : random.nextInt(lesson.tasks() * KEYS_PER_TASK), random.nextLong()));
        }
        return rows;
    }

    private static void run(PlanSession session, List<Tuple2<Integer, Long>> rows, int tasks) {
        PairRDD<Integer, Integer> counts = session.parallelizePairs(rows, tasks)
                .groupByKey(tasks)
                .mapToPair((key, group) -> Tuple2.of(key, Math.toIntExact(Groups.size(group))))
                .sortByKey(true, tasks);
        long counted = counts.collect().stream().mapToLong(Tuple2::_2).sum();
        if (counted != rows.size()) {
            throw new SimViolation("the result is wrong: " + counted + " rows, expected " + rows.size());
        }
        Reference.reachabilityFence(counts);
    }

    @Override
    public int run(SimCluster cluster) {
        for (Lesson.SlowNode slow : lesson.slowNodes()) {
            whenThere(cluster, slow.executorId(), 0, executor -> executor.slowDown(slow.times(), SLOW_FOR_MS));
        }
        for (Lesson.Loss loss : lesson.losses()) {
            whenThere(
                    cluster,
                    loss.executorId(),
                    loss.atMs(),
                    executor -> cluster.launcher.kill(executor, "killed for the lesson"));
        }
        return program.run(cluster);
    }

    /** Once, at that time or as soon as the executor has started. */
    private static void whenThere(SimCluster cluster, String executorId, long atMs, Consumer<SimExecutor> strike) {
        cluster.world.in(Math.max(LOOK_MS, atMs - cluster.world.nowMs()), () -> {
            for (SimExecutor executor : cluster.launcher.processes()) {
                if (executor.isAlive() && executor.id.equals(executorId)) {
                    strike.accept(executor);
                    return;
                }
            }
            if (!cluster.isClosed()) {
                whenThere(cluster, executorId, 0, strike);
            }
        });
    }

    /** By what it reads, so that a partition with more rows takes longer. */
    @Override
    public OptionalLong runMs(TaskLaunch task) {
        long bytes = 0;
        for (TaskInput input : task.inputs()) {
            if (input instanceof TaskInput.ShuffleInput shuffle) {
                bytes += shuffle.sources().stream().mapToLong(MapSource::bytes).sum();
            }
        }
        int spread = new SplittableRandom(task.attempt().partition()).nextInt(SPREAD_MS);
        return OptionalLong.of(TASK_MS + spread + bytes * READ_MS_PER_KIB / 1_024);
    }

    @Override
    public void giveUp(SimCluster cluster) {
        program.giveUp(cluster);
    }

    @Override
    public List<Integer> shuffles() {
        return program.shuffles();
    }

    @Override
    public int bucketsPerPartition(TaskLaunch task, byte[] bytes, int leafId) {
        return program.bucketsPerPartition(task, bytes, leafId);
    }

    @Override
    public TaskOutcome run(TaskLaunch task, byte[] bytes, TaskEnvironment environment) {
        return program.run(task, bytes, environment);
    }
}
