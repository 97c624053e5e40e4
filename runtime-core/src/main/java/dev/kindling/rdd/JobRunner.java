package dev.kindling.rdd;

import dev.kindling.api.FutureAction;
import dev.kindling.api.Lineage;
import dev.kindling.api.StorageLevel;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.PlanNode;

/** Turns an action into a finished job. Called by the program's threads, several at once. */
public interface JobRunner {
    /**
     * Runs the job and returns when it has ended. Results are given to {@code results} on the calling thread, each
     * partition once, in no order. An interrupt of the calling thread, or an exception of {@code results}, cancels the
     * job.
     *
     * @throws dev.kindling.api.KindlingException when the job failed or was cancelled
     */
    void run(JobRequest request, PartitionResults results);

    /**
     * Samples what the plan's sorts have to be sampled for, and returns when all their bounds are known. The request's
     * sink and partitions mean nothing.
     */
    void findBounds(JobRequest request);

    /** Whether a sort below this set has to be sampled before a job on it can start. */
    boolean needsSample(PlanNode root);

    /**
     * Starts the job and returns. Waits only for a sample, where {@link #needsSample} says so.
     *
     * @throws dev.kindling.api.KindlingException when it cannot be started; then the follower hears nothing
     */
    StartedJob start(JobRequest request, JobFollower follower);

    /** A job that was started. */
    interface StartedJob {
        int jobId();

        /** Now, or at its end. */
        FutureAction.Progress progress();
    }

    /** Cancels those of the jobs submitted so far that have not ended; returns at once. {@code by} says who asked. */
    void cancel(JobSelection which, String by);

    /** See {@code KindlingContext.decommissionExecutor}. */
    void decommissionExecutor(String executorId, long withinMs);

    /** The stages that an action on {@code root} would have. */
    Lineage lineage(PlanNode root, SetMarks marks);

    /** The program's last handle on this shuffle is gone: what it left can be dropped. */
    void forgetShuffle(int shuffleId);

    /** From now on, what jobs compute of this set is kept, and read by those that come after. */
    void persist(int setId, StorageLevel level, int partitionCount);

    /**
     * Nothing of this set is wanted any more.
     *
     * @param isBlocking whether to return only when no executor holds anything of it
     */
    void unpersist(int setId, boolean isBlocking);

    /** Whether executors hold all partitions of this persisted set, as far as the driver knows now. */
    boolean isKept(int setId);

    /** Takes the answer of one partition, decoded; null is an answer like others. */
    @FunctionalInterface
    interface PartitionResults {
        void accept(int partition, Object result);
    }
}
