package dev.kindling.driver.core;

/**
 * The bounds the driver's core decides by; all times in milliseconds.
 *
 * @param warnSilenceMs an executor without a sign of life for so long is reported
 * @param lostSilenceMs and after so long it is lost
 * @param registrationTimeoutMs how long a requested executor may take to register
 * @param relaunchMs an attempt believed to run and missing in its executor's heartbeats for so long is launched again
 * @param missingAttemptMs and after so long it is given up, uncharged
 * @param localityWaitMs the longest a task waits for a slot near its input; half of the stage's median task or a tick at most
 * @param avoidMs how long a failed task is kept away from the executors it failed on
 * @param maxStageAttempts unreadable outputs of one map task in a row, without one reader finishing, that end a job
 * @param maxFutileExecutorLosses executors lost in a row, without one task finishing, after which none is replaced
 * @param maxLaunchBytes estimated size at which a batch of launches is cut into several frames
 * @param skew when a reduce partition is reported as too large
 * @param scheduling how slots are shared among jobs, and how jobs are ended
 * @param allocation how many executors there are to be
 */
public record DriverSettings(
        long warnSilenceMs,
        long lostSilenceMs,
        long registrationTimeoutMs,
        long relaunchMs,
        long missingAttemptMs,
        long localityWaitMs,
        long avoidMs,
        int maxStageAttempts,
        int maxFutileExecutorLosses,
        long maxLaunchBytes,
        SkewSettings skew,
        SchedulingSettings scheduling,
        AllocationSettings allocation) {
    public DriverSettings with(SkewSettings other) {
        return with(other, scheduling, allocation);
    }

    public DriverSettings with(SchedulingSettings other) {
        return with(skew, other, allocation);
    }

    public DriverSettings with(AllocationSettings other) {
        return with(skew, scheduling, other);
    }

    private DriverSettings with(SkewSettings ofSkew, SchedulingSettings ofScheduling, AllocationSettings ofAllocation) {
        return new DriverSettings(
                warnSilenceMs,
                lostSilenceMs,
                registrationTimeoutMs,
                relaunchMs,
                missingAttemptMs,
                localityWaitMs,
                avoidMs,
                maxStageAttempts,
                maxFutileExecutorLosses,
                maxLaunchBytes,
                ofSkew,
                ofScheduling,
                ofAllocation);
    }

    /** Heartbeats come every 2 s: two missed ones are a warning, five a loss. */
    public static DriverSettings defaults() {
        return new DriverSettings(
                5_000,
                10_000,
                60_000,
                4_000,
                20_000,
                500,
                3_000,
                4,
                8,
                4L << 20,
                SkewSettings.defaults(),
                SchedulingSettings.defaults(),
                AllocationSettings.FIXED);
    }
}
