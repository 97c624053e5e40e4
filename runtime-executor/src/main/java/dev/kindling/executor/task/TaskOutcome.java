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
     * @param storedResult the bytes of a {@link TaskResult.Stored} result, to be kept by the executor; else empty
     * @param updates what it added to accumulators
     */
    record Success(TaskResult result, byte[] storedResult, TaskMetrics metrics, List<AccumulatorUpdate> updates)
            implements TaskOutcome {}

    record Failure(TaskFailure failure, TaskMetrics metrics) implements TaskOutcome {}
}
