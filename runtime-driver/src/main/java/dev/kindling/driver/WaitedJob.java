package dev.kindling.driver;

import dev.kindling.api.KindlingException;
import dev.kindling.driver.plan.JobSubmitter;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * A job for which the thread that submitted it waits: results come in from the loop and from fetching threads, and are
 * handed out on the waiting thread, until the end comes. What waits here is bounded by the bytes a job may bring, which
 * the driver's core sees to.
 */
final class WaitedJob implements RunningJob {
    private final ArrayDeque<Delivered> delivered = new ArrayDeque<>();
    private boolean isEnded;
    private Supplier<KindlingException> failure;

    private record Delivered(int partition, byte[] encoded) {}

    @Override
    public synchronized boolean isEnded() {
        return isEnded;
    }

    @Override
    public synchronized void deliver(int partition, byte[] encoded) {
        if (!isEnded) {
            delivered.add(new Delivered(partition, encoded));
            notifyAll();
        }
    }

    @Override
    public synchronized void complete() {
        isEnded = true;
        notifyAll();
    }

    @Override
    public synchronized void fail(Supplier<KindlingException> why) {
        if (!isEnded) {
            isEnded = true;
            failure = why;
            delivered.clear();
            notifyAll();
        }
    }

    /** Hands out results on the calling thread until the job has ended. */
    void await(JobSubmitter.ResultListener results) throws InterruptedException {
        for (Delivered next = next(); next != null; next = next()) {
            results.onResult(next.partition, next.encoded);
        }
    }

    private synchronized Delivered next() throws InterruptedException {
        while (delivered.isEmpty() && !isEnded) {
            wait();
        }
        if (failure != null) {
            throw failure.get();
        }
        return delivered.poll();
    }
}
