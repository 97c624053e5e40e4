package dev.kindling.executor.core;

/**
 * The bounds an executor's core decides by; all times in milliseconds.
 *
 * @param registerMs how often it asks to be registered until it is
 * @param heartbeatMs how often it shows that it lives and what it runs
 * @param repeatMs how often it asks again for a stage's program and sends unacknowledged outcomes again
 * @param driverSilenceMs without a sign of the driver for so long it ends itself
 * @param stuckCancelMs an attempt that ignores its cancellation for so long ends the process; 0 for never, in executors
 *     that share a process with others
 * @param maxQueuedAttempts attempts that may wait for a slot; more are not accepted
 */
public record ExecutorSettings(
        long registerMs,
        long heartbeatMs,
        long repeatMs,
        long driverSilenceMs,
        long stuckCancelMs,
        int maxQueuedAttempts) {
    /** Of an executor that is a process of its own. */
    public static ExecutorSettings ofProcess() {
        return new ExecutorSettings(1_000, 2_000, 1_000, 30_000, 10_000, 1_000);
    }

    /** Of an executor in the driver's process, which no stuck task may end. */
    public static ExecutorSettings inProcess() {
        return new ExecutorSettings(1_000, 2_000, 1_000, 30_000, 0, 1_000);
    }

    public ExecutorSettings withHeartbeatMs(long ms) {
        return new ExecutorSettings(registerMs, ms, repeatMs, driverSilenceMs, stuckCancelMs, maxQueuedAttempts);
    }
}
