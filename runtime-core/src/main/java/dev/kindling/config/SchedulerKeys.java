package dev.kindling.config;

import java.util.List;

/** How jobs share the executors, and how they are ended. */
public final class SchedulerKeys {
    public static final ConfigKey<Long> REAPER_LIMIT_MS = ConfigKey.millis("kindling.task.reaper.limitMs")
            .defaultsTo(10_000L)
            .between(0L, 3_600_000L)
            .doc("A cancelled task that ignores its interrupt for so long is reported with its thread's stack, and its"
                    + " executor process is replaced; what else ran there runs again. An executor inside the driver's"
                    + " JVM cannot be replaced: there the task keeps its core. 0 for never.");

    public static final ConfigKey<String> MODE = ConfigKey.oneOf("kindling.scheduler.mode", "FIFO", "FAIR")
            .defaultsTo("FIFO")
            .doc(
                    "How jobs that run at the same time share the executors. `FIFO`: the earlier job gets every core it can"
                            + " use. `FAIR`: each pool gets its share; a job runs in the pool that its thread names with"
                            + " `withPool`, else in the pool `default`.");

    public static final ConfigKey<Integer> POOL_WEIGHT = ConfigKey.ints("kindling.scheduler.pool.<name>.weight")
            .defaultsTo(1)
            .between(1, 1_000_000)
            .doc("How many cores the pool gets for each core of a pool of weight 1.");

    public static final ConfigKey<Integer> POOL_MIN_SHARE = ConfigKey.ints("kindling.scheduler.pool.<name>.minShare")
            .defaultsTo(0)
            .between(0, 1_000_000)
            .doc("Cores the pool gets before any pool gets more than its own minimum.");

    public static final ConfigKey<String> POOL_MODE = ConfigKey.oneOf(
                    "kindling.scheduler.pool.<name>.mode", "FIFO", "FAIR")
            .defaultsTo("FIFO")
            .doc("Whether the jobs in the pool are served one after the other or share its cores evenly.");

    public static final ConfigKey<Long> NO_PROGRESS_MS = ConfigKey.millis("kindling.job.noProgressTimeoutMs")
            .defaultsTo(600_000L)
            .between(0L, 604_800_000L)
            .doc(
                    "Jobs fail when nothing has moved for so long: no task started or ended, and no executor with a task used"
                            + " a twentieth of a core. After half of it the log says where every task stands. Raise it where"
                            + " functions wait so long for something outside. 0 for never.");

    public static final ConfigKey<Boolean> SPECULATION = ConfigKey.booleans("kindling.speculation")
            .defaultsTo(false)
            .doc(
                    "Whether a task that is late gets a copy on another executor, if one has a core that nobody else wants:"
                            + " the first of both to succeed counts, and the other is cancelled. A task that reads more than the"
                            + " others of its stage may take longer in proportion. Functions of late tasks run twice: what they do"
                            + " outside of Kindling happens twice.");

    public static final ConfigKey<Double> SPECULATION_QUANTILE = ConfigKey.doubles("kindling.speculation.quantile")
            .defaultsTo(0.75)
            .between(0.0, 1.0)
            .doc("Which part of a stage's tasks must be done before the others can be late.");

    public static final ConfigKey<Double> SPECULATION_MULTIPLIER = ConfigKey.doubles("kindling.speculation.multiplier")
            .defaultsTo(1.5)
            .between(1.0, 1_000.0)
            .doc("A task is late when it runs for so many times the median of those that are done.");

    public static final ConfigKey<Long> SPECULATION_MIN_TASK_MS = ConfigKey.millis(
                    "kindling.speculation.minTaskRuntimeMs")
            .defaultsTo(1_000L)
            .between(0L, 86_400_000L)
            .doc("A task that runs for less is never late.");

    static final List<ConfigKey<?>> ALL = List.of(
            MODE,
            POOL_WEIGHT,
            POOL_MIN_SHARE,
            POOL_MODE,
            REAPER_LIMIT_MS,
            NO_PROGRESS_MS,
            SPECULATION,
            SPECULATION_QUANTILE,
            SPECULATION_MULTIPLIER,
            SPECULATION_MIN_TASK_MS);

    private SchedulerKeys() {}
}
