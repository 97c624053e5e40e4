package dev.kindling.yarn.core;

import dev.kindling.config.MemoryMap;

/**
 * The bounds an application's master decides by.
 *
 * @param memory of an executor, for what is said about its end
 * @param containerBytes of its container, for the same
 * @param launchTimeoutMs how long an executor may take from its container to its registration; the node fetches jars
 *     meanwhile
 * @param failureValidityMs a failure older than this counts no more, neither against its node nor against the application
 * @param maxFailures failed executors within {@code failureValidityMs}, beyond which none is replaced
 * @param maxFailuresOnNode failed executors of one node within that time, with which it is excluded
 * @param preemptionNoticeMs how long a container is left after the ResourceManager has said that it will take it
 * @param localityWaitMs how long containers are asked for near the input before they are asked for anywhere
 * @param inputWaitMs how long the first containers are not asked for while it is not known where the input lies
 * @param baseExecutors so many executors have containers of the base, on nodes that last; those above are elastic, on nodes
 *     that come and go; {@link #ALL_ALIKE} where there is no difference
 */
public record AppMasterSettings(
        MemoryMap memory,
        long containerBytes,
        long launchTimeoutMs,
        long failureValidityMs,
        int maxFailures,
        int maxFailuresOnNode,
        long preemptionNoticeMs,
        long localityWaitMs,
        long inputWaitMs,
        int baseExecutors) {
    public static final int ALL_ALIKE = Integer.MAX_VALUE;

    public AppMasterSettings {
        if (launchTimeoutMs < 1
                || failureValidityMs < 1
                || maxFailures < 1
                || maxFailuresOnNode < 1
                || preemptionNoticeMs < 1
                || localityWaitMs < 0
                || inputWaitMs < 0
                || baseExecutors < 0) {
            throw new IllegalArgumentException(
                    "times and numbers of failures must be positive, the others not negative");
        }
    }
}
