package dev.kindling.storage.s3;

import dev.kindling.storage.RetryBudget;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A {@link RetryBudget} by the clock. Pauses are drawn at random, so that many tasks do not come back together. Used by one
 * thread.
 */
final class Tries {
    private final RetryBudget budget;

    Tries(S3Settings settings) {
        budget = new RetryBudget(settings.tries(), settings.retryForMs());
    }

    /**
     * Notes a failure and pauses.
     *
     * @return false, at once, when nothing is left
     */
    boolean mayTryAgain() throws InterruptedIOException {
        OptionalLong longestPauseMs = budget.pauseAfterFailure(nowMs());
        if (longestPauseMs.isPresent()) {
            pause(ThreadLocalRandom.current().nextLong(longestPauseMs.getAsLong() + 1));
        }
        return longestPauseMs.isPresent();
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private static void pause(long ms) throws InterruptedIOException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** The work went on: what failed before is forgotten. */
    void startAgain() {
        budget.startAgain();
    }

    /** For people: how much was tried. */
    String effort() {
        return budget.effort(nowMs());
    }
}
