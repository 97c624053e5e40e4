package dev.kindling.storage;

import java.util.OptionalLong;

/**
 * What is left to try of one piece of work, over all its requests: a number of failures and a time since the first. Pauses
 * double. Without a clock: who waits says what time it is.
 */
public final class RetryBudget {
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 5_000;

    private final int maxFailures;
    private final long forMs;
    private int failures;
    private long firstFailureMs;

    public RetryBudget(int maxFailures, long forMs) {
        this.maxFailures = maxFailures;
        this.forMs = forMs;
    }

    /** Notes a failure. The longest pause before the next try; empty when nothing is left. */
    public OptionalLong pauseAfterFailure(long nowMs) {
        if (failures++ == 0) {
            firstFailureMs = nowMs;
        }
        return failures >= maxFailures || nowMs - firstFailureMs >= forMs
                ? OptionalLong.empty()
                : OptionalLong.of(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(20, failures - 1)));
    }

    /** The work went on: what failed before is forgotten. */
    public void startAgain() {
        failures = 0;
    }

    /** For people: how much was tried. */
    public String effort(long nowMs) {
        return "after " + failures + (failures == 1 ? " try in " : " tries in ") + (nowMs - firstFailureMs) + " ms";
    }
}
