package dev.kindling.driver.core;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.util.Secret;
import java.util.TreeSet;

/** One registered process of an executor: its slots, what runs in them and when it was last heard of. */
final class ExecutorState {
    final String id;
    final long incarnation;
    /** Position in the table of all processes that ever registered; never reused. */
    final int index;

    final ExecutorAddress address;
    /** Of its launch; only the same process shows it again. */
    final Secret nonce;

    /** The machine as file systems call it: where its tasks are near what lies there. */
    final String host;

    /** Whether its node lasts, where those of others do not; see {@link Allocation} and {@link Drains}. */
    final boolean isBase;

    final int cores;
    /** The heap it was given. */
    final long memoryBytes;

    final RunningAttempts running = new RunningAttempts();

    /**
     * Attempts that go on although they were interrupted, as far as that was told to people; null while there were none,
     * for each end of an attempt looks here.
     */
    private TreeSet<AttemptId> reportedStuck;

    /** Neighbours in their {@link SilenceOrder}. */
    ExecutorState heardBefore;

    ExecutorState heardAfter;

    /** Since when it has had a free slot, whichever; kept by {@link Placement}. */
    long freeSinceMs;

    /** Change only through {@link Placement}, which orders executors by it. */
    int freeSlots;

    long lastSeenMs;
    /** At its last heartbeat; 0 before the first one, and where the system does not say. */
    long lastHeapBytes;

    long lastResidentBytes;
    /** Of the memory in use that was last told to listeners, and when that was. */
    long toldHeapBytes;

    long toldResidentBytes;
    long toldUsageAtMs = Long.MIN_VALUE / 2;
    /** Processor time it had used by then, and when that was said, in the driver's waking time. */
    long lastProcessorMs;

    long lastProcessorAtMs;
    /** In a row; see {@link FullDisks}. */
    int fullDiskFailures;

    long excludedUntilMs;
    /** Why and until when it is to leave without loss; null while it stays. */
    Drain drain;

    boolean isWarned;
    /** It has told that its machine is taken back. */
    boolean isTakenBack;

    boolean isLost;
    /** Until then another output of it that cannot be read speaks against all of them. */
    long unreadableUntilMs = Long.MIN_VALUE;

    ExecutorState(
            int index,
            ExecutorAddress address,
            Secret nonce,
            ExecutorPlace place,
            int cores,
            long memoryBytes,
            long nowMs) {
        this.id = address.executorId();
        this.incarnation = address.incarnation();
        this.index = index;
        this.address = address;
        this.nonce = nonce;
        this.host = place.node().isEmpty() ? address.host() : place.node();
        this.isBase = place.isBase();
        this.cores = cores;
        this.memoryBytes = memoryBytes;
        this.freeSlots = cores;
        this.lastSeenMs = nowMs;
    }

    /** An attempt goes on although it was interrupted; true when that was not known. */
    boolean noteStuck(AttemptId attempt) {
        if (reportedStuck == null) {
            reportedStuck = new TreeSet<>();
        }
        return reportedStuck.add(attempt);
    }

    /** It has ended. */
    void forgetStuck(AttemptId attempt) {
        if (reportedStuck != null) {
            reportedStuck.remove(attempt);
        }
    }

    /** Whether it gets no new tasks and no new copies. */
    boolean isDraining() {
        return drain != null;
    }

    @Override
    public String toString() {
        return id + " at " + host;
    }
}
