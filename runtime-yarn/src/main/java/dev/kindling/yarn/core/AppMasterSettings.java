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
 */
public record AppMasterSettings(
        MemoryMap memory,
        long containerBytes,
        long launchTimeoutMs,
        long failureValidityMs,
        int maxFailures,
        int maxFailuresOnNode,
        long preemptionNoticeMs) {
    public AppMasterSettings {
        if (launchTimeoutMs < 1
                || failureValidityMs < 1
                || maxFailures < 1
                || maxFailuresOnNode < 1
                || preemptionNoticeMs < 1) {
            throw new IllegalArgumentException("times and numbers of failures must be positive");
        }
    }
}
