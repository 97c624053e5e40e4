package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.ResultKeys;
import dev.kindling.config.SchedulerKeys;
import dev.kindling.config.TaskKeys;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.SchedulingSettings;
import dev.kindling.driver.launch.MasterUrl;

/**
 * What one driver goes by.
 *
 * @param userLoader loads the program's classes, for exceptions and results
 * @param maxResultBytes a job with larger results fails
 */
record DriverSetup(String applicationId, ClassLoader userLoader, long maxResultBytes, DriverSettings core) {
    static DriverSetup of(String applicationId, MasterUrl master, ClassLoader userLoader, Config config) {
        return new DriverSetup(
                applicationId, userLoader, config.get(ResultKeys.MAX_BYTES), coreSettings(master, config));
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
                defaults.registrationTimeoutMs(),
                defaults.relaunchMs(),
                defaults.missingAttemptMs(),
                config.get(TaskKeys.LOCALITY_WAIT_MS),
                defaults.avoidMs(),
                defaults.maxStageAttempts(),
                defaults.maxFutileExecutorLosses(),
                defaults.maxLaunchBytes(),
                scheduling(master, config));
    }

    private static SchedulingSettings scheduling(MasterUrl master, Config config) {
        boolean canReplaceStuck = !(master instanceof MasterUrl.InProcess);
        return new SchedulingSettings(config.get(SchedulerKeys.REAPER_LIMIT_MS), canReplaceStuck);
    }
}
