package dev.kindling.yarn.core;

import java.util.ArrayDeque;

/** Times of the latest failures, as far as they count. */
final class Failures {
    private final long validityMs;
    /** More are never asked about. */
    private final int kept;

    private final ArrayDeque<Long> timesMs = new ArrayDeque<>();

    Failures(long validityMs, int kept) {
        this.validityMs = validityMs;
        this.kept = kept;
    }

    void add(long nowMs) {
        timesMs.add(nowMs);
        if (timesMs.size() > kept) {
            timesMs.remove();
        }
    }

    /** How many there were since {@code validityMs} ago. */
    int countAt(long nowMs) {
        while (!timesMs.isEmpty() && timesMs.peek() + validityMs <= nowMs) {
            timesMs.remove();
        }
        return timesMs.size();
    }
}
