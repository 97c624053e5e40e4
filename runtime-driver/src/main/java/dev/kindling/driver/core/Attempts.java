package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The life of an attempt as the driver sees it: launched, believed to run, ended.
 *
 * <p>It is an attempt at one task or at a group of them, which end together: those that are done count, one that failed
 * is judged by itself, and the others are put back.
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

    RunningAttempt launch(StageState stage, TaskSet.Choice choice, ExecutorState executor) {
        RunningAttempt attempt = newAttempt(stage, choice, executor, false);
        stage.tasks.started(attempt);
        begin(attempt);
        return attempt;
    }

    /** A second attempt of what runs there, which goes on. */
    void copy(RunningAttempt attempt, ExecutorState executor) {
        TaskSet tasks = attempt.stage.tasks;
        List<Integer> partitions =
                attempt.tasks.stream().map(AttemptId::partition).toList();
        TaskSet.Choice choice =
                new TaskSet.Choice(partitions, false, tasks.localityOf(attempt.id.partition(), executor));
        RunningAttempt copy = newAttempt(attempt.stage, choice, executor, true);
        tasks.copied(attempt, copy);
        placement.hold(copy);
        begin(copy);
    }

    private RunningAttempt newAttempt(StageState stage, TaskSet.Choice choice, ExecutorState executor, boolean isCopy) {
        List<AttemptId> tasks = new ArrayList<>();
        for (int partition : choice.partitions()) {
            tasks.add(new AttemptId(
                    stage.id(),
                    partition,
                    bugs.contains(PlantedBug.ATTEMPT_NUMBER_REUSED) ? 0 : stage.tasks.takeAttemptNumber(partition)));
        }
        int slots = choice.isAlone() && !bugs.contains(PlantedBug.SUSPECT_NOT_ALONE) ? executor.cores : 1;
        RunningAttempt attempt =
                new RunningAttempt(tasks, stage, executor, nextTaskId, out.nowMs(), choice, slots, isCopy);
        nextTaskId += tasks.size();
        executor.running.put(attempt);
        return attempt;
    }

    private void begin(RunningAttempt attempt) {
        send(attempt);
        out.emit(AttemptEvents.started(out.time(), attempt));
    }

    private void send(RunningAttempt attempt) {
        ExecutorState executor = attempt.executor;
        if (!attempt.stage.programs.get(executor.index)) {
            sendProgram(executor, attempt.stage);
        }
        List<TaskLaunch> launches = new ArrayList<>();
        for (AttemptId task : attempt.tasks) {
            List<TaskInput> inputs = stages.reads().inputsOf(attempt.stage, task.partition(), executor);
            long taskId = attempt.taskId + launches.size();
            launches.add(new TaskLaunch(task, attempt.jobId, taskId, attempt.stageAttempt, attempt.properties, inputs));
        }
        out.launch(executor, new TaskGroup(launches));
        attempt.lastSentMs = out.nowMs();
    }

    void programNeeded(ExecutorState executor, int stageId) {
        StageState stage = stages.find(stageId);
        if (stage == null || stage.job == null) {
            out.send(executor, new Frame.ForgetStage(stageId));
        } else if (!bugs.contains(PlantedBug.PROGRAM_NOT_REPEATED)) {
            sendProgram(executor, stage);
        }
    }

    private void sendProgram(ExecutorState executor, StageState stage) {
        stage.programs.set(executor.index);
        out.send(executor, new Frame.StageProgram(stage.id(), stage.spec.program()));
    }

    // ---- believed to run ----------------------------------------------------------------------------------------

    void reconcile(ExecutorState executor, List<AttemptId> named) {
        if (named.isEmpty() && executor.running.isEmpty()) {
            return;
        }
        AttemptId[] there = named.toArray(AttemptId[]::new);
        Arrays.sort(there);
        int knownCount = 0;
        AttemptId before = null;
        for (AttemptId id : there) {
            if (id.equals(before)) {
                continue;
            }
            before = id;
            RunningAttempt attempt = executor.running.get(id);
            if (attempt == null) {
                if (!bugs.contains(PlantedBug.UNKNOWN_ATTEMPT_NOT_CANCELLED)) {
                    out.send(executor, new Frame.CancelAttempt(id, "the driver does not wait for it", true));
                }
            } else {
                knownCount++;
                attempt.lastSentMs = out.nowMs();
                attempt.lastNamedMs = out.nowMs();
                if (!attempt.isCurrent) {
                    attempt.isStillThere(out.nowMs(), settings.scheduling().noProgressMs());
                    out.send(executor, attempt.cancellation("its result is not wanted any more"));
                }
            }
        }
        if (knownCount == executor.running.size()) {
            return;
        }
        for (RunningAttempt attempt : executor.running.all()) {
            if (Arrays.binarySearch(there, attempt.id) < 0) {
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
        reportFailed(attempt, AttemptEvents.failed(message, "", false));
        stages.putBack(attempt);
    }

    private void freeSlot(RunningAttempt attempt) {
        attempt.executor.forgetStuck(attempt.id);
        if (attempt.executor.running.remove(attempt)) {
            placement.freeSlots(attempt);
        }
    }

    // ---- ended well ---------------------------------------------------------------------------------------------

    /** True when a task got its result by it. */
    boolean finished(ExecutorState executor, Frame.AttemptFinished e) {
        acknowledge(executor, e.attempt());
        RunningAttempt attempt = attemptOn(executor, e.attempt());
        countSets(e.done(), attempt);
        if (attempt == null) {
            e.done().forEach(task -> lateSuccess(executor, task));
            return false;
        }
        freeSlot(attempt);
        if (!attempt.isCurrent && !bugs.contains(PlantedBug.UNWANTED_RESULT_ACCEPTED)) {
            e.done().forEach(task -> discard(executor, task));
            return false;
        }
        boolean isFitting = !e.done().isEmpty() && isFitting(attempt, e.attempt(), e.done());
        if (isFitting && !bugs.contains(PlantedBug.LATER_TWIN_KEPT)) {
            endTwinOf(attempt);
        }
        attempt.stage.tasks.ended(attempt);
        if (!isFitting) {
            failed(attempt, List.of(), attempt.id, unfitting(attempt, e.done()), TaskMetrics.NONE);
            return false;
        }
        long tookMs = out.nowMs() - attempt.launchedMs;
        attempt.stage.recordDuration(tookMs);
        if (settings.scheduling().speculation().isOn()) {
            attempt.stage.pace.add(e.done().size(), tookMs);
        }
        boolean isWhole = e.done().size() == attempt.taskCount;
        attempt.stage.tasks.groupEnded(e.done().size(), isWhole, tookMs);
        tellEnd(attempt, e.attempt(), e.done(), new Outcome.Success(), TaskMetrics.NONE);
        accept(attempt, e.done());
        if (!isWhole) {
            putBackFrom(attempt, e.done().size());
        }
        return true;
    }

    /** It has succeeded first. */
    private void endTwinOf(RunningAttempt attempt) {
        if (attempt.twin != null) {
            stages.end(attempt.twin, attempt.id + " on " + attempt.executor.id + " was first");
        }
    }

    /** Null when the driver does not believe in it. */
    private RunningAttempt attemptOn(ExecutorState executor, AttemptId id) {
        if (bugs.contains(PlantedBug.OUTCOME_ATTEMPT_NOT_COMPARED)) {
            return executor.running.all().stream()
                    .filter(attempt -> attempt.id.stageId() == id.stageId() && attempt.id.partition() == id.partition())
                    .findFirst()
                    .orElse(null);
        }
        return executor.running.get(id);
    }

    /** Bounded by what was launched; a result that has become unwanted meanwhile is discarded. */
    private void accept(RunningAttempt attempt, List<TaskDone> done) {
        StageState stage = attempt.stage;
        for (TaskDone task : done) {
            stage.tasks.succeeded(task.attempt().partition());
            if (task.result() instanceof TaskResult.MapWritten || task.metrics().diskSpilled() > 0) {
                executors.fullDisks.hasWritten(attempt.executor);
            }
            stage.inputWasRead();
            if (stages.isWanted(stage, task.attempt().partition())) {
                if (bugs.contains(PlantedBug.UPDATES_AFTER_RESULT)) {
                    accept(stage, attempt.executor, task);
                    count(attempt, task);
                } else {
                    count(attempt, task);
                    accept(stage, attempt.executor, task);
                }
            } else {
                discard(attempt.executor, task);
            }
        }
    }

    /** Before the result, which may complete the job: all updates are merged when its action returns. */
    private void count(RunningAttempt attempt, TaskDone task) {
        List<AccumulatorUpdate> own = new ArrayList<>();
        for (AccumulatorUpdate update : task.updates()) {
            if (!isOfPersistedSet(update)) {
                own.add(update);
            }
        }
        if (!own.isEmpty()
                && (attempt.stage.counted.isFirst(task.attempt().partition())
                        || bugs.contains(PlantedBug.UPDATES_OF_REBUILT_OUTPUT_COUNTED))) {
            out.add(new DriverEffect.MergeUpdates(attempt.countingJobId(), task.attempt(), own));
        }
    }

    private boolean isOfPersistedSet(AccumulatorUpdate update) {
        CachedBlocks.CachedSet set = stages.cached().find(update.setId());
        return set != null && set.hasPartition(update.setPartition());
    }

    /**
     * Counts what tasks added for partitions of persisted sets, each partition's first. Also for tasks whose results
     * nobody wants any more: the blocks they have left are believed from now on, and who reads those adds nothing.
     *
     * @param attempt null, or not current, when it was given up
     */
    private void countSets(List<TaskDone> done, RunningAttempt attempt) {
        for (TaskDone task : done) {
            if (task.updates().isEmpty()) {
                continue;
            }
            List<AccumulatorUpdate> first = new ArrayList<>();
            // Several accumulators of one partition count together.
            Map<Long, Boolean> isFirst = new TreeMap<>();
            for (AccumulatorUpdate update : task.updates()) {
                long part = (long) update.setId() << 32 | update.setPartition();
                if (isOfPersistedSet(update) && isFirst.computeIfAbsent(part, p -> isFirstOfSet(update))) {
                    first.add(update);
                }
            }
            if (!first.isEmpty()) {
                int jobId = attempt == null || !attempt.isCurrent
                        ? DriverEffect.MergeUpdates.NO_JOB
                        : attempt.countingJobId();
                out.add(new DriverEffect.MergeUpdates(jobId, task.attempt(), first));
            }
        }
    }

    private boolean isFirstOfSet(AccumulatorUpdate update) {
        return stages.cachedPartitionCounts(update.setId(), update.setPartition())
                || bugs.contains(PlantedBug.CACHE_UPDATES_COUNTED_AGAIN);
    }

    private void accept(StageState stage, ExecutorState holder, TaskDone task) {
        if (task.result() instanceof TaskResult.MapWritten written) {
            stages.mapWritten(stage, task.attempt(), holder, written);
        } else {
            stages.resultCame(stage, task.attempt(), holder, task.result(), task.metrics());
        }
    }

    /** The tasks from this one on were not begun. */
    private void putBackFrom(RunningAttempt attempt, int index) {
        if (bugs.contains(PlantedBug.REST_OF_GROUP_FORGOTTEN)) {
            return;
        }
        for (AttemptId task : attempt.tasks.subList(index, attempt.tasks.size())) {
            stages.putBack(attempt.stage, task.partition());
        }
    }

    private boolean isFitting(RunningAttempt attempt, AttemptId named, List<TaskDone> done) {
        boolean isFitting = attempt.begins(named, done);
        for (int index = 0; isFitting && index < done.size(); index++) {
            isFitting = isFitting(attempt.stage, done.get(index).result());
        }
        return isFitting;
    }

    private boolean isFitting(StageState stage, TaskResult result) {
        if (result instanceof TaskResult.MapWritten written) {
            return stage.spec.isMapStage()
                    && written.shuffleId() == stage.spec.shuffleId()
                    && written.partitionBytes().length == stage.spec.reducePartitions();
        }
        return !stage.spec.isMapStage() && result instanceof TaskResult.PartWritten == stages.isSaving(stage);
    }

    private static TaskFailure unfitting(RunningAttempt attempt, List<TaskDone> done) {
        return new TaskFailure.Internal("the results " + done + " do not fit " + attempt + " of " + attempt.stage, "");
    }

    private void acknowledge(ExecutorState executor, AttemptId attempt) {
        if (!bugs.contains(PlantedBug.OUTCOME_NOT_ACKNOWLEDGED)) {
            out.send(executor, new Frame.OutcomeReceived(attempt));
        }
    }

    /** The outcome came twice, or after its attempt was given up. What was accepted before stays. */
    private void lateSuccess(ExecutorState executor, TaskDone task) {
        AttemptId id = task.attempt();
        if (bugs.contains(PlantedBug.UPDATES_OF_SECOND_OUTCOME_COUNTED)) {
            out.add(new DriverEffect.MergeUpdates(DriverEffect.MergeUpdates.NO_JOB, id, task.updates()));
        }
        if (bugs.contains(PlantedBug.SECOND_OUTCOME_COUNTED)) {
            StageState stage = stages.find(id.stageId());
            if (stage != null && stage.job != null && !(task.result() instanceof TaskResult.MapWritten)) {
                stages.resultCame(stage, id, executor, task.result(), TaskMetrics.NONE);
            }
            return;
        }
        if (!isAccepted(executor, id, task.result())) {
            discard(executor, task);
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

    private void discard(ExecutorState executor, TaskDone task) {
        if (bugs.contains(PlantedBug.SUPERSEDED_OUTPUT_KEPT)) {
            return;
        }
        AttemptId id = task.attempt();
        TaskResult result = task.result();
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

    /** True when it was charged to its task, or one before that got its result. */
    boolean failed(ExecutorState executor, Frame.AttemptFailed e) {
        acknowledge(executor, e.attempt());
        RunningAttempt attempt = attemptOn(executor, e.attempt());
        countSets(e.done(), attempt);
        if (attempt == null) {
            e.done().forEach(task -> lateSuccess(executor, task));
            return false;
        }
        if (bugs.contains(PlantedBug.SLOT_LEAKED_ON_FAILURE)) {
            executor.running.remove(attempt);
        } else {
            freeSlot(attempt);
        }
        if (!attempt.isCurrent) {
            e.done().forEach(task -> discard(executor, task));
            if (bugs.contains(PlantedBug.CANCELLED_ATTEMPT_RELAUNCHED)) {
                attempt.stage.tasks.retry(attempt.id.partition(), out.nowMs(), out.nowMs(), List.of());
            }
            return false;
        }
        if (attempt.tasks.size() > 1) {
            // Some of a group may be done: what is left is no longer what its twin computes.
            stages.endTwin(attempt, attempt.id + " failed");
        }
        attempt.stage.tasks.ended(attempt);
        boolean isFitting = isFitting(attempt, e.attempt(), e.done())
                && e.done().size() < attempt.tasks.size()
                && attempt.tasks.get(e.done().size()).equals(e.failed());
        return isFitting
                ? failed(attempt, e.done(), e.failed(), e.failure(), e.metrics())
                : failed(attempt, List.of(), attempt.id, unfitting(attempt, e.done()), e.metrics());
    }

    /** What was done before the failure counts; what was behind it is put back; the task that failed is judged. */
    private boolean failed(
            RunningAttempt attempt, List<TaskDone> done, AttemptId task, TaskFailure failure, TaskMetrics metrics) {
        FailurePolicy.Verdict verdict = failure instanceof TaskFailure.ScratchFull
                ? verdictOfFullDisk(attempt)
                : FailurePolicy.verdict(failure);
        boolean isCharged = verdict == FailurePolicy.Verdict.CHARGED;
        attempt.stage.failedAttempts++;
        Outcome outcome = AttemptEvents.outcomeOf(failure, task.partition(), isCharged, lossOf(failure));
        tellEnd(attempt, task, done, outcome, metrics);
        if (bugs.contains(PlantedBug.DONE_OF_FAILED_GROUP_AGAIN)) {
            done.forEach(one -> computeAgain(attempt, one));
        } else {
            accept(attempt, done);
        }
        putBackFrom(attempt, done.size() + 1);
        switch (verdict) {
            case FINAL -> {
                String message = FailurePolicy.describe(FailurePolicy.told(failure), task, attempt, 1, 0, List.of());
                failJobs(attempt, failure, message, Optional.empty());
            }
            case CHARGED -> charge(attempt, task, failure);
            case UNCHARGED -> retryUncharged(attempt, task, failure);
        }
        return isCharged || !done.isEmpty();
    }

    /** As nobody must: it counts, and counts once more when it is done again. */
    private void computeAgain(RunningAttempt attempt, TaskDone task) {
        out.add(new DriverEffect.MergeUpdates(attempt.countingJobId(), task.attempt(), task.updates()));
        discard(attempt.executor, task);
        stages.putBack(attempt.stage, task.attempt().partition());
    }

    private Optional<ExitReason> lossOf(TaskFailure failure) {
        return failure instanceof TaskFailure.FetchFailed fetch
                ? executors.losses.of(fetch.executorId())
                : Optional.empty();
    }

    private void charge(RunningAttempt attempt, AttemptId task, TaskFailure failure) {
        TaskSet.Failures seen = attempt.stage.tasks.failuresOf(task.partition());
        seen.add(FailurePolicy.words(failure), attempt.executor.id, 1);
        if (!mayTryAgain(attempt.stage, task, seen)) {
            int limit = attempt.stage.maxTaskFailures;
            String message = FailurePolicy.describe(
                    FailurePolicy.told(failure), task, attempt, seen.charged, limit, seen.executorsOfLast);
            failJobs(attempt, failure, message, Optional.empty());
        }
    }

    private boolean mayTryAgain(StageState stage, AttemptId task, TaskSet.Failures seen) {
        if (seen.charged >= stage.maxTaskFailures) {
            return false;
        }
        long avoidUntilMs = out.nowMs() + settings.avoidMs();
        stages.requeue(stage, task.partition(), out.nowMs(), avoidUntilMs, seen.executorsOfLast);
        return true;
    }

    private void failJobs(RunningAttempt attempt, TaskFailure failure, String message, Optional<ExitReason> exit) {
        ErrorCode code = FailurePolicy.code(failure);
        stages.failJobsNeeding(attempt.stage, code, message, Optional.of(failure), exit);
    }

    private FailurePolicy.Verdict verdictOfFullDisk(RunningAttempt attempt) {
        FullDisks fullDisks = executors.fullDisks;
        long launchedMs = bugs.contains(PlantedBug.EARLIER_FULL_DISK_COUNTED) ? out.nowMs() : attempt.launchedMs;
        if (fullDisks.failed(attempt.executor, launchedMs, out.nowMs())) {
            String reason =
                    FullDisks.FAILURES_BEFORE_EXCLUDED + " attempts in a row could not write to its local disks";
            out.emit(new Event.ExecutorExcluded(out.time(), attempt.executor.id, FullDisks.EXCLUDED_MS, reason));
        }
        if (bugs.contains(PlantedBug.FULL_DISK_CHARGED)) {
            return FailurePolicy.Verdict.CHARGED;
        }
        if (!bugs.contains(PlantedBug.GARBAGE_NOT_COLLECTED) && fullDisks.wantsCollection(out.nowMs())) {
            out.add(new DriverEffect.CollectGarbage());
        }
        boolean mayHaveRoom = fullDisks.isCollecting() || fullDisks.mayHaveRoomSince(launchedMs);
        return fullDisks.isEverywhere(executors.liveCount()) && !mayHaveRoom
                ? FailurePolicy.Verdict.FINAL
                : FailurePolicy.Verdict.UNCHARGED;
    }

    private void retryUncharged(RunningAttempt attempt, AttemptId task, TaskFailure failure) {
        boolean isMissed = failure instanceof TaskFailure.CacheMissed;
        boolean mayRunAtOnce = failure instanceof TaskFailure.FetchFailed
                || isMissed
                || failure instanceof TaskFailure.ScratchFull && isRoomElsewhere();
        long notBeforeMs = mayRunAtOnce ? out.nowMs() : out.nowMs() + NOT_ACCEPTED_PAUSE_MS;
        List<String> avoided = isMissed ? List.of() : List.of(attempt.executor.id);
        if (failure instanceof TaskFailure.FetchFailed fetch) {
            linkFailed(attempt.executor, fetch);
            avoided = unreached(attempt, task);
        }
        long avoidUntilMs = out.nowMs() + settings.avoidMs();
        stages.requeue(attempt.stage, task.partition(), notBeforeMs, avoidUntilMs, avoided);
        if (failure instanceof TaskFailure.FetchFailed fetch) {
            fetchFailed(attempt, task, fetch);
        } else if (failure instanceof TaskFailure.CacheMissed missed) {
            cacheMissed(attempt.stage, task, missed);
        }
    }

    private boolean isRoomElsewhere() {
        return executors.usableCount() > 1 && !executors.fullDisks.isEverywhere(executors.liveCount());
    }

    /** Where the task could not read its input, this executor included; once nobody else is left, this one alone. */
    private List<String> unreached(RunningAttempt attempt, AttemptId task) {
        TreeSet<String> outOfReach = attempt.stage.tasks.failuresOf(task.partition()).outOfReach;
        outOfReach.add(attempt.executor.id);
        outOfReach.removeIf(executorId -> executors.registered(executorId).isEmpty());
        if (outOfReach.size() >= executors.usableCount()) {
            outOfReach.removeIf(executorId -> !executorId.equals(attempt.executor.id));
        }
        return List.copyOf(outOfReach);
    }

    private void linkFailed(ExecutorState reader, TaskFailure.FetchFailed fetch) {
        ExecutorState holder = stages.holderOf(fetch);
        if (holder == null
                || holder == reader
                || holder.isLost
                || reader.isDraining()
                || holder.isDraining()
                || bugs.contains(PlantedBug.BROKEN_LINK_FORGOTTEN)) {
            return;
        }
        for (int index : executors.brokenLinks.failed(reader, holder, out.nowMs())) {
            out.emit(new Event.ExecutorExcluded(
                    out.time(),
                    executors.byIndex(index).id,
                    BrokenLinks.REMEMBERED_MS,
                    "executors " + reader.id + " and " + holder.id + " cannot fetch from each other"));
        }
    }

    /** Bounded: a task that has missed its input so often computes it. */
    private void cacheMissed(StageState stage, AttemptId task, TaskFailure.CacheMissed missed) {
        TaskSet.Failures seen = stage.tasks.failuresOf(task.partition());
        if (++seen.cacheMisses >= settings.maxStageAttempts() && !bugs.contains(PlantedBug.CACHE_NEVER_DISTRUSTED)) {
            stages.distrustCache(stage);
        }
        executors
                .registered(missed.executorId(), missed.incarnation())
                .ifPresent(holder -> stages.cachedBlockMissed(missed.block(), holder));
    }

    private void fetchFailed(RunningAttempt attempt, AttemptId task, TaskFailure.FetchFailed fetch) {
        StageState stage = attempt.stage;
        if (!stage.spec.readsShuffles().contains(fetch.shuffleId())
                || isReadElsewhere(attempt.executor, fetch)
                || !stages.dropUnreadable(fetch.shuffleId(), fetch.mapAttempt(), fetch.executorId(), fetch.message())) {
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
            String message = FailurePolicy.describe(words.toString(), task, attempt, 1, 0, List.of());
            failJobs(attempt, fetch, message, exit);
        }
    }

    /** Whether the reader is set aside because it does not reach the holder: others read what lies there. */
    private boolean isReadElsewhere(ExecutorState reader, TaskFailure.FetchFailed fetch) {
        BrokenLinks links = executors.brokenLinks;
        ExecutorState holder = links.isSetAside(reader) ? stages.holderOf(fetch) : null;
        return holder != null && links.isBroken(reader, holder) && !links.isSetAside(holder);
    }

    /** The executor is lost and with it all its attempts. */
    void executorLost(ExecutorState executor, ExitReason reason) {
        if (bugs.contains(PlantedBug.ATTEMPTS_NOT_REQUEUED)) {
            return;
        }
        // Those count too that are not wanted any more: they go on until they have noticed it.
        boolean isOnly = executor.running.size() == 1 || bugs.contains(PlantedBug.NEIGHBOURS_CHARGED);
        for (RunningAttempt attempt : executor.running.all()) {
            executor.running.remove(attempt);
            if (attempt.isCurrent) {
                RunningAttempt twin = attempt.twin;
                attempt.stage.tasks.ended(attempt);
                lostWith(attempt, twin, reason, isOnly);
            }
        }
    }

    /** @param twin of the attempt, which goes on; or null */
    private void lostWith(RunningAttempt attempt, RunningAttempt twin, ExitReason reason, boolean isOnly) {
        Suspicion suspicion =
                bugs.contains(PlantedBug.KILL_TAKEN_FOR_OWN_END) && reason.kind() == ExitReason.Kind.KILLED
                        ? Suspicion.CERTAIN
                        : Suspicion.of(reason);
        // Of a group nobody knows which of its tasks it was.
        boolean isOnlyTask = isOnly && attempt.tasks.size() == 1;
        boolean isProven = bugs.contains(PlantedBug.LOSS_CHARGED_TO_TASK);
        for (AttemptId task : attempt.tasks) {
            TaskSet.Failures seen = attempt.stage.tasks.failuresOf(task.partition());
            isProven |= seen.isEndOfExecutor(suspicion, isOnlyTask, attempt.isAlone);
        }
        String lost = "executor " + attempt.executor.id + " was lost: ";
        reportFailed(
                attempt,
                isProven
                        ? AttemptEvents.failed(lost + ExitReasons.happened(reason), "", true)
                        : new Outcome.ExecutorLost(reason));
        if (twin != null && attempt.stage.tasks.isAnySuspect(attempt)) {
            stages.end(twin, "its task is run alone from now on");
        }
        for (AttemptId task : attempt.tasks) {
            TaskSet.Failures seen = attempt.stage.tasks.failuresOf(task.partition());
            if (isProven) {
                endedExecutor(attempt, task, seen, lost, reason);
            } else if (seen.isSuspect()) {
                stages.requeue(attempt.stage, task.partition(), out.nowMs(), out.nowMs(), List.of());
            }
        }
        if (!isProven) {
            stages.putBack(attempt);
        }
    }

    /** Whoever runs processes may say why one ended later than its connection does; of those before it is known. */
    private String explainedBefore(TaskSet.Failures seen, ExitReason last) {
        for (int i = seen.executorsOfLast.size() - 1; i >= 0; i--) {
            String executorId = seen.executorsOfLast.get(i);
            Optional<ExitReason> known = executors.losses.of(executorId);
            if (known.isPresent() && ExitReasons.isMoreTelling(known.get(), last)) {
                return "; executor " + executorId + " before it: " + ExitReasons.sentence(known.get());
            }
        }
        return "";
    }

    private void endedExecutor(
            RunningAttempt attempt, AttemptId task, TaskSet.Failures seen, String lost, ExitReason reason) {
        seen.endedExecutor(Suspicion.of(reason), reason.kind().name(), attempt.executor.id);
        if (!mayTryAgain(attempt.stage, task, seen)) {
            String text = FailurePolicy.describeDeath(lost + ExitReasons.sentence(reason), task, attempt, seen)
                    + explainedBefore(seen, reason)
                    + ExitReasons.output(reason);
            stages.failJobsNeeding(
                    attempt.stage, ErrorCode.EXECUTORS_LOST, text, Optional.empty(), Optional.of(reason));
        }
    }

    /** Nothing of it is done. */
    private void reportFailed(RunningAttempt attempt, Outcome outcome) {
        attempt.stage.failedAttempts++;
        out.emit(AttemptEvents.ended(out.time(), attempt, outcome));
    }

    /**
     * @param task the one that failed, else the first
     * @param metrics of the one that failed
     */
    private void tellEnd(
            RunningAttempt attempt, AttemptId task, List<TaskDone> done, Outcome outcome, TaskMetrics metrics) {
        TaskMetrics sum = metrics;
        for (TaskDone one : done) {
            tellSpill(attempt, one.attempt(), one.metrics());
            sum = sum.plus(one.metrics());
        }
        tellSpill(attempt, task, metrics);
        out.emit(AttemptEvents.ended(out.time(), attempt, task, done, outcome, sum));
    }

    private void tellSpill(RunningAttempt attempt, AttemptId task, TaskMetrics metrics) {
        if (metrics.diskSpilled() > 0) {
            out.emit(AttemptEvents.spilled(out.time(), attempt, task, metrics));
        }
    }
}
