package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.StorageLevel;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.util.Secret;

/** All that can happen to a driver. */
public sealed interface DriverEvent {
    record JobSubmitted(JobGraph job) implements DriverEvent {}

    record CancelJob(int jobId, String reason) implements DriverEvent {}

    /** Of the jobs submitted before; {@code by} says who asked. */
    record CancelJobs(JobSelection which, String by) implements DriverEvent {}

    record FrameReceived(Frame.ToDriver frame) implements DriverEvent {}

    /** The control connection of this incarnation ended. */
    record ConnectionClosed(String executorId, long incarnation, String why) implements DriverEvent {}

    /** The launcher was asked for this executor and it will register. */
    record ExecutorRequested(String executorId, Secret nonce, ExecutorPlace place) implements DriverEvent {
        public ExecutorRequested(String executorId, Secret nonce) {
            this(executorId, nonce, ExecutorPlace.ANY);
        }

        /** Without the nonce. */
        @Override
        public String toString() {
            return "ExecutorRequested " + executorId;
        }
    }

    /** The launcher saw the process end. */
    record ExecutorExited(String executorId, ExitReason reason) implements DriverEvent {}

    /** This executor is to leave without loss, and goes with what is left after so long. */
    record DrainRequested(String executorId, DrainReason reason, long withinMs) implements DriverEvent {}

    /** A stored result could not be fetched: its partition has to be computed again. */
    record ResultLost(int jobId, int partition, AttemptId attempt, String why) implements DriverEvent {}

    /** A stored result has reached the driver. */
    record ResultFetched(int jobId, int partition, AttemptId attempt) implements DriverEvent {}

    record OutputPublished(int jobId) implements DriverEvent {}

    record OutputFailed(int jobId, String why) implements DriverEvent {}

    /** The program's last handle on this shuffle is gone. */
    record ForgetShuffle(int shuffleId) implements DriverEvent {}

    /** What the program had let go of by then has been told. */
    record GarbageCollected() implements DriverEvent {}

    /** The program wants the set kept: known before the first job that computes it. */
    record PersistSet(int setId, StorageLevel level, int partitionCount) implements DriverEvent {}

    /** @param waiter to be told by {@code CachedSetDropped} when nothing of it is left; -1 for none */
    record UnpersistSet(int setId, int waiter) implements DriverEvent {}
    /** @param waiter to be told by {@code BroadcastGone} when no executor holds anything of it; -1 for none */
    record DropBroadcast(long broadcastId, int waiter) implements DriverEvent {}

    /** Answered by {@code CachedSetKept}. */
    record AskWhetherKept(int setId, int waiter) implements DriverEvent {}

    /** Some time has passed; the shell ticks every 100 ms. */
    record Tick() implements DriverEvent {}

    /** The context closes: running jobs fail, executors are told to end. */
    record CloseRequested() implements DriverEvent {}
}
