package dev.kindling.driver.core;

import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** What listeners are told about the beginning and the end of an attempt. No state. */
final class AttemptEvents {
    private AttemptEvents() {}

    static Event.TaskStart started(Instant time, RunningAttempt attempt) {
        AttemptId id = attempt.id;
        return new Event.TaskStart(
                time,
                id.stageId(),
                attempt.stageAttempt,
                attempt.taskId,
                id.partition(),
                id.attempt(),
                attempt.executor.id,
                attempt.locality,
                attempt.isCopy,
                partitionsOf(attempt.tasks, AttemptId::partition));
    }

    static Event.Spilled spilled(Instant time, RunningAttempt attempt, AttemptId task, TaskMetrics metrics) {
        return new Event.Spilled(
                time,
                task.stageId(),
                task.partition(),
                attempt.stage.spec.name(),
                metrics.memorySpilled(),
                metrics.diskSpilled());
    }

    /**
     * @param task the one that failed, else the first
     * @param done those that succeeded
     * @param metrics of all of them
     */
    static Event.TaskEnd ended(
            Instant time,
            RunningAttempt attempt,
            AttemptId task,
            List<TaskDone> done,
            Outcome outcome,
            TaskMetrics metrics) {
        return new Event.TaskEnd(
                time,
                task.stageId(),
                attempt.stageAttempt,
                attempt.taskId,
                task.partition(),
                task.attempt(),
                attempt.executor.id,
                outcome,
                metrics,
                partitionsOf(done, one -> one.attempt().partition()));
    }

    /** Twice for each task: without a stream, which costs more than the rest of the event. */
    private static <T> List<Integer> partitionsOf(List<T> tasks, ToIntFunction<T> partition) {
        if (tasks.size() == 1) {
            return List.of(partition.applyAsInt(tasks.get(0)));
        }
        Integer[] partitions = new Integer[tasks.size()];
        for (int index = 0; index < partitions.length; index++) {
            partitions[index] = partition.applyAsInt(tasks.get(index));
        }
        return List.of(partitions);
    }

    /** It ended with nothing done. */
    static Event.TaskEnd ended(Instant time, RunningAttempt attempt, Outcome outcome) {
        return ended(time, attempt, attempt.id, List.of(), outcome, TaskMetrics.NONE);
    }

    /**
     * @param reducePartition the partition of the attempt that failed
     * @param loss why the executor went from which it could not fetch
     */
    static Outcome outcomeOf(TaskFailure failure, int reducePartition, boolean isCharged, Optional<ExitReason> loss) {
        if (failure instanceof TaskFailure.UserError e) {
            return new Outcome.Failed(e.className(), FailurePolicy.words(e), e.stack(), isCharged);
        }
        if (failure instanceof TaskFailure.FetchFailed e) {
            return new Outcome.FetchFailed(
                    e.executorId(), e.shuffleId(), e.mapAttempt().partition(), reducePartition, e.message(), loss);
        }
        if (failure instanceof TaskFailure.Cancelled e) {
            return new Outcome.Killed(e.message());
        }
        if (failure instanceof TaskFailure.InputOutput e) {
            return failed(e.message(), e.stack(), isCharged);
        }
        return failure instanceof TaskFailure.Internal e
                ? failed(e.message(), e.stack(), isCharged)
                : failed(failure.message(), "", isCharged);
    }

    /** The engine's own words. */
    static Outcome failed(String message, String stack, boolean isCharged) {
        return new Outcome.Failed(KindlingException.class.getName(), message, stack, isCharged);
    }
}
