package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.AllocationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;

/**
 * How many executors there are, and when others come and go; all times in milliseconds.
 *
 * @param isDynamic whether their number follows the work; else it is {@code initial}, and the rest says nothing
 * @param fewest one at least
 * @param initial how many are started with
 * @param coresOfOne tasks that an executor runs at a time
 * @param cachedIdleTimeoutMs for one that holds cached blocks; 0 for never
 */
public record AllocationSettings(
        boolean isDynamic,
        int fewest,
        int initial,
        int most,
        int coresOfOne,
        long idleTimeoutMs,
        long cachedIdleTimeoutMs,
        long backlogTimeoutMs,
        long sustainedBacklogTimeoutMs) {
    /** The number stays what it is. */
    public static final AllocationSettings FIXED = new AllocationSettings(false, 1, 1, 1, 1, 0, 0, 0, 0);

    private static final int MOST_OF_ANY = 10_000;

    /** On a cluster, which has no number of its own. */
    public static AllocationSettings ofCluster(Config config) {
        int count = config.get(ExecutorKeys.COUNT);
        boolean isCounted = config.isSet(ExecutorKeys.COUNT);
        return of(config, count, isCounted ? count : 1, MOST_OF_ANY, config.get(ExecutorKeys.CORES));
    }

    /** Where the master names a number, which is the most unless another one is set. */
    public static AllocationSettings ofMaster(Config config, int named, int coresOfOne) {
        return of(config, named, 1, named, coresOfOne);
    }

    private static AllocationSettings of(Config config, int fixed, int first, int usualMost, int coresOfOne) {
        int fewest = Math.max(1, config.get(AllocationKeys.MIN_EXECUTORS));
        int set = config.get(AllocationKeys.MAX_EXECUTORS);
        int most = set > 0 ? set : Math.max(fewest, usualMost);
        int initial = Math.max(fewest, Math.max(first, config.get(AllocationKeys.INITIAL_EXECUTORS)));
        boolean isDynamic = config.get(AllocationKeys.ENABLED);
        if (isDynamic && initial > most) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    AllocationKeys.MAX_EXECUTORS + " (now " + most + ") is less than the " + initial
                            + " executors to start with: raise it, or lower " + AllocationKeys.MIN_EXECUTORS + ", "
                            + AllocationKeys.INITIAL_EXECUTORS + " or " + ExecutorKeys.COUNT);
        }
        return new AllocationSettings(
                isDynamic,
                fewest,
                isDynamic ? initial : fixed,
                most,
                coresOfOne,
                config.get(AllocationKeys.IDLE_TIMEOUT_MS),
                config.get(AllocationKeys.CACHED_IDLE_TIMEOUT_MS),
                config.get(AllocationKeys.BACKLOG_TIMEOUT_MS),
                config.get(AllocationKeys.SUSTAINED_BACKLOG_TIMEOUT_MS));
    }
}
