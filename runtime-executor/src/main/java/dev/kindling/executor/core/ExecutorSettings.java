package dev.kindling.executor.core;

/**
 * The bounds an executor's core decides by; all times in milliseconds.
 *
 * @param registerMs how often it asks to be registered until it is
 * @param heartbeatMs how often it shows that it lives and what it runs
 * @param repeatMs how often it asks again for a stage's program, sends unacknowledged outcomes again and reports attempts that
 *     go on although they were interrupted
 * @param driverSilenceMs without a sign of the driver for so long it ends itself
 * @param maxQueuedAttempts attempts that may wait for a slot; more are not accepted
 */
public record ExecutorSettings(
        long registerMs, long heartbeatMs, long repeatMs, long driverSilenceMs, int maxQueuedAttempts) {
    public static ExecutorSettings defaults() {
        return new ExecutorSettings(1_000, 2_000, 1_000, 30_000, 1_000);
    }

    public ExecutorSettings withHeartbeatMs(long ms) {
        return new ExecutorSettings(registerMs, ms, repeatMs, driverSilenceMs, maxQueuedAttempts);
    }
}
