package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DriverCore.WaitingSuspect;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sees that a task which has to run alone is not kept waiting for ever by others: after some time there is an executor
 * that gets nothing new before it.
 */
final class SuspectWatch {
    /** The driver's patience, and two of its slowest ticks. */
    private static final long RESERVED_AFTER_MS = 7_000;

    private final SimCluster cluster;
    /** When each executor got a task last. */
    private final TreeMap<String, Long> lastStartMs = new TreeMap<>();

    private Optional<WaitingSuspect> waiting = Optional.empty();
    private long sinceMs;

    SuspectWatch(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** Something that the driver tells. */
    void told(Event event) {
        if (event instanceof Event.TaskStart start) {
            lastStartMs.put(start.executor(), cluster.world.nowMs());
        } else if (event instanceof Event.ExecutorRemoved removed) {
            lastStartMs.remove(removed.id());
            beginAnew(cluster.world.nowMs());
        } else if (event instanceof Event.ExecutorAdded added) {
            if (lastStartMs.isEmpty()) {
                // Until now nobody was there who could have preferred others.
                beginAnew(cluster.world.nowMs());
            }
            lastStartMs.put(added.id(), Long.MIN_VALUE);
        }
    }

    /** The reserved executor may be gone, or time has not passed for the driver as it did here. */
    void beginAnew(long atMs) {
        sinceMs = atMs;
    }

    /** After an event of the driver. */
    void look(Optional<WaitingSuspect> longest) {
        if (!longest.equals(waiting)) {
            waiting = longest;
            beginAnew(cluster.world.nowMs());
        }
        if (waiting.isPresent() && areAllGivenSince(sinceMs + RESERVED_AFTER_MS)) {
            throw new SimViolation("task " + waiting.get() + " has to run alone and waits for "
                    + (cluster.world.nowMs() - sinceMs) + " ms, and every executor gets new tasks");
        }
    }

    private boolean areAllGivenSince(long dueMs) {
        return !lastStartMs.isEmpty() && lastStartMs.values().stream().allMatch(startMs -> startMs > dueMs);
    }
}
