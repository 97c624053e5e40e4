package dev.kindling.protocol;

import java.util.List;

/**
 * One attempt to run: its stage's program was or will be sent apart.
 *
 * @param taskId number of the attempt in the application
 * @param stageAttempt how often its stage had been begun before
 */
public record TaskLaunch(AttemptId attempt, int jobId, long taskId, int stageAttempt, List<TaskInput> inputs) {
    public TaskLaunch {
        inputs = List.copyOf(inputs);
    }
}
