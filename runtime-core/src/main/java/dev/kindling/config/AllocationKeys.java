package dev.kindling.config;

import java.util.List;

/** Executors that come and go with the work. */
public final class AllocationKeys {
    public static final ConfigKey<Boolean> ENABLED = ConfigKey.booleans("kindling.dynamicAllocation.enabled")
            .defaultsTo(false)
            .doc(
                    "Whether executors are asked for while tasks wait for room, and leave when they have nothing to do, after"
                            + " their map outputs have moved. Where executors are threads of the driver it changes nothing.");

    public static final ConfigKey<Integer> MIN_EXECUTORS = ConfigKey.ints("kindling.dynamicAllocation.minExecutors")
            .defaultsTo(1)
            .between(0, 10_000)
            .doc("So many executors stay, however little there is to do. One always does, for what jobs left behind has"
                    + " to lie somewhere: 0 counts as 1.");

    public static final ConfigKey<Integer> INITIAL_EXECUTORS = ConfigKey.ints(
                    "kindling.dynamicAllocation.initialExecutors")
            .defaultsTo(0)
            .between(0, 10_000)
            .doc(
                    "Executors to start with, if that is more than the fewest; kindling.executor.count counts as well when it"
                            + " is set.");

    public static final ConfigKey<Integer> MAX_EXECUTORS = ConfigKey.ints("kindling.dynamicAllocation.maxExecutors")
            .defaultsTo(0)
            .between(0, 10_000)
            .doc("Never more executors than that; 0 for as many as local-cluster[...] names, or 10000 on a cluster.");

    public static final ConfigKey<Long> IDLE_TIMEOUT_MS = ConfigKey.millis(
                    "kindling.dynamicAllocation.executorIdleTimeoutMs")
            .defaultsTo(60_000L)
            .between(100L, 86_400_000L)
            .doc("An executor that has had no task for so long leaves, if there are enough others.");

    public static final ConfigKey<Long> CACHED_IDLE_TIMEOUT_MS = ConfigKey.millis(
                    "kindling.dynamicAllocation.cachedExecutorIdleTimeoutMs")
            .defaultsTo(0L)
            .between(0L, 86_400_000L)
            .doc("The same for one that holds blocks of persisted sets; 0 for never. These move to the others, whose"
                    + " memory they take.");

    public static final ConfigKey<Long> BACKLOG_TIMEOUT_MS = ConfigKey.millis(
                    "kindling.dynamicAllocation.schedulerBacklogTimeoutMs")
            .defaultsTo(1_000L)
            .between(100L, 3_600_000L)
            .doc("When tasks have waited for room for so long, another executor is asked for.");

    public static final ConfigKey<Long> SUSTAINED_BACKLOG_TIMEOUT_MS = ConfigKey.millis(
                    "kindling.dynamicAllocation.sustainedSchedulerBacklogTimeoutMs")
            .defaultsTo(1_000L)
            .between(100L, 3_600_000L)
            .doc("And each time that they still wait after so long, twice as many as the last time.");

    static final List<ConfigKey<?>> ALL = List.of(
            ENABLED,
            MIN_EXECUTORS,
            INITIAL_EXECUTORS,
            MAX_EXECUTORS,
            IDLE_TIMEOUT_MS,
            CACHED_IDLE_TIMEOUT_MS,
            BACKLOG_TIMEOUT_MS,
            SUSTAINED_BACKLOG_TIMEOUT_MS);

    private AllocationKeys() {}
}
