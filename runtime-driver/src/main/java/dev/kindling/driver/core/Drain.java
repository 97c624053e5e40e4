package dev.kindling.driver.core;

import java.util.TreeSet;

/** How an executor leaves without loss: for what, until when, and what was moved so far. */
final class Drain {
    final DrainReason reason;
    /** In the driver's waking time; may become earlier. */
    long deadlineMs;

    /** By the driver's clock. */
    final long beganMs;
    /** Shuffles of which outputs were moved. */
    final TreeSet<Integer> movedShuffles = new TreeSet<>();

    int movedOutputs;
    /** When the last one was moved: who was launched before may still read it here. */
    long lastMoveMs = Long.MIN_VALUE;

    Drain(DrainReason reason, long nowMs, long deadlineMs) {
        this.reason = reason;
        this.beganMs = nowMs;
        this.deadlineMs = deadlineMs;
    }
}
