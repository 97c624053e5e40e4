package dev.kindling.executor.task;

import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.util.List;

/** How an attempt ended. */
public sealed interface TaskOutcome {
    TaskMetrics metrics();

    /**
     * It has done its task.
     *
     * @param storedResult the bytes of a {@link TaskResult.Stored} result, to be kept by the executor; empty where there
     *     is no such result, and where it was committed to the environment as it was made
     * @param updates what it added to accumulators
     */
    record Success(TaskResult result, byte[] storedResult, TaskMetrics metrics, List<AccumulatorUpdate> updates)
            implements TaskOutcome {}

    record Failure(TaskFailure failure, TaskMetrics metrics) implements TaskOutcome {}
}
