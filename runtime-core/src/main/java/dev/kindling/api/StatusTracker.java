package dev.kindling.api;

import java.util.Arrays;

/**
 * How an application stands, for programs that watch their own jobs. What it answers is true at the moment of the call:
 * when an action has returned, its job is no longer active. The latest 1,000 jobs and 4,000 stages are known; of others
 * it answers as if they had never been. Safe for many threads; no method waits for a job.
 */
public interface StatusTracker {
    /** Known jobs, ended ones included, that were started with this group; an empty array when there is none. */
    int[] getJobIdsForGroup(String group);

    /** Known jobs, ended ones included, that were started with this tag. */
    int[] getJobIdsForTag(String tag);

    /** Jobs that have started and not ended, oldest first. */
    int[] getActiveJobIds();

    /** Stages that run now, oldest first. */
    int[] getActiveStageIds();

    /** Null when the job is not known. */
    JobInfo getJobInfo(int id);

    /** Null when the stage is not known. */
    StageInfo getStageInfo(int id);

    /** The executors that live now, in the order in which they came. */
    ExecutorInfo[] getExecutorInfos();

    /** Where a job is in its life. */
    enum JobStatus {
        RUNNING,
        SUCCEEDED,
        FAILED,
        UNKNOWN
    }

    /** @param stageIds of all its stages, those included that did not have to run */
    record JobInfo(int jobId, int[] stageIds, JobStatus status) {
        public JobInfo {
            stageIds = stageIds.clone();
        }

        @Override
        public int[] stageIds() {
            return stageIds.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof JobInfo o
                    && o.jobId == jobId
                    && o.status == status
                    && Arrays.equals(o.stageIds, stageIds);
        }

        @Override
        public int hashCode() {
            return 31 * jobId + Arrays.hashCode(stageIds);
        }

        @Override
        public String toString() {
            return "JobInfo[jobId=" + jobId + ", stageIds=" + Arrays.toString(stageIds) + ", status=" + status + "]";
        }
    }

    /**
     * One stage.
     *
     * @param currentAttemptId how often it was begun again because results of it had been lost; 0 for the first run
     * @param submissionTime when this run of it began, in milliseconds since 1970; 0 when it has not
     * @param name what users see, such as {@code groupByKey at ZipCount.java:12}
     * @param numTasks one for each partition
     * @param numActiveTasks tasks that run now
     * @param numCompletedTasks tasks whose results are there
     * @param numFailedTasks attempts that ended without a result, those of earlier runs included
     */
    record StageInfo(
            int stageId,
            int currentAttemptId,
            long submissionTime,
            String name,
            int numTasks,
            int numActiveTasks,
            int numCompletedTasks,
            int numFailedTasks) {}

    /**
     * One executor.
     *
     * @param port of its data, 0 for executors inside the driver's JVM
     * @param usedMemory bytes of cached blocks that it holds in memory
     * @param maxMemory bytes that its tasks and cached blocks share
     */
    record ExecutorInfo(
            String id, String host, int port, int cores, int runningTasks, long usedMemory, long maxMemory) {}
}
