package dev.kindling.event;

import dev.kindling.protocol.TaskMetrics;
import java.util.List;
import java.util.Map;

/**
 * How an application stands: an unchangeable picture, made by {@link StatusFold} from its events. Times are
 * milliseconds of the driver's wall clock, -1 for what has not happened.
 *
 * @param updatedMs time of the last event in the picture
 * @param jobs by id, the latest {@value StatusFold#KEPT_JOBS}
 * @param stages by id, the latest {@value StatusFold#KEPT_STAGES}
 * @param executors in the order in which they came, the newest hundred of the lost ones included
 * @param metrics sums over all successful attempts
 */
public record AppStatus(
        String applicationId,
        String name,
        String master,
        long startedMs,
        long endedMs,
        long updatedMs,
        List<JobStatus> jobs,
        List<StageStatus> stages,
        List<ExecutorStatus> executors,
        TaskMetrics metrics) {
    public AppStatus {
        jobs = List.copyOf(jobs);
        stages = List.copyOf(stages);
        executors = List.copyOf(executors);
    }

    /** Where a job or stage is in its life. */
    public enum State {
        /** Known, nothing of it runs. */
        WAITING,
        RUNNING,
        COMPLETED,
        /** A stage whose map outputs were all there. */
        SKIPPED,
        /** A job that failed; a stage left unfinished by one. */
        FAILED
    }

    /**
     * @param description where it was started, such as {@code collect at ZipCount.java:14}
     * @param properties local properties of the thread that started it
     * @param message why it failed; else empty
     */
    public record JobStatus(
            int jobId,
            String description,
            List<Integer> stageIds,
            Map<String, String> properties,
            State state,
            long startedMs,
            long endedMs,
            String message) {
        public JobStatus {
            stageIds = List.copyOf(stageIds);
        }
    }

    static String messageOf(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /**
     * @param jobId the first job that needed it, -1 when that is not known
     * @param donePartitions partitions whose result is there
     * @param runningAttempts attempts that run now
     * @param succeededAttempts attempts that ended well, since the application started
     * @param failedAttempts attempts that did not, lost ones included
     * @param metrics sums over successful attempts
     */
    public record StageStatus(
            int stageId,
            int jobId,
            String name,
            State state,
            int partitionCount,
            int donePartitions,
            int runningAttempts,
            int succeededAttempts,
            int failedAttempts,
            long startedMs,
            long endedMs,
            TaskMetrics metrics) {}

    /** @param lostReason why it was lost; empty while it lives */
    public record ExecutorStatus(
            String executorId,
            String host,
            int cores,
            long memoryBytes,
            int runningAttempts,
            int succeededAttempts,
            int failedAttempts,
            long addedMs,
            long lostMs,
            String lostReason) {
        public boolean isAlive() {
            return lostMs < 0;
        }
    }

    /** The stages of a job in their order, as far as they are known. */
    public List<StageStatus> stagesOf(JobStatus job) {
        return stages.stream()
                .filter(stage -> job.stageIds().contains(stage.stageId()))
                .toList();
    }
}
