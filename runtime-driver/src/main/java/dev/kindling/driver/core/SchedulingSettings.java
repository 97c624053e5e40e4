package dev.kindling.driver.core;

import java.util.Collections;
import java.util.SortedMap;

/**
 * How the driver's core shares slots among jobs and ends those that shall end; all times in milliseconds.
 *
 * @param stuckLimitMs an attempt that goes on for so long after it was interrupted is reported, and its executor replaced
 *     if that can be done; 0 for never
 * @param isFair whether pools share the executors; else the earlier job is served first
 * @param pools by name, those that were configured
 * @param noProgressMs jobs fail when nothing has moved for so long, and attempts that nobody wants are interrupted
 *     even if their job forbids it; 0 for never
 * @param canReplaceStuck whether executors are processes of their own, which can be ended without harm to others
 * @param maxResultBytes a job whose results take more fails; 0 for no limit
 * @param groups when one slot computes several small partitions one after the other
 * @param speculation when a task that is late gets a copy
 */
public record SchedulingSettings(
        boolean isFair,
        SortedMap<String, PoolSettings> pools,
        long stuckLimitMs,
        long noProgressMs,
        boolean canReplaceStuck,
        long maxResultBytes,
        GroupSettings groups,
        SpeculationSettings speculation) {
    private static final SchedulingSettings DEFAULTS = new SchedulingSettings(
            false,
            Collections.emptySortedMap(),
            10_000,
            600_000,
            true,
            1L << 30,
            GroupSettings.of(16L << 20),
            SpeculationSettings.off());

    public static SchedulingSettings fair(SortedMap<String, PoolSettings> pools) {
        return new SchedulingSettings(
                true,
                pools,
                DEFAULTS.stuckLimitMs,
                DEFAULTS.noProgressMs,
                true,
                DEFAULTS.maxResultBytes,
                DEFAULTS.groups,
                DEFAULTS.speculation);
    }

    public SchedulingSettings stuckAfter(long limitMs, boolean canReplace) {
        return new SchedulingSettings(
                isFair, pools, limitMs, noProgressMs, canReplace, maxResultBytes, groups, speculation);
    }

    public SchedulingSettings givingUpAfter(long limitMs) {
        return new SchedulingSettings(
                isFair, pools, stuckLimitMs, limitMs, canReplaceStuck, maxResultBytes, groups, speculation);
    }

    public SchedulingSettings withMaxResultBytes(long bytes) {
        return new SchedulingSettings(
                isFair, pools, stuckLimitMs, noProgressMs, canReplaceStuck, bytes, groups, speculation);
    }

    public SchedulingSettings with(GroupSettings other) {
        return new SchedulingSettings(
                isFair, pools, stuckLimitMs, noProgressMs, canReplaceStuck, maxResultBytes, other, speculation);
    }

    public SchedulingSettings with(SpeculationSettings other) {
        return new SchedulingSettings(
                isFair, pools, stuckLimitMs, noProgressMs, canReplaceStuck, maxResultBytes, groups, other);
    }

    public static SchedulingSettings defaults() {
        return DEFAULTS;
    }
}
