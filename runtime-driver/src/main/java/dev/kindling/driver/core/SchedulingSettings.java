package dev.kindling.driver.core;

/**
 * How the driver's core shares slots among jobs and ends those that shall end; all times in milliseconds.
 *
 * @param stuckLimitMs an attempt that goes on for so long after it was interrupted is reported, and its executor replaced
 *     if that can be done; 0 for never
 * @param canReplaceStuck whether executors are processes of their own, which can be ended without harm to others
 */
public record SchedulingSettings(long stuckLimitMs, boolean canReplaceStuck) {
    public static SchedulingSettings defaults() {
        return new SchedulingSettings(10_000, true);
    }
}
