package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * The life of an attempt as the driver sees it: launched, believed to run, ended.
 *
 * <p>Belief and truth are brought together by heartbeats, not by counting messages. What the driver believes in and an
 * executor does not name is launched again, at last given up; what an executor names and the driver does not believe
 * in is cancelled. So any single message may be lost, doubled or late.
 */
final class Attempts {
    /** Pause before a task that was not accepted is offered again. */
    private static final long NOT_ACCEPTED_PAUSE_MS = 500;

    private final DriverSettings settings;
    private final Outbox out;
    private final ExecutorTable executors;
    private final Placement placement;
    private final Stages stages;
    private final Set<PlantedBug> bugs;
    private long nextTaskId;

    Attempts(
            DriverSettings settings,
            Outbox out,
            ExecutorTable executors,
            Placement placement,
            Stages stages,
            Set<PlantedBug> bugs) {
        this.settings = settings;
        this.out = out;
        this.executors = executors;
        this.placement = placement;
        this.stages = stages;
        this.bugs = bugs;
    }

    // ---- launched -----------------------------------------------------------------------------------------------

    RunningAttempt launch(StageState stage, TaskSet.Choice task, ExecutorState executor) {
        int number = stage.tasks.takeAttemptNumber(task.partition());
        AttemptId id = new AttemptId(stage.id(), task.partition(), number);
        SortedMap<String, String> properties = stages.propertiesOf(stage.jobIds.first());
        RunningAttempt attempt = new RunningAttempt(id, stage, executor, nextTaskId++, properties, out.nowMs(), task);
        stage.tasks.started(attempt);
        executor.running.put(id, attempt);
        send(attempt);
        out.emit(AttemptEvents.started(out.time(), attempt));
        return attempt;
    }

    private void send(RunningAttempt attempt) {
        ExecutorState executor = attempt.executor;
        if (executor.programs.add(attempt.stage.id())) {
            out.send(executor, Stages.programOf(attempt.stage));
        }
        List<TaskInput> inputs = stages.reads().inputsOf(attempt.stage, attempt.id.partition(), executor);
        out.launch(
                executor,
                new TaskLaunch(
                        attempt.id, attempt.jobId, attempt.taskId, attempt.stageAttempt, attempt.properties, inputs));
        attempt.lastSentMs = out.nowMs();
    }

    void programNeeded(ExecutorState executor, int stageId) {
        StageState stage = stages.find(stageId);
        if (stage == null || stage.jobIds.isEmpty()) {
            out.send(executor, new Frame.ForgetStage(stageId));
        } else if (!bugs.contains(PlantedBug.PROGRAM_NOT_REPEATED)) {
            executor.programs.add(stageId);
            out.send(executor, Stages.programOf(stage));
        }
    }

    // ---- believed to run ----------------------------------------------------------------------------------------

    void reconcile(ExecutorState executor, List<AttemptId> named) {
        TreeSet<AttemptId> there = new TreeSet<>(named);
        for (AttemptId id : there) {
            RunningAttempt attempt = executor.running.get(id);
            if (attempt == null) {
                out.send(executor, new Frame.CancelAttempt(id, "the driver does not wait for it", true));
            } else {
                attempt.lastSentMs = out.nowMs();
                attempt.lastNamedMs = out.nowMs();
                if (!attempt.isCurrent) {
                    attempt.isStillThere(out.nowMs(), settings.scheduling().noProgressMs());
                    out.send(executor, attempt.cancellation("its result is not wanted any more"));
                }
            }
        }
        for (RunningAttempt attempt : new ArrayList<>(executor.running.values())) {
            if (!there.contains(attempt.id)) {
                missing(attempt);
            }
        }
    }

    private void missing(RunningAttempt attempt) {
        if (out.nowMs() - attempt.lastSentMs < settings.relaunchMs() || bugs.contains(PlantedBug.LAUNCH_NOT_REPEATED)) {
            return;
        }
        if (!attempt.isCurrent) {
            out.send(attempt.executor, attempt.cancellation("its result is not wanted any more"));
            freeSlot(attempt);
        } else if (out.nowMs() - attempt.lastNamedMs >= settings.missingAttemptMs() || !attempt.stage.isReady) {
            giveUp(attempt);
        } else {
            send(attempt);
        }
    }

    /** The launch never arrived, or its input is not there any more. */
    private void giveUp(RunningAttempt attempt) {
        String message = "executor " + attempt.executor.id + " has not known the attempt for "
                + (out.nowMs() - attempt.lastNamedMs) + " ms";
        out.send(attempt.executor, attempt.cancellation(message));
        freeSlot(attempt);
        attempt.stage.tasks.ended(attempt);
        reportFailed(attempt, AttemptEvents.failed(message, "", false), TaskMetrics.NONE);
        stages.requeue(attempt.stage, attempt.id.partition(), out.nowMs(), out.nowMs(), List.of());
    }

    private void freeSlot(RunningAttempt attempt) {
        attempt.executor.reportedStuck.remove(attempt.id);
        if (attempt.executor.running.remove(attempt.id) != null) {
            placement.freeSlots(attempt);
        }
    }

    // ---- ended well ---------------------------------------------------------------------------------------------

    /** True when a task got its result by it. */
    boolean finished(ExecutorState executor, Frame.AttemptFinished e) {
        acknowledge(executor, e.attempt());
        RunningAttempt attempt = executor.running.get(e.attempt());
        if (attempt == null) {
            lateSuccess(executor, e);
            return false;
        }
        freeSlot(attempt);
        if (!attempt.isCurrent) {
            discard(executor, e.attempt(), e.result());
            return false;
        }
        StageState stage = attempt.stage;
        if (!isFitting(stage, e.result())) {
            attempt.stage.tasks.ended(attempt);
            String message = "the result " + e.result() + " does not fit " + stage;
            failed(attempt, new TaskFailure.Internal(message, ""), e.metrics());
            return false;
        }
        stage.tasks.ended(attempt);
        stage.tasks.succeeded(e.attempt().partition());
        if (e.result() instanceof TaskResult.MapWritten || e.metrics().diskSpilled() > 0) {
            executors.fullDisks.hasWritten(executor);
        }
        stage.recordDuration(out.nowMs() - attempt.launchedMs);
        stage.inputWasRead();
        tellEnd(attempt, new Outcome.Success(), e.metrics());
        count(attempt, e.updates());
        accept(stage, attempt, e.result(), e.metrics());
        return true;
    }

    /** Before the result, which may complete the job: all updates are merged when its action returns. */
    private void count(RunningAttempt attempt, List<AccumulatorUpdate> updates) {
        if (!updates.isEmpty()
                && (attempt.stage.counted.isFirst(attempt.id.partition())
                        || bugs.contains(PlantedBug.UPDATES_OF_REBUILT_OUTPUT_COUNTED))) {
            out.add(new DriverEffect.MergeUpdates(attempt.jobId, attempt.id, updates));
        }
    }

    private void accept(StageState stage, RunningAttempt attempt, TaskResult result, TaskMetrics metrics) {
        if (result instanceof TaskResult.MapWritten written) {
            stages.mapWritten(stage, attempt.id, attempt.executor, written);
        } else {
            stages.resultCame(stage, attempt, result, metrics);
        }
    }

    private static boolean isFitting(StageState stage, TaskResult result) {
        if (result instanceof TaskResult.MapWritten written) {
            return written.shuffleId() == stage.spec.shuffleId()
                    && written.partitionBytes().length == stage.spec.reducePartitions();
        }
        return !stage.spec.isMapStage();
    }

    private void acknowledge(ExecutorState executor, AttemptId attempt) {
        if (!bugs.contains(PlantedBug.OUTCOME_NOT_ACKNOWLEDGED)) {
            out.send(executor, new Frame.OutcomeReceived(attempt));
        }
    }

    /** The outcome came twice, or after its attempt was given up. What was accepted before stays. */
    private void lateSuccess(ExecutorState executor, Frame.AttemptFinished e) {
        AttemptId id = e.attempt();
        TaskResult result = e.result();
        if (bugs.contains(PlantedBug.UPDATES_OF_SECOND_OUTCOME_COUNTED)) {
            out.add(new DriverEffect.MergeUpdates(0, id, e.updates()));
        }
        if (bugs.contains(PlantedBug.SECOND_OUTCOME_COUNTED)) {
            StageState stage = stages.find(id.stageId());
            if (stage != null && !stage.jobIds.isEmpty() && !(result instanceof TaskResult.MapWritten)) {
                TaskSet.Choice task = new TaskSet.Choice(id.partition(), false, Locality.ANY);
                RunningAttempt again = new RunningAttempt(
                        id, stage, executor, nextTaskId++, Collections.emptySortedMap(), out.nowMs(), task);
                stages.resultCame(stage, again, result, TaskMetrics.NONE);
            }
            return;
        }
        if (!isAccepted(executor, id, result)) {
            discard(executor, id, result);
        }
    }

    private boolean isAccepted(ExecutorState executor, AttemptId id, TaskResult result) {
        if (result instanceof TaskResult.MapWritten written) {
            return stages.isRegistered(written.shuffleId(), id, executor);
        }
        if (result instanceof TaskResult.PartWritten) {
            return stages.isAcceptedPart(id);
        }
        return result instanceof TaskResult.Stored && stages.isUnfetched(id);
    }

    private void discard(ExecutorState executor, AttemptId id, TaskResult result) {
        if (bugs.contains(PlantedBug.SUPERSEDED_OUTPUT_KEPT)) {
            return;
        }
        if (result instanceof TaskResult.MapWritten written) {
            out.send(executor, new Frame.DropMapOutput(written.shuffleId(), id));
        } else if (result instanceof TaskResult.Stored) {
            out.send(executor, new Frame.DropResult(id));
        } else if (result instanceof TaskResult.PartWritten part) {
            String target = stages.targetOf(id.stageId());
            if (target != null) {
                out.add(new DriverEffect.DiscardPart(target, part.attemptFile()));
            }
        }
    }

    // ---- ended badly --------------------------------------------------------------------------------------------

    /** True when it was charged to its task. */
    boolean failed(ExecutorState executor, Frame.AttemptFailed e) {
        acknowledge(executor, e.attempt());
        RunningAttempt attempt = executor.running.get(e.attempt());
        if (attempt == null) {
            return false;
        }
        if (bugs.contains(PlantedBug.SLOT_LEAKED_ON_FAILURE)) {
            executor.running.remove(attempt.id);
        } else {
            freeSlot(attempt);
        }
        if (!attempt.isCurrent) {
            if (bugs.contains(PlantedBug.CANCELLED_ATTEMPT_RELAUNCHED)) {
                attempt.stage.tasks.retry(attempt.id.partition(), out.nowMs(), out.nowMs(), List.of());
            }
            return false;
        }
        attempt.stage.tasks.ended(attempt);
        return failed(attempt, e.failure(), e.metrics());
    }

    private boolean failed(RunningAttempt attempt, TaskFailure failure, TaskMetrics metrics) {
        FailurePolicy.Verdict verdict = failure instanceof TaskFailure.ScratchFull
                ? verdictOfFullDisk(attempt)
                : FailurePolicy.verdict(failure);
        String words = FailurePolicy.words(failure);
        boolean isCharged = verdict == FailurePolicy.Verdict.CHARGED;
        reportFailed(
                attempt, AttemptEvents.outcomeOf(failure, attempt.id.partition(), isCharged, lossOf(failure)), metrics);
        switch (verdict) {
            case FINAL -> {
                String message =
                        FailurePolicy.describe(FailurePolicy.told(failure), attempt.stage, attempt, 1, 0, List.of());
                failJobs(attempt, failure, message, Optional.empty());
            }
            case CHARGED -> charge(attempt, words, failure);
            case UNCHARGED -> retryUncharged(attempt, failure);
        }
        return isCharged;
    }

    private Optional<ExitReason> lossOf(TaskFailure failure) {
        return failure instanceof TaskFailure.FetchFailed fetch
                ? executors.losses.of(fetch.executorId())
                : Optional.empty();
    }

    private void charge(RunningAttempt attempt, String words, TaskFailure failure) {
        TaskSet.Failures seen = attempt.stage.tasks.failuresOf(attempt.id.partition());
        seen.add(words, attempt.executor.id, 1);
        if (!mayTryAgain(attempt, seen)) {
            int limit = attempt.stage.maxTaskFailures;
            String message = FailurePolicy.describe(
                    FailurePolicy.told(failure), attempt.stage, attempt, seen.charged, limit, seen.executorsOfLast);
            failJobs(attempt, failure, message, Optional.empty());
        }
    }

    private boolean mayTryAgain(RunningAttempt attempt, TaskSet.Failures seen) {
        if (seen.charged >= attempt.stage.maxTaskFailures) {
            return false;
        }
        long avoidUntilMs = out.nowMs() + settings.avoidMs();
        stages.requeue(attempt.stage, attempt.id.partition(), out.nowMs(), avoidUntilMs, seen.executorsOfLast);
        return true;
    }

    private void failJobs(RunningAttempt attempt, TaskFailure failure, String message, Optional<ExitReason> exit) {
        ErrorCode code = FailurePolicy.code(failure);
        stages.failJobsNeeding(attempt.stage, code, message, Optional.of(failure), exit);
    }

    private FailurePolicy.Verdict verdictOfFullDisk(RunningAttempt attempt) {
        FullDisks fullDisks = executors.fullDisks;
        if (fullDisks.failed(attempt.executor, out.nowMs())) {
            String reason =
                    FullDisks.FAILURES_BEFORE_EXCLUDED + " attempts in a row could not write to its local disks";
            out.emit(new Event.ExecutorExcluded(out.time(), attempt.executor.id, FullDisks.EXCLUDED_MS, reason));
        }
        if (bugs.contains(PlantedBug.FULL_DISK_CHARGED)) {
            return FailurePolicy.Verdict.CHARGED;
        }
        return fullDisks.isEverywhere(executors.liveCount())
                ? FailurePolicy.Verdict.FINAL
                : FailurePolicy.Verdict.UNCHARGED;
    }

    private void retryUncharged(RunningAttempt attempt, TaskFailure failure) {
        boolean isMissed = failure instanceof TaskFailure.CacheMissed;
        boolean mayRunAtOnce = failure instanceof TaskFailure.FetchFailed
                || isMissed
                || failure instanceof TaskFailure.ScratchFull && executors.liveCount() > 1;
        long notBeforeMs = mayRunAtOnce ? out.nowMs() : out.nowMs() + NOT_ACCEPTED_PAUSE_MS;
        List<String> avoided = isMissed ? List.of() : List.of(attempt.executor.id);
        long avoidUntilMs = out.nowMs() + settings.avoidMs();
        stages.requeue(attempt.stage, attempt.id.partition(), notBeforeMs, avoidUntilMs, avoided);
        if (failure instanceof TaskFailure.FetchFailed fetch) {
            fetchFailed(attempt, fetch);
        } else if (failure instanceof TaskFailure.CacheMissed missed) {
            cacheMissed(attempt, missed);
        }
    }

    /** Bounded: a task that has missed its input so often computes it. */
    private void cacheMissed(RunningAttempt attempt, TaskFailure.CacheMissed missed) {
        TaskSet.Failures seen = attempt.stage.tasks.failuresOf(attempt.id.partition());
        if (++seen.cacheMisses >= settings.maxStageAttempts()) {
            stages.distrustCache(attempt.stage);
        }
        executors
                .registered(missed.executorId(), missed.incarnation())
                .ifPresent(holder -> stages.cachedBlockMissed(missed.block(), holder));
    }

    private void fetchFailed(RunningAttempt attempt, TaskFailure.FetchFailed fetch) {
        StageState stage = attempt.stage;
        if (!stage.spec.readsShuffles().contains(fetch.shuffleId())
                || !stages.dropUnreadable(fetch.shuffleId(), fetch.mapAttempt(), fetch.message())) {
            return;
        }
        int times = stage.inputWasUnreadable(fetch.mapAttempt(), fetch.executorId());
        if (times >= settings.maxStageAttempts()) {
            Optional<ExitReason> exit = Optional.empty();
            StringBuilder words = new StringBuilder("the output of map partition "
                    + fetch.mapAttempt().partition() + " of shuffle " + fetch.shuffleId() + " could not be read "
                    + times + " times in a row although it was rebuilt each time; last: " + fetch.message());
            for (String holder : stage.unreadableFrom) {
                Optional<ExitReason> loss = executors.losses.of(holder);
                loss.ifPresent(
                        reason -> words.append("; executor " + holder + " was lost: " + ExitReasons.sentence(reason)));
                exit = loss.isPresent() ? loss : exit;
            }
            String message = FailurePolicy.describe(words.toString(), stage, attempt, 1, 0, List.of());
            failJobs(attempt, fetch, message, exit);
        }
    }

    /** The executor is lost and with it all its attempts. */
    void executorLost(ExecutorState executor, ExitReason reason) {
        if (bugs.contains(PlantedBug.ATTEMPTS_NOT_REQUEUED)) {
            return;
        }
        // Those count too that are not wanted any more: they go on until they have noticed it.
        boolean isOnly = executor.running.size() == 1 || bugs.contains(PlantedBug.NEIGHBOURS_CHARGED);
        for (RunningAttempt attempt : new ArrayList<>(executor.running.values())) {
            executor.running.remove(attempt.id);
            if (attempt.isCurrent) {
                attempt.stage.tasks.ended(attempt);
                lostWith(attempt, reason, isOnly);
            }
        }
    }

    private void lostWith(RunningAttempt attempt, ExitReason reason, boolean isOnly) {
        Suspicion suspicion = Suspicion.of(reason);
        TaskSet.Failures seen = attempt.stage.tasks.failuresOf(attempt.id.partition());
        boolean isProven = seen.isEndOfExecutor(suspicion, isOnly, attempt.isAlone)
                || bugs.contains(PlantedBug.LOSS_CHARGED_TO_TASK);
        String lost = "executor " + attempt.executor.id + " was lost: ";
        Outcome outcome = isProven
                ? AttemptEvents.failed(lost + ExitReasons.happened(reason), "", true)
                : new Outcome.ExecutorLost(reason);
        reportFailed(attempt, outcome, TaskMetrics.NONE);
        if (!isProven) {
            stages.requeue(attempt.stage, attempt.id.partition(), out.nowMs(), out.nowMs(), List.of());
            return;
        }
        seen.endedExecutor(suspicion, reason.kind().name(), attempt.executor.id);
        if (!mayTryAgain(attempt, seen)) {
            String text = FailurePolicy.describeDeath(lost + ExitReasons.sentence(reason), attempt, seen)
                    + ExitReasons.output(reason);
            stages.failJobsNeeding(
                    attempt.stage, ErrorCode.EXECUTORS_LOST, text, Optional.empty(), Optional.of(reason));
        }
    }

    private void reportFailed(RunningAttempt attempt, Outcome outcome, TaskMetrics metrics) {
        attempt.stage.failedAttempts++;
        tellEnd(attempt, outcome, metrics);
    }

    private void tellEnd(RunningAttempt attempt, Outcome outcome, TaskMetrics metrics) {
        if (metrics.diskSpilled() > 0) {
            out.emit(AttemptEvents.spilled(out.time(), attempt, metrics));
        }
        out.emit(AttemptEvents.ended(out.time(), attempt, outcome, metrics));
    }
}
