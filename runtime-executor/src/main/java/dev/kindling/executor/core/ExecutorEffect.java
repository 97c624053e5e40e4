package dev.kindling.executor.core;

import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskGroup;

/** All that an executor's core can want done. */
public sealed interface ExecutorEffect {
    record Send(Frame.ToDriver frame) implements ExecutorEffect {}

    /** Keep a stage's program for the attempts to come. */
    record KeepProgram(int stageId, byte[] body) implements ExecutorEffect {}

    record ForgetProgram(int stageId) implements ExecutorEffect {}

    /** Run it on a task thread; its program was kept before. Ends in exactly one event. */
    record StartAttempt(TaskGroup group) implements ExecutorEffect {}

    /** Ask the running attempt to stop: flag, then interrupt, unless it shall only see the flag. */
    record CancelAttempt(AttemptId attempt, String reason, boolean isInterrupting) implements ExecutorEffect {}

    /** Where is its thread? Answer with {@code AttemptSeen}, unless it has ended by then. */
    record LookAtAttempt(AttemptId attempt) implements ExecutorEffect {}

    record DropShuffle(int shuffleId) implements ExecutorEffect {}

    record DropMapOutput(int shuffleId, AttemptId attempt) implements ExecutorEffect {}

    record DropResult(AttemptId attempt) implements ExecutorEffect {}

    record DropCachedSet(int setId, int epoch) implements ExecutorEffect {}

    /** Keep the output as well; answered by {@code MapOutputCopied}. */
    record CopyMapOutput(int shuffleId, AttemptId attempt, ExecutorAddress from) implements ExecutorEffect {}

    /** Keep the block as well; whether that succeeded or not, a {@code CachedBlockChanged} says. */
    record CopyCachedBlock(CachedBlockId block, StorageLevel level, ExecutorAddress from) implements ExecutorEffect {}

    record DropCachedBlock(CachedBlockId block) implements ExecutorEffect {}
    /** Answered by {@code BroadcastDropped}. */
    record DropBroadcast(long broadcastId) implements ExecutorEffect {}

    /** End the process with this code; in-process executors end their threads. */
    record Exit(int code, String reason) implements ExecutorEffect {}
}
