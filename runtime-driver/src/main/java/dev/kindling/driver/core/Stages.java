package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Jobs and their stages: which stage is needed, which can run, what its results mean, and how a job ends.
 *
 * <p>The one rule is {@link #need}: a stage that is needed has all its missing partitions waiting or running, and needs
 * in turn every map stage whose outputs it reads and which are not all there. It is applied whenever something changes
 * (a job comes, outputs are written or lost), so there is no second path for recovery: outputs lost while a reader is
 * unfinished are simply missing again.
 */
final class Stages {
    /** Saving jobs whose target is remembered, to clear away parts that come after the job's end. */
    private static final int KEPT_TARGETS = 256;

    /** Cancellations of unknown jobs that are remembered: the latest, since job numbers rise. */
    private static final int KEPT_CANCELLATIONS = 256;

    /** A second output of an executor that cannot be read within so long speaks against all of them. */
    private static final long UNREADABLE_AGAIN_MS = 60_000;

    private final DriverSettings settings;
    private final TreeSet<Integer> earlyCancellations = new TreeSet<>();
    private final Outbox out;
    private final ExecutorTable executors;
    private final Placement placement;
    private final Set<PlantedBug> bugs;
    private final MapOutputs mapOutputs = new MapOutputs();
    private final CachedBlocks cached;
    private final StageReads reads;
    private final TaskGrouping grouping;
    private final InputHosts inputHosts = new InputHosts();
    /** Stages that read a persisted set, needed now or not. */
    private final TreeMap<Integer, TreeSet<Integer>> readersOfSets = new TreeMap<>();

    private final Jobs jobs = new Jobs();
    private final TreeMap<Integer, StageState> stages = new TreeMap<>();
    private final LinkedHashMap<Integer, String> targetsOfStages = new LinkedHashMap<>();

    Stages(DriverSettings settings, Outbox out, ExecutorTable executors, Placement placement, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.out = out;
        this.executors = executors;
        this.placement = placement;
        this.bugs = bugs;
        cached = new CachedBlocks(out, executors, bugs);
        reads = new StageReads(cached, mapOutputs, executors);
        grouping = new TaskGrouping(settings.scheduling().groups(), reads, mapOutputs, executors);
    }

    CachedBlocks cached() {
        return cached;
    }

    StageReads reads() {
        return reads;
    }

    InputHosts inputHosts() {
        return inputHosts;
    }

    Jobs jobs() {
        return jobs;
    }

    MapOutputs mapOutputs() {
        return mapOutputs;
    }

    Iterable<StageState> all() {
        return stages.values();
    }

    /** Null when no unfinished job and no shuffle knows it. */
    StageState find(int stageId) {
        return stages.get(stageId);
    }

    // ---- jobs begin ---------------------------------------------------------------------------------------------

    void submit(JobGraph graph) {
        if (jobs.find(graph.jobId()) != null) {
            return;
        }
        if (earlyCancellations.remove(graph.jobId())) {
            String message = "job " + graph.jobId() + " was cancelled before it began";
            out.add(new DriverEffect.RefuseJob(graph.jobId(), ErrorCode.CANCELLED, message));
            return;
        }
        PartitionSet missing = new PartitionSet(graph.resultStage().partitionCount());
        graph.resultPartitions().forEach(missing::add);
        StageState resultStage = new StageState(graph.resultStage(), missing, reads);
        CommitCore commit =
                graph.outputTarget().map(target -> new CommitCore(target, bugs)).orElse(null);
        ResultBudget budget = new ResultBudget(graph, settings.scheduling().maxResultBytes());
        Jobs.Job job = jobs.submit(graph, resultStage, commit, budget);
        resultStage.tasks.beginWith(budget.probes());
        if (commit != null) {
            rememberTarget(resultStage.id(), commit.target);
        }
        stages.put(resultStage.id(), resultStage);
        List<Integer> stageIds = new ArrayList<>();
        List<Event> planned = new ArrayList<>();
        for (JobGraph.StageSpec spec : graph.stages()) {
            StageState stage = spec.isMapStage() ? mapStage(spec) : resultStage;
            for (int shuffleId : spec.readsShuffles()) {
                mapOutputs.find(shuffleId).readers.add(spec.stageId());
            }
            knowPersistedSets(stage);
            join(stage, job);
            stageIds.add(spec.stageId());
            planned.add(planned(spec, job.id()));
        }
        out.emit(new Event.JobStart(out.time(), job.id(), stageIds, graph.description(), graph.properties()));
        planned.forEach(out::emit);
        if (job.hasAllResults()) {
            haveAllResults(job);
            return;
        }
        need(resultStage);
        for (JobGraph.StageSpec spec : graph.stages()) {
            if (!stages.get(spec.stageId()).isNeeded) {
                boolean isUnread = !mapOutputs.find(spec.shuffleId()).isComplete();
                out.emit(new Event.StageSkipped(out.time(), job.id(), spec.stageId(), spec.name(), isUnread));
            }
        }
    }

    private StageState mapStage(JobGraph.StageSpec spec) {
        MapOutputs.Shuffle shuffle = mapOutputs.declare(spec);
        return stages.computeIfAbsent(spec.stageId(), id -> new StageState(spec, shuffle.missing, reads));
    }

    private Event planned(JobGraph.StageSpec spec, int jobId) {
        List<Integer> parents = spec.readsShuffles().stream()
                .map(shuffleId -> mapOutputs.find(shuffleId).mapStageId)
                .toList();
        return new Event.StagePlanned(
                out.time(), jobId, spec.stageId(), spec.name(), spec.partitionCount(), parents, spec.calls());
    }

    private void knowPersistedSets(StageState stage) {
        for (int setId : stage.below.keySet()) {
            readersOfSets.computeIfAbsent(setId, id -> new TreeSet<>()).add(stage.id());
            CachedBlocks.CachedSet set = cached.find(setId);
            if (set != null) {
                reads.addShufflesBelow(stage, setId, set.madeFrom);
            }
        }
    }

    private void forgetReader(StageState stage) {
        for (int setId : stage.below.keySet()) {
            TreeSet<Integer> readers = readersOfSets.get(setId);
            readers.remove(stage.id());
            if (readers.isEmpty()) {
                readersOfSets.remove(setId);
            }
        }
    }

    private void join(StageState stage, Jobs.Job job) {
        if (stage.job == null) {
            serve(stage, job);
            stage.maxTaskFailures = job.graph.maxTaskFailures();
        }
        stage.jobIds.add(job.id());
        stage.maxTaskFailures = Math.min(stage.maxTaskFailures, job.graph.maxTaskFailures());
    }

    /** It runs for this job from now on. */
    private void serve(StageState stage, Jobs.Job job) {
        stage.job = job;
        placement.rank(stage, (long) job.order << 32 | stage.id(), job.graph);
    }

    // ---- what has to run ----------------------------------------------------------------------------------------

    private void need(StageState stage) {
        if (!stage.isNeeded) {
            stage.isNeeded = true;
            stage.reset();
            PartitionSet missing = stage.missing;
            for (int partition = missing.first(); partition >= 0; partition = missing.next(partition + 1)) {
                stage.tasks.add(partition);
            }
            if (bugs.contains(PlantedBug.GROUPS_OF_INCOMPLETE_INPUT)) {
                stage.tasks.group(grouping.groupsOf(stage, missing).groups(), QuickTasks.NONE);
            }
        }
        boolean isReady = true;
        for (int shuffleId : reads.shufflesOf(stage)) {
            MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
            if (!shuffle.isComplete()) {
                isReady = false;
                need(stages.get(shuffle.mapStageId));
            }
        }
        setReady(stage, isReady);
    }

    private void setReady(StageState stage, boolean isReady) {
        TaskGrouping.Formed formed = TaskGrouping.Formed.NONE;
        if (isReady && !stage.isReady) {
            stage.tasks.startWaitingForLocality(out.nowMs());
            if (!bugs.contains(PlantedBug.GROUPS_OF_INCOMPLETE_INPUT)) {
                formed = grouping.groupsOf(stage, stage.missing);
                QuickTasks quick = grouping.quickTasks(stage);
                stage.tasks.group(
                        formed.groups(), bugs.contains(PlantedBug.QUICKNESS_ASSUMED) ? quick.assumed() : quick);
            }
        }
        stage.isReady = isReady;
        if (!isReady) {
            placement.withdraw(stage);
            inputHosts.end(stage);
            return;
        }
        inputHosts.begin(stage);
        if (!stage.isStartReported) {
            stage.isStartReported = true;
            stage.submittedMs = out.nowMs();
            out.emit(new Event.StageSubmitted(out.time(), infoOf(stage)));
            tellShuffle(stage);
        }
        grouping.told(out.time(), stage, formed).ifPresent(out::emit);
        if (stage.tasks.isWaiting()) {
            placement.offer(stage);
        }
    }

    private void tellShuffle(StageState stage) {
        JobGraph.StageSpec spec = stage.spec;
        if (spec.isMapStage() && !stage.isShuffleTold) {
            stage.isShuffleTold = true;
            out.emit(new Event.ShuffleDeclared(
                    out.time(), spec.shuffleId(), stage.id(), spec.partitionCount(), spec.reducePartitions()));
        }
    }

    private StageInfo infoOf(StageState stage) {
        int taskCount = stage.spec.isMapStage()
                ? stage.spec.partitionCount()
                : stage.job.graph.resultPartitions().size();
        return stage.info(taskCount, stage.missing.size());
    }

    /** Whether the task's result is still to be had. */
    boolean isMissing(StageState stage, int partition) {
        return stage.isNeeded && stage.missing.contains(partition);
    }

    private void leave(StageState stage) {
        stage.isNeeded = false;
        stage.isReady = false;
        placement.withdraw(stage);
        if (!bugs.contains(PlantedBug.INPUT_HOSTS_KEPT)) {
            inputHosts.end(stage);
        }
    }

    /** Puts a task back in line after its attempt ended without a result. */
    void requeue(StageState stage, int partition, long notBeforeMs, long avoidUntilMs, List<String> avoided) {
        if (!isMissing(stage, partition)) {
            return;
        }
        stage.tasks.retry(partition, notBeforeMs, avoidUntilMs, avoided);
        offerIfWaiting(stage);
    }

    /** It may wait for nothing: the twin of what has ended goes on. */
    private void offerIfWaiting(StageState stage) {
        if (stage.isReady && stage.tasks.isWaiting()) {
            placement.offer(stage);
        }
    }

    /** As {@link #requeue}, for tasks that are not to blame: they run again at once, and together if they did so. */
    void putBack(RunningAttempt attempt) {
        StageState stage = attempt.stage;
        if (attempt.tasks.size() == 1) {
            requeue(stage, attempt.id.partition(), out.nowMs(), out.nowMs(), List.of());
        } else {
            attempt.tasks.forEach(task -> putBack(stage, task.partition()));
        }
    }

    /** A task of a group that was not begun, or is not known to be the cause of the group's end. */
    void putBack(StageState stage, int partition) {
        if (!isMissing(stage, partition)) {
            return;
        }
        stage.tasks.add(partition);
        offerIfWaiting(stage);
    }

    /** Whether the result of a task that was launched can be accepted: nobody has brought it, and its stage lives. */
    boolean isWanted(StageState stage, int partition) {
        return stages.get(stage.id()) == stage && stage.missing.contains(partition);
    }

    // ---- map outputs come and go --------------------------------------------------------------------------------

    void mapWritten(StageState stage, AttemptId attempt, ExecutorState holder, TaskResult.MapWritten written) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(stage.spec.shuffleId());
        int map = attempt.partition();
        AttemptId earlier = new AttemptId(stage.id(), map, shuffle.attemptOf(map));
        boolean hadOtherRows = shuffle.hadOtherRows(map, written) && !bugs.contains(PlantedBug.DIGEST_NOT_COMPARED);
        shuffle.put(attempt, holder.index, written);
        if (hadOtherRows) {
            takeBackWhatRead(shuffle, earlier, attempt);
        }
        if (!shuffle.isComplete() || !stage.isNeeded) {
            return;
        }
        leave(stage);
        out.emit(new Event.StageCompleted(out.time(), infoOf(stage), Optional.empty()));
        out.emit(shuffle.written(out.time()));
        reportSkew(shuffle);
        if (bugs.contains(PlantedBug.CONSUMER_NOT_WOKEN) && attempt.attempt() > 0) {
            return;
        }
        needReaders(shuffle);
    }

    /** Once for each shuffle. */
    private void reportSkew(MapOutputs.Shuffle shuffle) {
        if (!shuffle.isSkewReported) {
            Skew.find(settings.skew(), out.time(), shuffle.mapStageId, shuffle.partitionBytes(), shuffle.hotKeys())
                    .ifPresent(found -> {
                        shuffle.isSkewReported = true;
                        out.emit(found);
                    });
        }
    }

    private void needReaders(MapOutputs.Shuffle shuffle) {
        for (int reader : shuffle.readers) {
            StageState stage = stages.get(reader);
            if (stage != null && stage.isNeeded) {
                need(stage);
            }
        }
    }

    // ---- map outputs come back with other rows ------------------------------------------------------------------

    /**
     * What was computed from the earlier rows must not meet what will be computed from the new ones. Every attempt that
     * was launched so far has the earlier rows, read or to be read, since none is launched while an output is missing.
     * So map outputs made from them are dropped and attempts that run are begun anew; a result that was given away
     * cannot be had back, so its job fails. What a dropped output was made into follows when that is rebuilt in turn
     * and differs too.
     */
    private void takeBackWhatRead(MapOutputs.Shuffle shuffle, AttemptId earlier, AttemptId rebuilt) {
        for (int id : List.copyOf(shuffle.readers)) {
            StageState reader = stages.get(id);
            if (reader != null && !reader.spec.isMapStage() && !bugs.contains(PlantedBug.GIVEN_AWAY_RESULT_KEPT)) {
                failIfGivenAway(reader, shuffle, earlier, rebuilt);
            }
        }
        String reason = earlier + " was rebuilt as " + rebuilt + " with other rows";
        for (CachedBlocks.CachedSet set : cached.all()) {
            if (set.madeFrom.contains(shuffle.shuffleId) && !bugs.contains(PlantedBug.CACHE_NOT_TAKEN_BACK)) {
                cached.beginAnew(set);
                needReadersOf(set.setId);
            }
        }
        for (int id : shuffle.readers) {
            StageState reader = stages.get(id);
            if (reader != null && !bugs.contains(PlantedBug.ATTEMPTS_NOT_BEGUN_ANEW)) {
                beginAnew(reader, shuffle.shuffleId, reason);
            }
            if (reader != null && reader.spec.isMapStage() && !bugs.contains(PlantedBug.OUTPUTS_OF_OTHER_ROWS_KEPT)) {
                dropMadeFrom(shuffle.shuffleId, mapOutputs.find(reader.spec.shuffleId()), reader, reason);
            }
        }
    }

    /** A job that is publishing has all its parts, made from the earlier rows: it reads nothing any more. */
    private void failIfGivenAway(StageState reader, MapOutputs.Shuffle shuffle, AttemptId earlier, AttemptId rebuilt) {
        Jobs.Job job = reader.job;
        if (job.isPublishing) {
            return;
        }
        for (int partition : job.graph.resultPartitions()) {
            if (!job.missing.contains(partition) && StageReads.reads(reader, partition, shuffle.shuffleId)) {
                StageState writer = stages.get(shuffle.mapStageId);
                String message = FailurePolicy.otherRows(job.id(), partition, writer, earlier, rebuilt);
                fail(job, ErrorCode.NON_DETERMINISTIC, message);
                return;
            }
        }
    }

    private void beginAnew(StageState reader, int shuffleId, String reason) {
        for (RunningAttempt attempt : reader.tasks.running()) {
            if (attempt.tasks.stream().anyMatch(task -> StageReads.reads(reader, task.partition(), shuffleId))) {
                kill(attempt, reason);
                putBack(attempt);
            }
        }
    }

    private void dropMadeFrom(int shuffleId, MapOutputs.Shuffle made, StageState reader, String reason) {
        List<Integer> dropped = new ArrayList<>();
        for (int map = 0; map < made.mapPartitions(); map++) {
            if (!made.missing.contains(map) && StageReads.reads(reader, map, shuffleId)) {
                AttemptId attempt = new AttemptId(reader.id(), map, made.attemptOf(map));
                out.send(executors.byIndex(made.executorOf(map)), new Frame.DropMapOutput(made.shuffleId, attempt));
                made.drop(map);
                dropped.add(map);
            }
        }
        if (!dropped.isEmpty()) {
            lost(made, dropped, List.of(), reason);
        }
    }

    // ---- cached blocks come and go ------------------------------------------------------------------------------

    void cachedBlockChanged(ExecutorState executor, CachedBlockStatus status) {
        int setId = status.block().setId();
        boolean wasComplete = cached.isComplete(setId);
        cached.changed(executor, status);
        if (cached.isComplete(setId) != wasComplete) {
            needReadersOf(setId);
        }
    }

    /** Whether what was added for this partition of a persisted set is the first that comes, and counts. */
    boolean cachedPartitionCounts(int setId, int partition) {
        boolean wasComplete = cached.isComplete(setId);
        boolean isFirst = cached.isFirstCount(cached.find(setId), partition);
        if (cached.isComplete(setId) != wasComplete) {
            needReadersOf(setId);
        }
        return isFirst;
    }

    /** A task did not find the block where it should have been. */
    void cachedBlockMissed(CachedBlockId block, ExecutorState holder) {
        if (!bugs.contains(PlantedBug.CACHE_MISS_IGNORED)) {
            cached.missed(block, holder);
        }
        needReadersOf(block.setId());
    }

    void dropCachedBlocksOf(ExecutorState executor) {
        cached.executorLost(executor).forEach(set -> needReadersOf(set.setId));
    }

    /** @param waiter as of {@link CachedBlocks#unpersist} */
    void unpersist(int setId, int waiter) {
        if (cached.unpersist(setId, waiter)) {
            needReadersOf(setId);
        }
    }

    /** Every stage that reads the set: it may need more than before, or less. */
    private void needReadersOf(int setId) {
        for (int reader : List.copyOf(readersOfSets.getOrDefault(setId, new TreeSet<>()))) {
            StageState stage = stages.get(reader);
            if (stage != null && stage.isNeeded) {
                need(stage);
            }
        }
    }

    /** From now on the stage reads what cached sets are made of. */
    void distrustCache(StageState stage) {
        stage.isCacheDistrusted = true;
        if (stage.isNeeded) {
            need(stage);
        }
    }

    // ---- map outputs are lost -----------------------------------------------------------------------------------

    /** Everything that process held is gone. */
    void dropOutputsOf(ExecutorState executor, String reason) {
        if (bugs.contains(PlantedBug.OUTPUTS_NOT_DROPPED)) {
            return;
        }
        for (MapOutputs.Shuffle shuffle : mapOutputs.all()) {
            List<Integer> dropped = shuffle.dropAllOn(executor.index);
            if (!dropped.isEmpty()) {
                lost(shuffle, dropped, List.of(), reason);
            }
        }
    }

    /** Where that very output lies, if it is the registered one and still lies where it was asked for; else null. */
    ExecutorState holderOf(TaskFailure.FetchFailed fetch) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(fetch.shuffleId());
        if (shuffle == null || !shuffle.isHeld(fetch.mapAttempt())) {
            return null;
        }
        ExecutorState holder =
                executors.byIndex(shuffle.executorOf(fetch.mapAttempt().partition()));
        return holder.id.equals(fetch.executorId()) ? holder : null;
    }

    /** That very output cannot be read; true when it was the registered one and is now dropped. */
    boolean dropUnreadable(int shuffleId, AttemptId mapAttempt, String askedHolder, String reason) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
        int map = mapAttempt.partition();
        boolean isRegistered = shuffle != null
                && (shuffle.isHeld(mapAttempt)
                        || bugs.contains(PlantedBug.FETCH_FAILURE_ATTEMPT_NOT_COMPARED)
                                && !shuffle.missing.contains(map));
        if (!isRegistered) {
            return false;
        }
        ExecutorState holder = executors.byIndex(shuffle.executorOf(map));
        boolean isMoved = !holder.id.equals(askedHolder);
        if (isMoved && !bugs.contains(PlantedBug.FETCH_FAILURE_HOLDER_NOT_COMPARED)) {
            return false;
        }
        dropUnreadable(shuffle, holder, unreadableOn(holder, shuffle, map), reason);
        return true;
    }

    /** No copy can be made of this output, whose executor is to leave. */
    void dropUncopied(int shuffleId, int map, String reason) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
        dropUnreadable(shuffle, executors.byIndex(shuffle.executorOf(map)), List.of(map), reason);
    }

    private void dropUnreadable(MapOutputs.Shuffle shuffle, ExecutorState holder, List<Integer> maps, String reason) {
        for (int map : maps) {
            if (!holder.isLost) {
                AttemptId attempt = new AttemptId(shuffle.mapStageId, map, shuffle.attemptOf(map));
                out.send(holder, new Frame.DropMapOutput(shuffle.shuffleId, attempt));
            }
            shuffle.drop(map);
        }
        lost(shuffle, maps, List.of(holder.id), reason);
    }

    /**
     * That one, or, when another of its outputs could not be read lately, all of the shuffle that it holds: readers
     * name one output at a time, and an executor out of reach would cost a rebuild for each until it is declared lost.
     */
    private List<Integer> unreadableOn(ExecutorState holder, MapOutputs.Shuffle shuffle, int map) {
        boolean isAgain =
                holder.unreadableUntilMs > out.nowMs() && !bugs.contains(PlantedBug.UNREACHABLE_NEIGHBOURS_KEPT);
        holder.unreadableUntilMs = out.nowMs() + UNREADABLE_AGAIN_MS;
        return isAgain ? shuffle.heldBy(holder.index) : List.of(map);
    }

    private void lost(MapOutputs.Shuffle shuffle, List<Integer> maps, List<String> avoided, String reason) {
        out.emit(new Event.MapOutputsLost(out.time(), shuffle.shuffleId, maps, reason));
        StageState stage = stages.get(shuffle.mapStageId);
        if (stage.isNeeded) {
            maps.forEach(stage.tasks::add);
        }
        needReaders(shuffle);
        if (stage.isNeeded && !avoided.isEmpty()) {
            preferOtherExecutors(stage, maps, avoided);
        }
        if (stage.isNeeded) {
            need(stage);
        }
    }

    /** An output that others could not read from there is rebuilt elsewhere, if there is an elsewhere. */
    private void preferOtherExecutors(StageState stage, List<Integer> maps, List<String> avoided) {
        for (int map : maps) {
            if (stage.tasks.isWaiting(map)) {
                stage.tasks.withdraw(map);
                stage.tasks.retry(map, out.nowMs(), out.nowMs() + settings.avoidMs(), avoided);
            }
        }
    }

    /** True when {@code attempt}'s output is the registered one. */
    boolean isRegistered(int shuffleId, AttemptId attempt, ExecutorState holder) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
        return shuffle != null && shuffle.isHeld(attempt, holder.index);
    }

    boolean isAcceptedPart(AttemptId attempt) {
        Jobs.Job job = jobOf(attempt.stageId());
        return job != null && job.commit != null && job.commit.isAccepted(attempt);
    }

    /** Whether its tasks write part files. */
    boolean isSaving(StageState resultStage) {
        return resultStage.job != null && resultStage.job.commit != null;
    }

    /** Null when the stage is not known, or no job needs it. */
    private Jobs.Job jobOf(int stageId) {
        StageState stage = stages.get(stageId);
        return stage == null ? null : stage.job;
    }

    /** True when the stored result of {@code attempt} was delivered and is being fetched. */
    boolean isUnfetched(AttemptId attempt) {
        Jobs.Job job = jobOf(attempt.stageId());
        return job != null && job.isUnfetched(attempt);
    }

    void forgetShuffle(int shuffleId) {
        MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
        if (shuffle == null) {
            return;
        }
        StageState stage = stages.get(shuffle.mapStageId);
        if (!stage.jobIds.isEmpty()) {
            stage.isForgotten = true;
            return;
        }
        mapOutputs.forget(shuffleId);
        stages.remove(stage.id());
        forgetReader(stage);
        for (MapOutputs.Shuffle other : mapOutputs.all()) {
            other.readers.remove(stage.id());
        }
        for (ExecutorState executor : executors.registered()) {
            out.send(executor, new Frame.DropShuffle(shuffleId));
        }
        executors.fullDisks.spaceWasFreed(
                bugs.contains(PlantedBug.EARLIER_FULL_DISK_COUNTED) ? List.of() : executors.registered(), out.nowMs());
    }

    // ---- results come in ----------------------------------------------------------------------------------------

    /** A result stage's attempt succeeded and its partition was missing. */
    void resultCame(StageState stage, AttemptId task, ExecutorState holder, TaskResult result, TaskMetrics metrics) {
        Jobs.Job job = stage.job;
        int partition = task.partition();
        job.missing.remove(partition);
        if (result instanceof TaskResult.PartWritten part) {
            if (!job.commit.accept(task, part)) {
                out.add(new DriverEffect.DiscardPart(job.commit.target, part.attemptFile()));
            }
        } else {
            long byteCount = byteCountOf(result);
            if (result instanceof TaskResult.Stored && !bugs.contains(PlantedBug.COMPLETE_BEFORE_FETCHED)) {
                job.unfetched.put(partition, new Jobs.StoredResult(task, holder, byteCount));
            }
            if (result instanceof TaskResult.Stored && bugs.contains(PlantedBug.RESULT_DROPPED_BEFORE_FETCHED)) {
                out.send(holder, new Frame.DropResult(task));
            }
            Optional<String> tooLarge = job.budget.announced(partition, byteCount);
            if (tooLarge.isPresent() && !bugs.contains(PlantedBug.RESULT_SIZE_IGNORED)) {
                fail(job, ErrorCode.RESULT_TOO_LARGE, tooLarge.get());
                return;
            }
            out.add(new DriverEffect.DeliverResult(job.id(), partition, task, result, holder.address, metrics));
        }
        if (job.missing.isEmpty()) {
            leave(stage);
            out.emit(new Event.StageCompleted(out.time(), infoOf(stage), Optional.empty()));
        }
        if (job.hasAllResults()) {
            haveAllResults(job);
        }
    }

    private static long byteCountOf(TaskResult result) {
        return result instanceof TaskResult.Stored stored
                ? stored.byteCount()
                : result instanceof TaskResult.Direct direct ? direct.bytes().length : 0;
    }

    void resultFetched(DriverEvent.ResultFetched e) {
        Jobs.Job job = jobs.find(e.jobId());
        if (job == null || !job.isUnfetched(e.attempt())) {
            return;
        }
        Jobs.StoredResult fetched = job.unfetched.remove(e.partition());
        if (!bugs.contains(PlantedBug.FETCHED_RESULT_NOT_DROPPED)) {
            drop(fetched);
        }
        if (job.hasAllResults()) {
            haveAllResults(job);
        }
    }

    private void drop(Jobs.StoredResult stored) {
        if (!stored.holder().isLost) {
            out.send(stored.holder(), new Frame.DropResult(stored.attempt()));
        }
    }

    /** The partition is computed again; bounded like a stage whose input gets lost. */
    void resultLost(DriverEvent.ResultLost e) {
        Jobs.Job job = jobs.find(e.jobId());
        if (job == null || !job.isUnfetched(e.attempt())) {
            return;
        }
        Jobs.StoredResult lost = job.unfetched.remove(e.partition());
        drop(lost);
        job.budget.lost(e.partition(), lost.byteCount());
        StageState stage = job.resultStage;
        if (bugs.contains(PlantedBug.LOST_RESULT_NOT_COMPUTED)) {
            return;
        }
        job.missing.add(e.partition());
        if (stage.isNeeded) {
            stage.tasks.add(e.partition());
        }
        need(stage);
        if (++stage.lostResults > settings.maxStageAttempts() * stage.spec.partitionCount()) {
            String message = "the results of " + stage + " could not be fetched from their executors "
                    + stage.lostResults + " times; last, partition " + e.partition() + ": " + e.why();
            fail(job, ErrorCode.TASK_FAILED, message);
        }
    }

    /** The target of the saving job, ended or not, whose result stage this is; null when none is known. */
    String targetOf(int stageId) {
        return targetsOfStages.get(stageId);
    }

    private void rememberTarget(int stageId, String target) {
        targetsOfStages.put(stageId, target);
        if (targetsOfStages.size() > KEPT_TARGETS) {
            Iterator<Integer> oldest = targetsOfStages.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    // ---- jobs end -----------------------------------------------------------------------------------------------

    private void haveAllResults(Jobs.Job job) {
        if (job.commit == null) {
            complete(job);
        } else {
            job.isPublishing = true;
            out.add(new DriverEffect.PublishOutput(job.id(), job.commit.target, job.commit.parts()));
            if (bugs.contains(PlantedBug.COMPLETE_BEFORE_PUBLISHED)) {
                complete(job);
            }
        }
    }

    void outputPublished(int jobId) {
        Jobs.Job job = jobs.find(jobId);
        if (job != null && job.isPublishing) {
            complete(job);
        }
    }

    void outputFailed(int jobId, String why) {
        Jobs.Job job = jobs.find(jobId);
        if (job != null && job.isPublishing) {
            String message = "the output " + job.commit.target + " could not be published: " + why;
            fail(job, ErrorCode.COMMIT_FAILED, message);
        }
    }

    /** Too late for a job that is publishing: whether it did is about to be known. */
    void cancel(int jobId, String reason) {
        Jobs.Job job = jobs.find(jobId);
        if (job == null) {
            // Of a job that has ended, or, since cancellations overtake submissions in the mailbox, has not begun.
            earlyCancellations.add(jobId);
            if (earlyCancellations.size() > KEPT_CANCELLATIONS) {
                earlyCancellations.pollFirst();
            }
        } else if (!job.isPublishing || bugs.contains(PlantedBug.CANCELLED_WHILE_PUBLISHING)) {
            cancel(job, reason);
        }
    }

    private void cancel(Jobs.Job job, String reason) {
        String message = "job " + job.id() + " (" + job.graph.description() + ") was cancelled: " + reason;
        fail(job, ErrorCode.CANCELLED, message);
    }

    /** All that are meant and can still be cancelled. */
    void cancel(JobSelection which, String by) {
        for (Jobs.Job job : new ArrayList<>(jobs.unfinished())) {
            boolean isLate = job.isPublishing && !bugs.contains(PlantedBug.CANCELLED_WHILE_PUBLISHING);
            if (job.isIn(which) && !isLate) {
                cancel(job, Jobs.words(which) + " by " + by);
            }
        }
    }

    /** Fails the jobs that cannot do without this stage: not those that have all their results and are publishing them. */
    void failJobsNeeding(
            StageState stage,
            ErrorCode code,
            String message,
            Optional<TaskFailure> failure,
            Optional<ExitReason> exit) {
        for (int jobId : List.copyOf(stage.jobIds)) {
            Jobs.Job job = jobs.find(jobId);
            boolean hasResults = !job.resultStage.isNeeded && !bugs.contains(PlantedBug.FAILED_WITHOUT_NEED);
            if (!hasResults && isNeededBy(job.resultStage, stage)) {
                fail(job, code, message, failure, exit);
            }
        }
        if (stage.isNeeded && stage.spec.isMapStage()) {
            // What it would have been read for has been cached meanwhile.
            leave(stage);
            stage.tasks.withdrawAll();
        }
    }

    private boolean isNeededBy(StageState reader, StageState stage) {
        if (reader == stage) {
            return true;
        }
        for (int shuffleId : reads.shufflesOf(reader)) {
            MapOutputs.Shuffle shuffle = mapOutputs.find(shuffleId);
            if (!shuffle.isComplete() && isNeededBy(stages.get(shuffle.mapStageId), stage)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some job is unfinished, and none is being published or has its results fetched. */
    boolean isAnyJobWaitingForTasks() {
        for (Jobs.Job job : jobs.unfinished()) {
            if (job.isPublishing || !job.unfetched.isEmpty()) {
                return false;
            }
        }
        return !jobs.unfinished().isEmpty();
    }

    /** All but those that are publishing: they need nobody any more, and whether they did is about to be known. */
    void failAll(ErrorCode code, Function<Jobs.Job, String> message, Optional<ExitReason> exit) {
        for (Jobs.Job job : new ArrayList<>(jobs.unfinished())) {
            if (!job.isPublishing) {
                fail(job, code, message.apply(job), Optional.empty(), exit);
            }
        }
    }

    /** Tasks that the job waits for and that may be what ends executors. */
    List<TaskSet.Deadly> deadlyTasksOf(Jobs.Job job) {
        List<TaskSet.Deadly> deadly = new ArrayList<>();
        for (JobGraph.StageSpec spec : job.graph.stages()) {
            StageState stage = stages.get(spec.stageId());
            if (stage.isNeeded) {
                deadly.addAll(stage.tasks.deadly(stage));
            }
        }
        return deadly;
    }

    private void complete(Jobs.Job job) {
        end(job, "job " + job.id() + " is complete");
        out.add(new DriverEffect.CompleteJob(job.id()));
    }

    private void fail(Jobs.Job job, ErrorCode code, String message) {
        fail(job, code, message, Optional.empty(), Optional.empty());
    }

    private void fail(
            Jobs.Job job, ErrorCode code, String message, Optional<TaskFailure> failure, Optional<ExitReason> exit) {
        end(job, "job " + job.id() + (code == ErrorCode.CANCELLED ? " was cancelled" : " failed"));
        if (job.commit != null) {
            out.add(new DriverEffect.DiscardOutput(job.id(), job.commit.target));
        }
        out.add(new DriverEffect.FailJob(job.id(), code, message, failure, exit));
    }

    private void end(Jobs.Job job, String reason) {
        job.unfetched.values().forEach(this::drop);
        List<Integer> forgotten = new ArrayList<>();
        for (JobGraph.StageSpec spec : job.graph.stages()) {
            StageState stage = stages.get(spec.stageId());
            if (stage.jobIds.size() == 1) {
                stop(stage, reason);
            }
            stage.jobIds.remove(job.id());
            if (stage.jobIds.isEmpty()) {
                stage.job = null;
                if (stage.isForgotten) {
                    forgotten.add(spec.shuffleId());
                }
            } else {
                serve(stage, jobs.find(stage.jobIds.first()));
            }
        }
        jobs.end(job);
        stages.remove(job.resultStage.id());
        forgetReader(job.resultStage);
        for (int shuffleId : job.graph.resultStage().readsShuffles()) {
            mapOutputs.find(shuffleId).readers.remove(job.resultStage.id());
        }
        forgotten.forEach(this::forgetShuffle);
    }

    /** Jobs that are publishing need nothing of what still runs, whoever it was begun for. */
    void stopAll(String reason) {
        stages.values().forEach(stage -> stop(stage, reason));
    }

    private void stop(StageState stage, String reason) {
        boolean isUnfinished = stage.isNeeded && stage.isStartReported;
        stage.tasks.withdrawAll();
        stage.tasks.running().forEach(attempt -> kill(attempt, reason));
        if (isUnfinished) {
            out.emit(new Event.StageCompleted(out.time(), infoOf(stage), Optional.of(reason)));
        }
        leave(stage);
        for (ExecutorState executor : executors.registered()) {
            if (stage.programs.get(executor.index)) {
                out.send(executor, new Frame.ForgetStage(stage.id()));
            }
        }
        stage.programs.clear();
    }

    private void kill(RunningAttempt attempt, String reason) {
        endTwin(attempt, reason);
        attempt.stage.failedAttempts++;
        end(attempt, reason);
    }

    /** Of two attempts of the same tasks the other one. */
    void endTwin(RunningAttempt attempt, String reason) {
        if (attempt.twin != null) {
            end(attempt.twin, reason);
        }
    }

    /** Its outcome is not wanted any more. */
    void end(RunningAttempt attempt, String reason) {
        attempt.stage.tasks.ended(attempt);
        out.send(attempt.executor, attempt.cancellation(reason));
        out.emit(AttemptEvents.ended(out.time(), attempt, new Outcome.Killed(reason)));
    }
}
