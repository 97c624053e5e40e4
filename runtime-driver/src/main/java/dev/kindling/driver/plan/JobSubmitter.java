package dev.kindling.driver.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.plan.JobSelection;
import dev.kindling.rdd.JobRunner;
import java.util.Optional;

/** Brings a job to its end: the driver's shell, or the simulated cluster. Called by many threads at once. */
public interface JobSubmitter {
    /**
     * Submits the job and waits for its end. {@code results} is called on the calling thread, once for every partition
     * of {@code graph.resultPartitions()} whose task answers with a result, before this method returns.
     *
     * @throws dev.kindling.api.KindlingException when the job failed; the user's own exception is its cause
     * @throws InterruptedException when the calling thread was interrupted: the job is cancelled first. It is cancelled
     *     as well when {@code results} throws, and that exception is thrown on
     */
    void run(JobGraph graph, ResultListener results) throws InterruptedException;

    /**
     * Submits the job and returns. One call of the follower after the other, by threads of the submitter's own: a
     * simulated cluster, which has one thread for all, refuses.
     *
     * @throws KindlingException when no job can be submitted any more
     */
    default JobRunner.StartedJob start(JobGraph graph, Follower follower) {
        throw new KindlingException(
                ErrorCode.BAD_ARGUMENT, graph.description() + ": programs wait for their jobs here");
    }

    /** Cancels those of the jobs submitted so far that have not ended. Returns at once. */
    void cancel(JobSelection which, String by);

    /** This executor shall leave without loss. Returns at once. */
    void decommissionExecutor(String executorId, long withinMs);

    /** No later job will read this shuffle. Returns at once. */
    void forgetShuffle(int shuffleId);

    /** From now on, what tasks compute of this set is kept as {@code level} says. Returns at once. */
    void persist(int setId, StorageLevel level, int partitionCount);

    /**
     * Nothing of this set is wanted any more.
     *
     * @param isBlocking whether to return only when no executor holds anything of it
     */
    void unpersist(int setId, boolean isBlocking);

    /** Whether executors hold all partitions of this persisted set, as far as the driver knows now. */
    boolean isKept(int setId);

    /** Hears what becomes of a job for which no thread waits. */
    interface Follower extends ResultListener {
        boolean wantsProgress();

        void onProgress();

        /** The last call. */
        void onEnd(Optional<KindlingException> failure);
    }

    /** Takes the encoded answer of one result partition. */
    @FunctionalInterface
    interface ResultListener {
        void onResult(int partition, byte[] encoded);
    }
}
