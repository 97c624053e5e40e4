package dev.kindling.event;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import java.util.List;

/**
 * What happened in an application, for listeners, the event log and the status: one family for all of them. The time
 * is added by whoever publishes it.
 */
public sealed interface AppEvent {
    record ApplicationStarted(String applicationId, String name, String master) implements AppEvent {}

    record ApplicationEnded(String applicationId) implements AppEvent {}

    record JobStarted(int jobId, String description, List<Integer> stageIds) implements AppEvent {
        public JobStarted {
            stageIds = List.copyOf(stageIds);
        }
    }

    /** A named accumulator as it is after a job that added to it; {@code value} is text, short, without rows. */
    record AccumulatorChanged(int jobId, long accumulatorId, String name, String value) implements AppEvent {}

    record JobCompleted(int jobId) implements AppEvent {}

    record JobFailed(int jobId, String message) implements AppEvent {}

    /** The stage's tasks that are missing are about to run; {@code partitionCount - taskCount} are there already. */
    record StageStarted(int jobId, int stageId, String name, int partitionCount, int taskCount) implements AppEvent {}

    /** All its map outputs were there already. */
    record StageSkipped(int jobId, int stageId, String name) implements AppEvent {}

    record StageCompleted(int stageId) implements AppEvent {}

    record AttemptStarted(AttemptId attempt, String executorId) implements AppEvent {}

    record AttemptSucceeded(AttemptId attempt, String executorId, TaskMetrics metrics) implements AppEvent {}

    /** @param isCharged whether it counts towards the task's limit of failures */
    record AttemptFailed(AttemptId attempt, String executorId, String message, boolean isCharged) implements AppEvent {}

    /**
     * A cancelled attempt does not stop: its function ignores interrupts.
     *
     * @param stack where it is, one frame a line
     * @param isReplaced whether its executor is replaced for it; else it keeps its slot until it ends by itself
     */
    record AttemptStuck(AttemptId attempt, String executorId, long sinceMs, String stack, boolean isReplaced)
            implements AppEvent {}

    record ExecutorAdded(String executorId, String host, int cores, long memoryBytes) implements AppEvent {}

    /** Not heard of for so long that it may be lost; it is, if it stays silent. */
    record ExecutorSilent(String executorId, long silentMs) implements AppEvent {}

    /** It gets no task for so long, unless all others are in the same way. */
    record ExecutorExcluded(String executorId, long forMs, String reason) implements AppEvent {}

    record ExecutorLost(String executorId, ExitReason reason) implements AppEvent {}

    /** More became known about the end of an executor that was lost before. */
    record ExecutorLossExplained(String executorId, ExitReason reason) implements AppEvent {}

    /** Map outputs that must be computed again. */
    record MapOutputsLost(int shuffleId, List<Integer> mapPartitions, String reason) implements AppEvent {
        public MapOutputsLost {
            mapPartitions = List.copyOf(mapPartitions);
        }
    }

    /**
     * A partition of a persisted set came to an executor, moved between memory and disk, or went.
     *
     * @param block such as {@code rdd_3_17}: set and partition
     * @param level where it is now; {@code NONE} when it is gone
     */
    record BlockUpdated(String block, String executorId, StorageLevel level, long memoryBytes, long diskBytes)
            implements AppEvent {}
}
