package dev.kindling.protocol;

import dev.kindling.api.StorageLevel;
import dev.kindling.util.Secret;
import java.util.List;

/**
 * All control messages, one record each: one-way, idempotent, small. A connection carries them only after its secret
 * was checked. Every message of an executor names its incarnation, so what an earlier process sent is recognised.
 */
public sealed interface Frame {

    /** Executor to driver. */
    sealed interface ToDriver extends Frame {
        String executorId();

        long incarnation();
    }

    /** Driver to executor. */
    sealed interface ToExecutor extends Frame {}

    // ---- executor to driver ---------------------------------------------------------------------------------------

    /**
     * First message of an executor; repeated until {@link Registered} comes.
     *
     * @param nonce that its launcher gave to this process alone: a registration without the one that the driver waits
     *     for is refused
     */
    record Register(
            String executorId,
            long incarnation,
            Secret nonce,
            ExecutorAddress address,
            int cores,
            long memoryBytes,
            long processId)
            implements ToDriver {
        /** Without the nonce. */
        @Override
        public String toString() {
            return "Register " + executorId + "@" + incarnation + " at " + address + " with " + cores + " cores";
        }
    }

    /**
     * Sign of life and state: what runs and what has ended here without the driver's acknowledgement. The driver
     * launches again what it believes in and does not find here.
     *
     * @param residentBytes physical memory of the process, 0 where it is not known
     * @param processorMs processor time that the process has used since it started, 0 where it is not known
     * @param takenBackInMs when its machine is taken back, as the machine has said; {@link #STAYS} while it has not
     */
    record Heartbeat(
            String executorId,
            long incarnation,
            long sequence,
            List<AttemptId> attempts,
            long heapUsedBytes,
            long residentBytes,
            long processorMs,
            long takenBackInMs)
            implements ToDriver {
        /** Nothing is known of an end. */
        public static final long STAYS = -1;

        public Heartbeat {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * The group is over; repeated until acknowledged by {@link OutcomeReceived}.
     *
     * @param attempt the name of the group
     * @param done its first tasks, at least one; those that are missing were not begun and are to be launched again
     */
    record AttemptFinished(String executorId, long incarnation, AttemptId attempt, List<TaskDone> done)
            implements ToDriver {
        public AttemptFinished {
            done = List.copyOf(done);
        }
    }

    /**
     * A task of the group failed; those behind it were not begun. Repeated until acknowledged by
     * {@link OutcomeReceived}.
     *
     * @param attempt the name of the group
     * @param done its tasks that had succeeded before
     * @param failed the task that failed
     * @param metrics of the task that failed
     */
    record AttemptFailed(
            String executorId,
            long incarnation,
            AttemptId attempt,
            List<TaskDone> done,
            AttemptId failed,
            TaskFailure failure,
            TaskMetrics metrics)
            implements ToDriver {
        public AttemptFailed {
            done = List.copyOf(done);
        }
    }

    /** A launch named a stage whose program is not here (its message was lost); repeated while attempts wait for it. */
    record NeedStageProgram(String executorId, long incarnation, int stageId) implements ToDriver {}

    /**
     * A running attempt was interrupted {@code sinceMs} ago and goes on; {@code stack} says where it is now. Repeated
     * until it ends: what shall become of the executor is for the driver to say.
     */
    record AttemptStuck(String executorId, long incarnation, AttemptId attempt, long sinceMs, String stack)
            implements ToDriver {}

    /**
     * Cached blocks came, moved or went; repeated until acknowledged by {@link CachedBlocksReceived}. Sent before the
     * outcome of the attempt that made them, so that the driver knows of them when it places what comes next.
     */
    record CachedBlocksChanged(String executorId, long incarnation, long sequence, List<CachedBlockStatus> changes)
            implements ToDriver {
        public CachedBlocksChanged {
            changes = List.copyOf(changes);
        }
    }
    /** As it was told by {@link DropBroadcast}; it holds nothing of that value. */
    record BroadcastDropped(String executorId, long incarnation, long broadcastId) implements ToDriver {}

    /** Where an attempt's thread is, one frame a line: the answer to {@link ShowStacks}, said once. */
    record AttemptStack(String executorId, long incarnation, AttemptId attempt, String stack) implements ToDriver {}

    /**
     * The answer to {@link CopyMapOutput}, repeated until {@link MapOutputCopyReceived} or {@link DropMapOutput} comes.
     *
     * @param isHeld whether the whole output is here, checked
     */
    record MapOutputCopied(String executorId, long incarnation, int shuffleId, AttemptId attempt, boolean isHeld)
            implements ToDriver {}

    // ---- driver to executor ---------------------------------------------------------------------------------------

    record Registered(String executorId, long incarnation) implements ToExecutor {}

    /** The executor must end: unknown, fenced after having been declared lost, or of another build. */
    record Refused(String executorId, long incarnation, String reason) implements ToExecutor {}

    record HeartbeatReceived(long sequence) implements ToExecutor {}

    /** A stage's program, as {@code ClosureCodec} wrote a {@code StageBody}; sent once before its first launch. */
    record StageProgram(int stageId, byte[] body) implements ToExecutor {}

    record LaunchTasks(List<TaskGroup> groups) implements ToExecutor {
        public LaunchTasks {
            groups = List.copyOf(groups);
        }
    }

    /**
     * Stop the attempt if it runs; its end is reported as usual.
     *
     * @param isInterrupting whether its thread is interrupted; else it stops at its next batch of rows only
     */
    record CancelAttempt(AttemptId attempt, String reason, boolean isInterrupting) implements ToExecutor {}

    /** The outcome is known to the driver and need not be sent again. */
    record OutcomeReceived(AttemptId attempt) implements ToExecutor {}

    /** No task will run for this stage any more. */
    record ForgetStage(int stageId) implements ToExecutor {}

    record DropShuffle(int shuffleId) implements ToExecutor {}

    /** A map output of an attempt whose outcome was not accepted. */
    record DropMapOutput(int shuffleId, AttemptId attempt) implements ToExecutor {}

    /**
     * Keep this map output as well: {@code from} has it and shall leave. Repeated until {@link MapOutputCopied} comes.
     */
    record CopyMapOutput(int shuffleId, AttemptId attempt, ExecutorAddress from) implements ToExecutor {}

    /** What {@link MapOutputCopied} said is known to the driver and need not be sent again. */
    record MapOutputCopyReceived(AttemptId attempt) implements ToExecutor {}

    /** A {@link TaskResult.Stored} result was fetched or is not wanted. */
    record DropResult(AttemptId attempt) implements ToExecutor {}

    /** All changes up to this number of {@link CachedBlocksChanged} are known to the driver. */
    record CachedBlocksReceived(long sequence) implements ToExecutor {}

    /** No block of the set up to this epoch is wanted any more. */
    record DropCachedSet(int setId, int epoch) implements ToExecutor {}

    /** Keep this block as well: one more copy of it is wanted, and {@code from} has one. */
    record CopyCachedBlock(CachedBlockId block, StorageLevel level, ExecutorAddress from) implements ToExecutor {}

    /** This block is not wanted here: it could not be read, or nobody knows it. */
    record DropCachedBlock(CachedBlockId block) implements ToExecutor {}
    /** Forget the value and its blocks; repeated until {@link BroadcastDropped} comes. */
    record DropBroadcast(long broadcastId) implements ToExecutor {}

    /** Say of each running attempt where its thread is; for people, so it is sent once. */
    record ShowStacks() implements ToExecutor {}

    record Shutdown(String reason) implements ToExecutor {}
}
