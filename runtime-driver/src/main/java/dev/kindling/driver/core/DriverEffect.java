package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.storage.OutputStore;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** All that the driver's core can want done. */
public sealed interface DriverEffect {
    record Send(String executorId, long incarnation, Frame.ToExecutor frame) implements DriverEffect {}

    /**
     * One result partition of a job, exactly once each. A {@link TaskResult.Stored} one is to be fetched from
     * {@code holder} and answered by {@code ResultFetched} or {@code ResultLost}.
     */
    record DeliverResult(
            int jobId, int partition, AttemptId attempt, TaskResult result, ExecutorAddress holder, TaskMetrics metrics)
            implements DriverEffect {}

    /**
     * Add what an attempt added to accumulators, before anything that comes later is done.
     *
     * @param jobId one that has not ended; it fails when that cannot be done. {@link #NO_JOB} when none waits for the
     *     attempt any more
     */
    record MergeUpdates(int jobId, AttemptId attempt, List<AccumulatorUpdate> updates) implements DriverEffect {
        /** Of no job. */
        static final int NO_JOB = -1;
    }

    /** Its end is told to listeners too. */
    record CompleteJob(int jobId) implements DriverEffect {}

    /** A job that was never begun. */
    record RefuseJob(int jobId, ErrorCode code, String message) implements DriverEffect {}

    /**
     * Its end is told to listeners too.
     *
     * @param failure what the deciding attempt said, when an attempt decided it
     * @param exit why the executor went whose end decided it
     */
    record FailJob(int jobId, ErrorCode code, String message, Optional<TaskFailure> failure, Optional<ExitReason> exit)
            implements DriverEffect {}

    /** Make the accepted parts visible; answered by {@code OutputPublished} or {@code OutputFailed}. */
    record PublishOutput(int jobId, String target, List<OutputStore.Part> parts) implements DriverEffect {}

    /** Leave nothing of an output that will not be published. */
    record DiscardOutput(int jobId, String target) implements DriverEffect {}

    /** Leave nothing of a part that lost against another attempt. */
    record DiscardPart(String target, String attemptFile) implements DriverEffect {}

    /** No executor holds anything of the broadcast value for whose end this one waits. */
    record BroadcastGone(int waiter) implements DriverEffect {}

    /** This executor is given up: close its connection, end its process if it is ours. */
    record ReleaseExecutor(String executorId, long incarnation, String reason) implements DriverEffect {}

    /** Start another executor in the place of one that was lost; answered by {@code ExecutorRequested}. */
    record ReplaceExecutor(String lostExecutorId, String reason) implements DriverEffect {}

    /** Find out what the program has let go of; answered by {@code GarbageCollected}, after the shuffles that were. */
    record CollectGarbage() implements DriverEffect {}

    /** The machine of this executor is taken back after so long: no other one shall start there. */
    record AvoidMachine(String executorId, long withinMs) implements DriverEffect {}

    /** Start so many more executors; each is answered by {@code ExecutorRequested}. */
    record AddExecutors(int count) implements DriverEffect {}

    /** Do not start so many of those that were asked for, as far as none has been begun with. */
    record CancelExecutors(int count) implements DriverEffect {}

    /**
     * Where executors would be near what is to be read; until it is told again.
     *
     * @param taskCounts by host, tasks of running stages whose input lies there; a task may count at several hosts
     */
    record InputLies(SortedMap<String, Integer> taskCounts) implements DriverEffect {}

    /** Whether executors hold all of the set that {@code waiter} asked for. */
    record CachedSetKept(int waiter, boolean isKept) implements DriverEffect {}

    /** No executor holds anything of the set any more for which {@code waiter} waits. */
    record CachedSetDropped(int waiter) implements DriverEffect {}

    /** For listeners, the log and the status: all but the ends of jobs, whose exceptions the shell makes. */
    record Emit(Event event) implements DriverEffect {}
}
