package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.ResultKeys;
import dev.kindling.config.SchedulerKeys;
import dev.kindling.config.ShuffleKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.TaskKeys;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.core.AllocationSettings;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.GroupSettings;
import dev.kindling.driver.core.PoolSettings;
import dev.kindling.driver.core.SchedulingSettings;
import dev.kindling.driver.core.SkewSettings;
import dev.kindling.driver.core.SpeculationSettings;
import dev.kindling.driver.launch.MasterUrl;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one driver goes by.
 *
 * @param userLoader loads the program's classes, for exceptions and results
 * @param maxResultBytes a job with larger results fails
 * @param journalDirectory where the driver leaves its journal, empty for none
 */
record DriverSetup(
        String applicationId,
        ClassLoader userLoader,
        long maxResultBytes,
        String journalDirectory,
        DriverSettings core) {
    private static final long LATER_THAN_CLUSTER_MS = 5_000;

    static DriverSetup of(String applicationId, MasterUrl master, ClassLoader userLoader, Config config) {
        return new DriverSetup(
                applicationId,
                userLoader,
                config.get(ResultKeys.MAX_BYTES),
                config.get(StorageKeys.JOURNAL_DIR),
                coreSettings(master, config));
    }

    private static DriverSettings coreSettings(MasterUrl master, Config config) {
        DriverSettings defaults = DriverSettings.defaults();
        long lostAfterMs = config.get(ExecutorKeys.LOST_AFTER_MS);
        long heartbeatMs = config.get(ExecutorKeys.HEARTBEAT_INTERVAL_MS);
        if (lostAfterMs < 2 * heartbeatMs) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    ExecutorKeys.LOST_AFTER_MS + " (now " + lostAfterMs + " ms) must be at least twice "
                            + ExecutorKeys.HEARTBEAT_INTERVAL_MS + " (now " + heartbeatMs
                            + " ms), or one late heartbeat costs an executor");
        }
        return new DriverSettings(
                lostAfterMs / 2,
                lostAfterMs,
                registrationTimeoutMs(master, config, defaults),
                defaults.relaunchMs(),
                defaults.missingAttemptMs(),
                config.get(TaskKeys.LOCALITY_WAIT_MS),
                defaults.avoidMs(),
                defaults.maxStageAttempts(),
                defaults.maxFutileExecutorLosses(),
                defaults.maxLaunchBytes(),
                new SkewSettings(config.get(ShuffleKeys.SKEW_FACTOR), config.get(ShuffleKeys.SKEW_BYTES)),
                scheduling(master, config),
                allocation(master, config));
    }

    /** A cluster has a deadline of its own, and knows more about what went wrong: it decides first. */
    private static long registrationTimeoutMs(MasterUrl master, Config config, DriverSettings defaults) {
        return master instanceof MasterUrl.Provided
                ? config.get(YarnKeys.LAUNCH_TIMEOUT_MS) + LATER_THAN_CLUSTER_MS
                : defaults.registrationTimeoutMs();
    }

    private static AllocationSettings allocation(MasterUrl master, Config config) {
        if (master instanceof MasterUrl.LocalCluster named) {
            return AllocationSettings.ofMaster(config, named.executors(), named.cores());
        }
        return master instanceof MasterUrl.InProcess ? AllocationSettings.FIXED : AllocationSettings.ofCluster(config);
    }

    private static SchedulingSettings scheduling(MasterUrl master, Config config) {
        boolean canReplaceStuck = !(master instanceof MasterUrl.InProcess);
        return new SchedulingSettings(
                config.get(SchedulerKeys.MODE).equals("FAIR"),
                pools(config),
                config.get(SchedulerKeys.REAPER_LIMIT_MS),
                config.get(SchedulerKeys.NO_PROGRESS_MS),
                canReplaceStuck,
                config.get(ResultKeys.MAX_BYTES),
                GroupSettings.of(config.get(ShuffleKeys.TARGET_PARTITION_BYTES)),
                new SpeculationSettings(
                        config.get(SchedulerKeys.SPECULATION),
                        config.get(SchedulerKeys.SPECULATION_QUANTILE),
                        config.get(SchedulerKeys.SPECULATION_MULTIPLIER),
                        config.get(SchedulerKeys.SPECULATION_MIN_TASK_MS)));
    }

    private static SortedMap<String, PoolSettings> pools(Config config) {
        SortedMap<String, Integer> weights = config.members(SchedulerKeys.POOL_WEIGHT);
        SortedMap<String, Integer> minShares = config.members(SchedulerKeys.POOL_MIN_SHARE);
        SortedMap<String, String> modes = config.members(SchedulerKeys.POOL_MODE);
        Set<String> names = new TreeSet<>(weights.keySet());
        names.addAll(minShares.keySet());
        names.addAll(modes.keySet());
        SortedMap<String, PoolSettings> pools = new TreeMap<>();
        for (String name : names) {
            pools.put(
                    name,
                    new PoolSettings(
                            weights.getOrDefault(name, SchedulerKeys.POOL_WEIGHT.defaultValue()),
                            minShares.getOrDefault(name, SchedulerKeys.POOL_MIN_SHARE.defaultValue()),
                            "FAIR".equals(modes.get(name))));
        }
        return pools;
    }
}
