package dev.kindling.protocol;

import java.util.List;

/** One attempt to run: its stage's program was or will be sent apart. */
public record TaskLaunch(AttemptId attempt, int jobId, List<TaskInput> inputs) {
    public TaskLaunch {
        inputs = List.copyOf(inputs);
    }
}
