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
    private final String description;
    private final long maxResultBytes;
    private final ArrayDeque<Delivered> delivered = new ArrayDeque<>();
    private long resultBytes;
    private boolean isEnded;
    private Supplier<KindlingException> failure;

    private record Delivered(int partition, byte[] encoded) {}

    /** @param description what the program asked for and where, such as {@code collect at Zips.java:12} */
    RunningJob(int jobId, String description, long maxResultBytes) {
        this.jobId = jobId;
        this.description = description;
        this.maxResultBytes = maxResultBytes;
    }

    int jobId() {
        return jobId;
    }

    /**
     * A result of so many bytes wants to come; false when the job has become larger than is allowed and has failed for
     * it, so that none of these bytes ever reaches this JVM's heap.
     */
    synchronized boolean admit(long byteCount) {
        if (isEnded) {
            return false;
        }
        resultBytes += byteCount;
        if (resultBytes <= maxResultBytes) {
            return true;
        }
        String message = "the results of job " + jobId + " (" + description + ") take " + ByteSizes.format(resultBytes)
                + " and more, the driver holds at most " + ByteSizes.format(maxResultBytes)
                + "; write them with saveAsTextFile, read them partition by partition with toLocalIterator, or raise"
                + " kindling.result.maxBytes";
        fail(() -> new KindlingException(ErrorCode.RESULT_TOO_LARGE, message));
        return false;
    }

    /** A result that was admitted could not be had. */
    synchronized void withdraw(long byteCount) {
        resultBytes -= byteCount;
    }

    /** Takes one partition's result, which was admitted before. */
    synchronized void deliver(int partition, byte[] encoded) {
        if (!isEnded) {
            delivered.add(new Delivered(partition, encoded));
            notifyAll();
        }
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
