package dev.kindling.executor.task;

import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;

/** How an attempt ended. */
public sealed interface TaskOutcome {
    TaskMetrics metrics();

    /** @param storedResult the bytes of a {@link TaskResult.Stored} result, to be kept by the executor; else empty */
    record Success(TaskResult result, byte[] storedResult, TaskMetrics metrics) implements TaskOutcome {}

    record Failure(TaskFailure failure, TaskMetrics metrics) implements TaskOutcome {}
}
