package dev.kindling.protocol;

import java.util.List;

/**
 * One task that has succeeded.
 *
 * @param updates what it added to accumulators
 */
public record TaskDone(AttemptId attempt, TaskResult result, TaskMetrics metrics, List<AccumulatorUpdate> updates) {
    public TaskDone {
        updates = List.copyOf(updates);
    }
}
