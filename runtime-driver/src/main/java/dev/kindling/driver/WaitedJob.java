package dev.kindling.driver;

import dev.kindling.driver.plan.JobSubmitter;

/**
 * A job for which the thread that submitted it waits: results come in from the loop and from fetching threads, and are
 * handed out on the waiting thread, until the end comes.
 */
final class WaitedJob extends PendingJob {
    @Override
    void changed() {
        notifyAll();
    }

    /** Hands out results on the calling thread until the job has ended. */
    void await(JobSubmitter.ResultListener results) throws InterruptedException {
        for (Delivered next = next(); next != null; next = next()) {
            results.onResult(next.partition(), next.encoded());
        }
    }

    private synchronized Delivered next() throws InterruptedException {
        Delivered next = poll();
        while (next == null && !isEnded()) {
            wait();
            next = poll();
        }
        if (failure() != null) {
            throw failure().get();
        }
        return next;
    }
}
