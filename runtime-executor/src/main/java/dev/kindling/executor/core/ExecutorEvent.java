package dev.kindling.executor.core;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.Secret;
import java.util.List;

/** All that can happen to an executor. */
public sealed interface ExecutorEvent {
    /**
     * The process is up, its data port bound, the driver's connection open.
     *
     * @param nonce of its launch
     */
    record Started(ExecutorAddress address, Secret nonce, int cores, long memoryBytes, long processId)
            implements ExecutorEvent {
        /** Without the nonce. */
        @Override
        public String toString() {
            return "Started " + address + " with " + cores + " cores";
        }
    }

    record FrameReceived(Frame.ToExecutor frame) implements ExecutorEvent {}

    /** As {@code Frame.AttemptFinished}. */
    record AttemptSucceeded(AttemptId attempt, List<TaskDone> done) implements ExecutorEvent {}

    /** As {@code Frame.AttemptFailed}. */
    record AttemptFailed(
            AttemptId attempt, List<TaskDone> done, AttemptId failed, TaskFailure failure, TaskMetrics metrics)
            implements ExecutorEvent {}

    /** The answer to {@code LookAtAttempt}: where its thread is, one frame a line. */
    record AttemptSeen(AttemptId attempt, String stack) implements ExecutorEvent {}

    /** A cached block came, moved or went. */
    record CachedBlockChanged(CachedBlockStatus status) implements ExecutorEvent {}
    /** The answer to {@code CopyMapOutput}: whether the whole output is here. */
    record MapOutputCopied(int shuffleId, AttemptId attempt, boolean isHeld) implements ExecutorEvent {}

    /** Nothing is left of the value here. */
    record BroadcastDropped(long broadcastId) implements ExecutorEvent {}

    /** The machine has said that it is taken back after so long; the driver is told with every heartbeat. */
    record MachineTakenBack(long withinMs) implements ExecutorEvent {}

    /** The connection to the driver is gone. */
    record DriverGone(String why) implements ExecutorEvent {}

    /** Some time has passed; the shell ticks every 100 ms and says what the process uses, as in {@code Heartbeat}. */
    record Tick(long heapUsedBytes, long residentBytes, long processorMs) implements ExecutorEvent {}
}
