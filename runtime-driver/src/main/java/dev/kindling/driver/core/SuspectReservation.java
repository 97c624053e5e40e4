package dev.kindling.driver.core;

import java.util.Comparator;
import java.util.Optional;

/**
 * The executor that takes nothing new until a suspect has it. A suspect runs with no other task beside it, and where
 * others fill every slot as soon as it is free, no executor is ever empty. At most one executor is reserved at a time,
 * for the suspect that was kept waiting for longest, so suspects cost the others one executor at most.
 */
final class SuspectReservation {
    /** What others may keep a suspect waiting before an executor is reserved. Most find an empty one sooner. */
    private static final long WAIT_MS = 5_000;

    private static final Comparator<ExecutorState> LEAST_BUSY_FIRST = Comparator.<ExecutorState>comparingInt(
                    executor -> executor.cores - executor.freeSlots)
            .thenComparingInt(executor -> executor.index);

    private final ExecutorTable executors;
    private Optional<TaskSet.Suspect> suspect = Optional.empty();
    private ExecutorState executor;

    SuspectReservation(ExecutorTable executors) {
        this.executors = executors;
    }

    /** Reserves an executor when one is due; {@code waiting} has waited for longest. */
    void reserve(Optional<TaskSet.Suspect> waiting, long nowMs) {
        if (suspect.isPresent() || waiting.isEmpty() || nowMs - waiting.get().crowdedSinceMs() < WAIT_MS) {
            return;
        }
        TaskSet.Suspect due = waiting.get();
        executors.registered().stream()
                .filter(candidate -> !candidate.isDraining())
                .filter(candidate -> !executors.isAvoided(candidate, due.stage()))
                .filter(candidate -> due.stage().tasks.mayRunOn(candidate, due.partition(), nowMs, executors))
                .min(LEAST_BUSY_FIRST)
                .ifPresent(chosen -> {
                    suspect = waiting;
                    executor = chosen;
                });
    }

    /** True when it has just ended: the suspect was launched or is not wanted now, or the executor was lost or leaves. */
    boolean endIfOver() {
        boolean isOver = suspect.isPresent()
                && (executor.isLost
                        || executor.isDraining()
                        || !suspect.get().stage().isOffered
                        || !suspect.get()
                                .stage()
                                .tasks
                                .isCrowdedOut(suspect.get().partition()));
        if (isOver) {
            suspect = Optional.empty();
            executor = null;
        }
        return isOver;
    }

    /** Whether only the suspect may run there. */
    boolean isOn(ExecutorState candidate) {
        return executor == candidate;
    }

    /** The suspect, if it is of that stage and its executor is empty; else null. */
    TaskSet.Choice take(StageState stage) {
        TaskSet.Suspect waiting = suspect.orElseThrow();
        boolean isWaiting = waiting.stage() == stage && stage.tasks.isCrowdedOut(waiting.partition());
        return isWaiting && executor.running.isEmpty() ? stage.tasks.takeSuspect(waiting.partition(), executor) : null;
    }
}
