package dev.kindling.storage.s3;

import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What is left to try of one piece of work, over all its requests: a number of failures and a time since the first.
 * Pauses double and are drawn at random, so that many tasks do not come back together. Used by one thread.
 */
final class Tries {
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 5_000;

    private final S3Settings settings;
    private int failures;
    private long firstFailureNanos;

    Tries(S3Settings settings) {
        this.settings = settings;
    }

    /**
     * Notes a failure and pauses.
     *
     * @return false, at once, when nothing is left
     */
    boolean mayTryAgain() throws InterruptedIOException {
        long now = System.nanoTime();
        if (failures++ == 0) {
            firstFailureNanos = now;
        }
        long passedMs = TimeUnit.NANOSECONDS.toMillis(now - firstFailureNanos);
        if (failures >= settings.tries() || passedMs >= settings.retryForMs()) {
            return false;
        }
        long most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(20, failures - 1));
        pause(ThreadLocalRandom.current().nextLong(most + 1));
        return true;
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
        failures = 0;
    }

    /** For people: how much was tried. */
    String effort() {
        return "after " + failures + (failures == 1 ? " try in " : " tries in ")
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstFailureNanos) + " ms";
    }
}
