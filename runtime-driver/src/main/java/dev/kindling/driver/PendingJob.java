package dev.kindling.driver;

import dev.kindling.api.KindlingException;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * A job whose results wait until they are handed to the program: how and on which thread is for those that extend it.
 * What waits here is bounded by the bytes a job may bring, which the driver's core sees to. Guarded by itself.
 */
abstract class PendingJob implements RunningJob {
    private final ArrayDeque<Delivered> delivered = new ArrayDeque<>();
    private boolean isEnded;
    private Supplier<KindlingException> failure;

    /** One partition's result. */
    record Delivered(int partition, byte[] encoded) {}

    /** Something has come, or the end. Called with the lock held; must not wait. */
    abstract void changed();

    @Override
    public final synchronized boolean isEnded() {
        return isEnded;
    }

    @Override
    public final synchronized void deliver(int partition, byte[] encoded) {
        if (!isEnded) {
            delivered.add(new Delivered(partition, encoded));
            changed();
        }
    }

    @Override
    public final synchronized void complete() {
        isEnded = true;
        changed();
    }

    @Override
    public final synchronized void fail(Supplier<KindlingException> why) {
        if (!isEnded) {
            isEnded = true;
            failure = why;
            delivered.clear();
            changed();
        }
    }

    /** What came first of what still waits; null when nothing does. */
    final synchronized Delivered poll() {
        return delivered.poll();
    }

    /** Null while the job has not failed. */
    final synchronized Supplier<KindlingException> failure() {
        return failure;
    }
}
