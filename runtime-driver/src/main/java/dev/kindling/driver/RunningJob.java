package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.plan.JobSubmitter;
import dev.kindling.util.ByteSizes;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * One job as the thread that submitted it sees it: results come in from the loop and from fetching threads, and are
 * handed out on the waiting thread, until the end comes. What waits here is bounded by the bytes a job may bring.
 */
final class RunningJob {
    private final int jobId;
    private final long maxResultBytes;
    private final ArrayDeque<Delivered> delivered = new ArrayDeque<>();
    private long resultBytes;
    private boolean isEnded;
    private Supplier<KindlingException> failure;

    private record Delivered(int partition, byte[] encoded) {}

    RunningJob(int jobId, long maxResultBytes) {
        this.jobId = jobId;
        this.maxResultBytes = maxResultBytes;
    }

    int jobId() {
        return jobId;
    }

    /** Takes one partition's result; false when the job has become larger than allowed and has failed for it. */
    synchronized boolean deliver(int partition, byte[] encoded) {
        if (isEnded) {
            return true;
        }
        resultBytes += encoded.length;
        if (resultBytes > maxResultBytes) {
            String message = "the results of job " + jobId + " take " + ByteSizes.format(resultBytes)
                    + " and more, the driver holds at most " + ByteSizes.format(maxResultBytes)
                    + "; write them with saveAsTextFile, read them partition by partition with toLocalIterator, or raise"
                    + " kindling.result.maxBytes";
            fail(() -> new KindlingException(ErrorCode.RESULT_TOO_LARGE, message));
            return false;
        }
        delivered.add(new Delivered(partition, encoded));
        notifyAll();
        return true;
    }

    synchronized void complete() {
        isEnded = true;
        notifyAll();
    }

    /**
     * The first end counts.
     *
     * @param why makes the exception on the waiting thread, so that its stack shows the program's own call
     */
    synchronized void fail(Supplier<KindlingException> why) {
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
