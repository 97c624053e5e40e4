package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Every event and effect of the driver's core as one line: for transcripts, traces and stories. Bytes by number. */
public final class Sentences {
    private static final int MAX_NAMED_HOSTS = 8;

    private Sentences() {}

    public static String of(DriverEvent event) {
        if (event instanceof DriverEvent.FrameReceived e) {
            return e.frame().executorId() + " sends " + of(e.frame());
        }
        if (event instanceof DriverEvent.JobSubmitted e) {
            List<String> stages = new ArrayList<>();
            for (JobGraph.StageSpec stage : e.job().stages()) {
                stages.add("stage " + stage.stageId() + " of " + stage.partitionCount() + " tasks");
            }
            return "job " + e.job().jobId() + " is submitted: " + String.join(", ", stages);
        }
        if (event instanceof DriverEvent.ExecutorExited e) {
            return "executor " + e.executorId() + " exits: " + e.reason();
        }
        if (event instanceof DriverEvent.ConnectionClosed e) {
            return "the connection of " + e.executorId() + " ends: " + e.why();
        }
        if (event instanceof DriverEvent.ExecutorRequested e) {
            return "executor " + e.executorId() + " is being started";
        }
        if (event instanceof DriverEvent.DrainRequested e) {
            return "executor " + e.executorId() + " is to leave within " + e.withinMs() + " ms: " + e.reason().words;
        }
        return event instanceof DriverEvent.Tick ? "tick" : event.toString();
    }

    public static String of(DriverEffect effect) {
        if (effect instanceof DriverEffect.Send e) {
            return "send " + e.executorId() + " " + of(e.frame());
        }
        if (effect instanceof DriverEffect.Emit e) {
            return "say " + of(e.event());
        }
        if (effect instanceof DriverEffect.DeliverResult e) {
            return "deliver result " + e.partition() + " of job " + e.jobId() + " by " + e.attempt() + ": "
                    + of(e.result());
        }
        if (effect instanceof DriverEffect.MergeUpdates e) {
            return "merge what " + e.attempt() + " added to " + e.updates().size() + " accumulators";
        }
        if (effect instanceof DriverEffect.CompleteJob e) {
            return "complete job " + e.jobId();
        }
        if (effect instanceof DriverEffect.RefuseJob e) {
            return "refuse job " + e.jobId() + " " + e.code() + ": " + e.message();
        }
        if (effect instanceof DriverEffect.FailJob e) {
            return "fail job " + e.jobId() + " " + e.code() + ": " + e.message();
        }
        if (effect instanceof DriverEffect.PublishOutput e) {
            List<String> files = new ArrayList<>();
            e.parts().forEach(part -> files.add(part.attemptFile() + " as " + part.finalName()));
            return "publish " + e.target() + " of job " + e.jobId() + ": " + String.join(", ", files);
        }
        if (effect instanceof DriverEffect.DiscardOutput e) {
            return "discard output " + e.target() + " of job " + e.jobId();
        }
        if (effect instanceof DriverEffect.DiscardPart e) {
            return "discard part " + e.attemptFile() + " of " + e.target();
        }
        if (effect instanceof DriverEffect.ReleaseExecutor e) {
            return "release " + e.executorId() + ": " + e.reason();
        }
        if (effect instanceof DriverEffect.CollectGarbage) {
            return "find out what the program has let go of";
        }
        if (effect instanceof DriverEffect.InputLies e) {
            return "input lies on "
                    + (e.taskCounts().size() > MAX_NAMED_HOSTS ? e.taskCounts().size() + " hosts" : e.taskCounts());
        }
        return effect instanceof DriverEffect.ReplaceExecutor e
                ? "replace " + e.lostExecutorId() + ": " + e.reason()
                : effect.toString();
    }

    public static String of(Frame frame) {
        if (frame instanceof Frame.Register e) {
            return "Register, " + e.cores() + " cores";
        }
        if (frame instanceof Frame.Heartbeat e) {
            return "Heartbeat " + e.sequence() + " with " + e.attempts()
                    + (e.takenBackInMs() < 0 ? "" : ", taken back in " + e.takenBackInMs() + " ms");
        }
        if (frame instanceof Frame.AttemptFinished e) {
            return "AttemptFinished " + of(e.done());
        }
        if (frame instanceof Frame.AttemptFailed e) {
            return "AttemptFailed " + (e.done().isEmpty() ? "" : "after " + of(e.done()) + ", then ") + e.failed()
                    + ": " + of(e.failure());
        }
        if (frame instanceof Frame.NeedStageProgram e) {
            return "NeedStageProgram " + e.stageId();
        }
        if (frame instanceof Frame.AttemptStack e) {
            return "AttemptStack " + e.attempt();
        }
        if (frame instanceof Frame.ShowStacks) {
            return "ShowStacks";
        }
        if (frame instanceof Frame.AttemptStuck e) {
            return "AttemptStuck " + e.attempt() + " for " + e.sinceMs() + " ms";
        }
        if (frame instanceof Frame.LaunchTasks e) {
            return "LaunchTasks " + e.groups().stream().map(Sentences::of).collect(Collectors.joining(", "));
        }
        if (frame instanceof Frame.StageProgram e) {
            return "StageProgram " + e.stageId();
        }
        if (frame instanceof Frame.OutcomeReceived e) {
            return "OutcomeReceived " + e.attempt();
        }
        if (frame instanceof Frame.CancelAttempt e) {
            return "CancelAttempt " + e.attempt() + ": " + e.reason();
        }
        if (frame instanceof Frame.HeartbeatReceived e) {
            return "HeartbeatReceived " + e.sequence();
        }
        if (frame instanceof Frame.ForgetStage e) {
            return "ForgetStage " + e.stageId();
        }
        if (frame instanceof Frame.Refused e) {
            return "Refused: " + e.reason();
        }
        if (frame instanceof Frame.Shutdown e) {
            return "Shutdown: " + e.reason();
        }
        if (frame instanceof Frame.DropMapOutput e) {
            return "DropMapOutput " + e.attempt();
        }
        if (frame instanceof Frame.DropBroadcast e) {
            return "DropBroadcast " + e.broadcastId();
        }
        if (frame instanceof Frame.BroadcastDropped e) {
            return "BroadcastDropped " + e.broadcastId();
        }
        if (frame instanceof Frame.DropResult e) {
            return "DropResult " + e.attempt();
        }
        if (frame instanceof Frame.CachedBlocksChanged e) {
            return "CachedBlocksChanged " + e.changes();
        }
        if (frame instanceof Frame.CachedBlocksReceived e) {
            return "CachedBlocksReceived " + e.sequence();
        }
        if (frame instanceof Frame.DropCachedSet e) {
            return "DropCachedSet " + e.setId() + "@" + e.epoch();
        }
        if (frame instanceof Frame.CopyMapOutput e) {
            return "CopyMapOutput " + e.attempt() + " from " + e.from().executorId();
        }
        if (frame instanceof Frame.MapOutputCopyReceived e) {
            return "MapOutputCopyReceived " + e.attempt();
        }
        if (frame instanceof Frame.MapOutputCopied e) {
            return "MapOutputCopied " + e.attempt() + (e.isHeld() ? "" : ", which is not here");
        }
        if (frame instanceof Frame.CopyCachedBlock e) {
            return "CopyCachedBlock " + e.block() + " from " + e.from().executorId();
        }
        if (frame instanceof Frame.DropCachedBlock e) {
            return "DropCachedBlock " + e.block();
        }
        return frame instanceof Frame.DropShuffle e ? "DropShuffle " + e.shuffleId() : "Registered";
    }

    private static String of(TaskGroup group) {
        String tasks = group.tasks().stream().map(Sentences::of).collect(Collectors.joining(" then "));
        return group.tasks().size() == 1 ? tasks : "[" + tasks + "]";
    }

    private static String of(List<TaskDone> done) {
        return done.stream()
                .map(task -> task.attempt() + ": " + of(task.result())
                        + (task.updates().isEmpty()
                                ? ""
                                : ", with " + task.updates().size() + " accumulators"))
                .collect(Collectors.joining(", "));
    }

    private static String of(TaskLaunch task) {
        StringBuilder text = new StringBuilder(task.attempt().toString());
        for (TaskInput input : task.inputs()) {
            if (input instanceof TaskInput.ShuffleInput shuffle) {
                List<String> sources = new ArrayList<>();
                shuffle.sources()
                        .forEach(source -> sources.add(source.mapAttempt() + " at "
                                + shuffle.executors().get(source.executor()).executorId()));
                text.append(" reading ").append(String.join(", ", sources));
            } else if (input instanceof TaskInput.CachedPartition part) {
                List<String> holders = new ArrayList<>();
                part.holders().forEach(holder -> holders.add(holder.executorId()));
                text.append(part.holders().isEmpty() ? " keeping " : " reading ")
                        .append(part.block())
                        .append(part.holders().isEmpty() ? "" : " at " + String.join(", ", holders));
            }
        }
        return task.inputs().isEmpty() ? text.toString() : "(" + text + ")";
    }

    static String of(TaskResult result) {
        if (result instanceof TaskResult.MapWritten e) {
            return "map output of " + Arrays.toString(e.partitionBytes()) + " bytes";
        }
        if (result instanceof TaskResult.Direct e) {
            return e.bytes().length + " bytes";
        }
        if (result instanceof TaskResult.Stored e) {
            return e.byteCount() + " bytes, stored";
        }
        return result instanceof TaskResult.PartWritten e ? "part " + e.attemptFile() : result.toString();
    }

    static String of(TaskFailure failure) {
        if (failure instanceof TaskFailure.FetchFailed e) {
            return "cannot read " + e.mapAttempt() + " from " + e.executorId() + ": " + e.message();
        }
        if (failure instanceof TaskFailure.CacheMissed e) {
            return "misses " + e.block() + " on " + e.executorId() + ": " + e.message();
        }
        return failure.getClass().getSimpleName() + ": " + FailurePolicy.words(failure);
    }

    private static String of(Event event) {
        if (event instanceof Event.JobStart e) {
            return "job " + e.jobId() + " has started";
        }
        if (event instanceof Event.StageSubmitted e) {
            StageInfo stage = e.stage();
            return "stage " + stage.stageId() + " starts, " + (stage.numTasks() - stage.numCompletedTasks()) + " of "
                    + stage.numTasks() + " tasks";
        }
        if (event instanceof Event.StageSkipped e) {
            return "stage " + e.stageId() + " is skipped" + (e.isUnread() ? ", nothing that runs reads it" : "");
        }
        if (event instanceof Event.StageCompleted e) {
            return "stage " + e.stage().stageId()
                    + e.failure().map(why -> " ends unfinished: " + why).orElse(" is complete");
        }
        if (event instanceof Event.TaskStart e) {
            int others = e.partitions().size() - 1;
            return new AttemptId(e.stageId(), e.partition(), e.attempt())
                    + (others == 0 ? " starts on " : " and " + others + " more start on ")
                    + e.executor();
        }
        if (event instanceof Event.TaskEnd e) {
            int done = e.partitions().size();
            boolean isOfOne = done <= (e.outcome() instanceof Outcome.Success ? 1 : 0);
            return new AttemptId(e.stageId(), e.partition(), e.attempt())
                    + of(e.outcome())
                    + (isOfOne ? "" : ", " + done + " tasks done");
        }
        if (event instanceof Event.Spilled e) {
            return "partition " + e.partition() + " of stage " + e.stageId() + " has spilled " + e.diskBytes()
                    + " bytes";
        }
        if (event instanceof Event.ExecutorAdded e) {
            return "executor " + e.id() + " has come with " + e.cores() + " cores";
        }
        if (event instanceof Event.TaskStuck e) {
            return new AttemptId(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor()
                    + " ignores its cancellation for " + e.sinceMs() + " ms"
                    + (e.isReplaced() ? "" : " and keeps its slot");
        }
        if (event instanceof Event.BlocksServed e) {
            return "executor " + e.executor() + " serves blocks at " + e.host() + ":" + e.port();
        }
        if (event instanceof Event.ExecutorSilent e) {
            return "executor " + e.id() + " is silent for " + e.silentMs() + " ms";
        }
        if (event instanceof Event.ExecutorRemoved e) {
            return "executor " + e.id() + " is lost: " + e.reason();
        }
        if (event instanceof Event.ExecutorsRequested e) {
            return "executors asked for change by " + e.change() + ": " + e.reason();
        }
        if (event instanceof Event.ExecutorDraining e) {
            return "executor " + e.id() + " is to leave within " + e.withinMs() + " ms: " + e.reason();
        }
        if (event instanceof Event.ExecutorExcluded e) {
            return "executor " + e.id() + " gets no task for " + e.forMs() + " ms: " + e.reason();
        }
        if (event instanceof Event.ExecutorLossExplained e) {
            return "executor " + e.id() + " was lost because: " + e.reason();
        }
        if (event instanceof Event.NothingMoved e) {
            return "nothing has moved for " + e.sinceMs() + " ms" + (e.isGivenUp() ? ", given up: " : ": ")
                    + String.join("; ", e.standing());
        }
        if (event instanceof Event.TaskStack e) {
            return "stack of attempt " + e.attempt() + " of task " + e.stageId() + "." + e.partition();
        }
        if (event instanceof Event.StagePlanned e) {
            return "stage " + e.stageId() + " of job " + e.jobId() + " is planned with " + e.partitionCount()
                    + " partitions, reads stages " + e.parents();
        }
        if (event instanceof Event.PartitionsGrouped e) {
            return e.partitionCount() + " partitions of stage " + e.stageId() + " are " + e.groupCount()
                    + " groups: they read " + e.readBytes() + " bytes, the target is " + e.targetBytes() + " on "
                    + e.coreCount() + " cores";
        }
        if (event instanceof Event.ShuffleWritten e) {
            return "shuffle " + e.shuffleId() + " is all written, "
                    + e.matrix().stream().mapToLong(Long::longValue).sum() + " bytes";
        }
        if (event instanceof Event.ExecutorUsage e) {
            return "executor " + e.executor() + " uses " + e.heapBytes() + " bytes of heap, " + e.residentBytes()
                    + " of memory";
        }
        if (event instanceof Event.ShuffleDeclared e) {
            return "stage " + e.stageId() + " writes shuffle " + e.shuffleId();
        }
        if (event instanceof Event.BlockUpdated e) {
            return e.block() + " on " + e.executor() + " takes " + e.memory() + " bytes of memory, " + e.disk()
                    + " of disk" + (e.level().equals(StorageLevel.NONE) ? ", it is gone" : "")
                    + (e.reason().isEmpty() ? "" : ": " + e.reason());
        }
        if (event instanceof Event.SkewFound e) {
            return "partition " + e.partition() + " of what stage " + e.stageId() + " wrote has " + e.bytes()
                    + " bytes, the median " + e.medianBytes() + ", "
                    + e.hotKeys().size() + " keys are named";
        }
        return event instanceof Event.MapOutputsLost e
                ? "map outputs " + e.mapPartitions() + " of shuffle " + e.shuffleId() + " are lost: " + e.reason()
                : event.toString();
    }

    private static String of(Outcome outcome) {
        if (outcome instanceof Outcome.Success) {
            return " has succeeded";
        }
        if (outcome instanceof Outcome.Killed e) {
            return " is stopped: " + e.reason();
        }
        if (outcome instanceof Outcome.Failed e) {
            return " has failed, " + (e.countsTowardsLimit() ? "charged: " : "not charged: ") + e.message();
        }
        if (outcome instanceof Outcome.FetchFailed e) {
            return " has failed, not charged: " + e.message()
                    + e.whyExecutorWent()
                            .map(why -> "; executor " + e.fromExecutor() + " was lost: " + ExitReasons.happened(why))
                            .orElse("");
        }
        return outcome instanceof Outcome.ExecutorLost e
                ? " has failed, not charged: its executor was lost: " + ExitReasons.happened(e.reason())
                : " has failed, not charged: another attempt had written its output";
    }
}
