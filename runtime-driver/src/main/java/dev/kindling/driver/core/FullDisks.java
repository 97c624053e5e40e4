package dev.kindling.driver.core;

import java.util.Iterator;
import java.util.TreeSet;

/**
 * Executors whose local directories are full: after two attempts in a row that could not write there, an executor gets
 * no task for a minute, or until a shuffle's files are deleted or something was written there. When that is so of all
 * executors, tasks run anywhere, and the job whose attempt finds the last disk full fails.
 *
 * <p>A driver that makes little garbage seldom finds out which shuffles its program has let go of, and these may be what
 * fills the disks. So a full disk has it collect, once a minute when that brings nothing, and no job fails before it is over.
 */
final class FullDisks {
    static final int FAILURES_BEFORE_EXCLUDED = 2;
    static final long EXCLUDED_MS = 60_000;
    private static final long COLLECT_AGAIN_MS = 60_000;

    private final TreeSet<ExecutorState> excluded =
            new TreeSet<>((one, other) -> Integer.compare(one.index, other.index));

    private long nextCollectionMs = Long.MIN_VALUE;
    private boolean isCollecting;
    private long freedMs = Long.MIN_VALUE;

    /** A disk is full: whether garbage is to be collected now. */
    boolean wantsCollection(long nowMs) {
        if (isCollecting || nowMs < nextCollectionMs) {
            return false;
        }
        nextCollectionMs = nowMs + COLLECT_AGAIN_MS;
        isCollecting = true;
        return true;
    }

    void garbageWasCollected() {
        isCollecting = false;
    }

    /** Whether there may be room soon. */
    boolean isCollecting() {
        return isCollecting;
    }

    /** Whether an attempt of that time may have found full what has room since. */
    boolean mayHaveRoomSince(long launchedMs) {
        return launchedMs <= freedMs;
    }

    /** An attempt could not write there; true when the executor is excluded by it. */
    boolean failed(ExecutorState executor, long launchedMs, long nowMs) {
        if (mayHaveRoomSince(launchedMs)
                || executor.isLost
                || executor.isDraining()
                || ++executor.fullDiskFailures < FAILURES_BEFORE_EXCLUDED) {
            return false;
        }
        executor.excludedUntilMs = nowMs + EXCLUDED_MS;
        return excluded.add(executor);
    }

    /** An attempt has written there: there is room. */
    void hasWritten(ExecutorState executor) {
        executor.fullDiskFailures = 0;
        excluded.remove(executor);
    }

    /** Whether another executor is better for any task. */
    boolean isAvoided(ExecutorState executor, int liveCount) {
        return !excluded.isEmpty() && excluded.size() < liveCount && excluded.contains(executor);
    }

    boolean isEverywhere(int liveCount) {
        return excluded.size() >= liveCount;
    }

    /** It takes nothing more, or is lost. */
    void gone(ExecutorState executor) {
        excluded.remove(executor);
    }

    /** Files were deleted everywhere: what did not fit may fit now. */
    void spaceWasFreed(Iterable<ExecutorState> everywhere, long nowMs) {
        freedMs = nowMs;
        if (isCollecting) {
            nextCollectionMs = Long.MIN_VALUE;
        }
        everywhere.forEach(executor -> executor.fullDiskFailures = 0);
        excluded.clear();
    }

    /** True when an executor may be tried again; one more failure excludes it again. */
    boolean expire(long nowMs) {
        boolean isAny = false;
        for (Iterator<ExecutorState> each = excluded.iterator(); each.hasNext(); ) {
            ExecutorState executor = each.next();
            if (nowMs >= executor.excludedUntilMs) {
                executor.fullDiskFailures = FAILURES_BEFORE_EXCLUDED - 1;
                each.remove();
                isAny = true;
            }
        }
        return isAny;
    }
}
