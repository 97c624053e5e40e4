package dev.kindling.protocol;

import java.util.List;
import java.util.SortedMap;

/**
 * One attempt to run: its stage's program was or will be sent apart.
 *
 * @param taskId number of the attempt in the application
 * @param stageAttempt how often its stage had been begun before
 * @param properties local properties of the job for which it runs; nobody changes them
 */
public record TaskLaunch(
        AttemptId attempt,
        int jobId,
        long taskId,
        int stageAttempt,
        SortedMap<String, String> properties,
        List<TaskInput> inputs) {
    public TaskLaunch {
        inputs = List.copyOf(inputs);
    }
}
