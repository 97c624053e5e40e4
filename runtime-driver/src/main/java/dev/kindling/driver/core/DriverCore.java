package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.loop.Core;
import dev.kindling.loop.Effects;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything the driver decides. This class takes each event to the part it concerns and keeps track of who is a
 * member of the cluster; the parts are
 *
 * <ul>
 *   <li>{@link Stages}: jobs, which stages are needed, map outputs, results, commit;
 *   <li>{@link TaskSet}: the tasks of a stage, waiting and tried;
 *   <li>{@link Placement}: which waiting task gets which free slot;
 *   <li>{@link Attempts}: launches, outcomes, failures, reconciliation with heartbeats;
 *   <li>{@link Speculation}: copies of attempts that are late;
 *   <li>{@link Reaper}: attempts that ignore their cancellation;
 *   <li>{@link Watchdog}: nothing moves any more;
 *   <li>{@link ExecutorTable}: who is registered, silent, lost;
 *   <li>{@link Allocation}: how many executors there are to be.
 * </ul>
 *
 * <p>Owned by the driver's loop. An event costs what it changes and a logarithm, whatever the number of tasks; the
 * exceptions are the start of a stage and the loss of an executor, one pass over a table each.
 */
public final class DriverCore implements Core<DriverEvent, DriverEffect> {
    /** A longer gap between two events means that the driver itself stood still, not its executors. */
    private static final long LONGEST_AWAKE_GAP_MS = 1_000;

    /** What an executor's process takes is told when it has changed by this part of its heap. */
    private static final int USAGE_STEPS = 20;

    private static final long USAGE_TOLD_EVERY_MS = 30_000;

    /** Nobody wants it back in a hurry: it goes when all that it holds has moved. */
    private static final long SCALE_DOWN_WITHIN_MS = 86_400_000;

    /** Of a machine that is taken back: far more than a cloud gives. */
    private static final long LONGEST_NOTICE_MS = 3_600_000;

    final ExecutorTable executors = new ExecutorTable();
    final Placement placement;
    final Stages stages;

    private final DriverSettings settings;
    private final Set<PlantedBug> bugs;
    private final Outbox out;
    private final Attempts attempts;
    private final Drains drains;
    private final Allocation allocation;
    private final BroadcastDrops broadcastDrops;
    private final Reaper reaper;
    private final Watchdog watchdog;
    final Speculation speculation;

    private long lastEventMs = Long.MIN_VALUE;
    private long awakeMs;
    private int futileLosses;
    private int unansweredReplacements;
    private final List<String> owedReplacements = new ArrayList<>();
    private boolean isClosing;

    public DriverCore(DriverSettings settings) {
        this(settings, PlantedBug.NONE);
    }

    DriverCore(DriverSettings settings, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.bugs = bugs;
        out = new Outbox(settings.maxLaunchBytes());
        placement = new Placement(settings, executors, bugs);
        stages = new Stages(settings, out, executors, placement, bugs);
        attempts = new Attempts(settings, out, executors, placement, stages, bugs);
        broadcastDrops = new BroadcastDrops(settings.relaunchMs(), out, executors, bugs);
        speculation = new Speculation(settings.scheduling().speculation(), out, stages, placement, bugs);
        reaper = new Reaper(settings.scheduling(), out);
        drains = new Drains(settings.relaunchMs(), out, executors, stages, bugs);
        allocation = new Allocation(settings.allocation(), bugs);
        unansweredReplacements = allocation.isDynamic() ? settings.allocation().initial() : 0;
        watchdog = new Watchdog(settings.scheduling().noProgressMs(), out, executors, stages, bugs);
    }

    @Override
    public void on(long nowMs, DriverEvent event, Effects<DriverEffect> effects) {
        if (lastEventMs != Long.MIN_VALUE) {
            awakeMs += bugs.contains(PlantedBug.OWN_PAUSE_TAKEN_FOR_SILENCE)
                    ? nowMs - lastEventMs
                    : Math.min(nowMs - lastEventMs, LONGEST_AWAKE_GAP_MS);
        }
        lastEventMs = nowMs;
        out.open(nowMs, effects);
        dispatch(event);
        boolean isTick = event instanceof DriverEvent.Tick;
        placement.place(nowMs, isTick, attempts::launch);
        if (isTick) {
            speculation.tick(attempts);
        }
        stages.inputHosts().tell(out);
        out.close();
    }

    /** Where jobs, stages, attempts and executors stand, in sentences; bounded. */
    public List<String> standing() {
        return Standing.of(stages, executors, out.nowMs());
    }

    private void dispatch(DriverEvent event) {
        if (event instanceof DriverEvent.FrameReceived e) {
            onFrame(e.frame());
        } else if (event instanceof DriverEvent.Tick) {
            onTick();
        } else if (event instanceof DriverEvent.JobSubmitted e) {
            onJobSubmitted(e.job());
        } else if (event instanceof DriverEvent.CancelJob e) {
            stages.cancel(e.jobId(), e.reason());
        } else if (event instanceof DriverEvent.CancelJobs e) {
            stages.cancel(e.which(), e.by());
        } else if (event instanceof DriverEvent.ResultFetched e) {
            stages.resultFetched(e);
        } else if (event instanceof DriverEvent.ResultLost e) {
            stages.resultLost(e);
        } else if (event instanceof DriverEvent.OutputPublished e) {
            stages.outputPublished(e.jobId());
        } else if (event instanceof DriverEvent.OutputFailed e) {
            stages.outputFailed(e.jobId(), e.why());
        } else if (event instanceof DriverEvent.ForgetShuffle e) {
            stages.forgetShuffle(e.shuffleId());
        } else if (event instanceof DriverEvent.GarbageCollected) {
            executors.fullDisks.garbageWasCollected();
        } else if (event instanceof DriverEvent.PersistSet e) {
            stages.cached().persist(e.setId(), e.level(), e.partitionCount());
        } else if (event instanceof DriverEvent.AskWhetherKept e) {
            out.add(new DriverEffect.CachedSetKept(e.waiter(), stages.cached().isComplete(e.setId())));
        } else if (event instanceof DriverEvent.UnpersistSet e) {
            stages.unpersist(e.setId(), e.waiter());
        } else if (event instanceof DriverEvent.DropBroadcast e) {
            broadcastDrops.drop(e);
        } else if (event instanceof DriverEvent.ConnectionClosed e) {
            onConnectionClosed(e);
        } else if (event instanceof DriverEvent.ExecutorRequested e) {
            onExecutorRequested(e);
        } else if (event instanceof DriverEvent.ExecutorExited e) {
            onExecutorExited(e);
        } else if (event instanceof DriverEvent.DrainRequested e) {
            onDrainRequested(e);
        } else if (event instanceof DriverEvent.CloseRequested) {
            onCloseRequested();
        }
    }

    // ---- jobs ---------------------------------------------------------------------------------------------------

    private void onJobSubmitted(JobGraph job) {
        if (isClosing) {
            String message = "job " + job.jobId() + " was refused: the context is closed";
            out.add(new DriverEffect.RefuseJob(job.jobId(), ErrorCode.CLOSED, message));
            return;
        }
        madeProgress();
        watchdog.moved(awakeMs);
        stages.submit(job);
    }

    private void onCloseRequested() {
        isClosing = true;
        owedReplacements.clear();
        stages.failAll(ErrorCode.CLOSED, job -> "the context was closed while the job ran", Optional.empty());
        stages.stopAll("the context was closed");
        for (ExecutorState executor : executors.registered()) {
            if (!bugs.contains(PlantedBug.SHUTDOWN_NOT_SENT)) {
                out.send(executor, new Frame.Shutdown("the application has ended"));
            }
        }
    }

    // ---- messages of executors ----------------------------------------------------------------------------------

    private void onFrame(Frame.ToDriver frame) {
        if (frame instanceof Frame.Register register) {
            onRegister(register);
            return;
        }
        Optional<ExecutorState> sender = bugs.contains(PlantedBug.INCARNATION_NOT_COMPARED)
                ? executors.registered(frame.executorId())
                : executors.registered(frame.executorId(), frame.incarnation());
        if (sender.isEmpty()) {
            if (bugs.contains(PlantedBug.ZOMBIE_NOT_REFUSED)) {
                return;
            }
            refuse(
                    frame,
                    executors.isFenced(frame.executorId(), frame.incarnation())
                            ? "it was declared lost; what it held has been given to others"
                            : "it has not registered");
            return;
        }
        ExecutorState executor = sender.get();
        executors.seen(executor, awakeMs);
        if (frame instanceof Frame.Heartbeat heartbeat) {
            executor.lastHeapBytes = heartbeat.heapUsedBytes();
            executor.lastResidentBytes = heartbeat.residentBytes();
            tellUsage(executor);
            watchdog.heartbeat(executor, heartbeat.processorMs(), awakeMs);
            out.send(executor, new Frame.HeartbeatReceived(heartbeat.sequence()));
            attempts.reconcile(executor, heartbeat.attempts());
            if (heartbeat.takenBackInMs() >= 0 && !executor.isTakenBack) {
                executor.isTakenBack = true;
                long withinMs = Math.min(heartbeat.takenBackInMs(), LONGEST_NOTICE_MS);
                out.add(new DriverEffect.AvoidMachine(executor.id, withinMs));
                onDrainRequested(new DriverEvent.DrainRequested(executor.id, DrainReason.SPOT_NOTICE, withinMs));
            }
        } else if (frame instanceof Frame.AttemptFinished finished) {
            if (attempts.finished(executor, finished)) {
                madeProgress();
                if (!bugs.contains(PlantedBug.MOVEMENT_NOT_SEEN)) {
                    watchdog.moved(awakeMs);
                }
            }
        } else if (frame instanceof Frame.AttemptFailed failed) {
            if (attempts.failed(executor, failed)) {
                watchdog.moved(awakeMs);
            }
        } else if (frame instanceof Frame.CachedBlocksChanged changed) {
            changed.changes().forEach(status -> stages.cachedBlockChanged(executor, status));
            out.send(executor, new Frame.CachedBlocksReceived(changed.sequence()));
        } else if (frame instanceof Frame.MapOutputCopied copied) {
            drains.copied(executor, copied);
        } else if (frame instanceof Frame.NeedStageProgram need) {
            attempts.programNeeded(executor, need.stageId());
        } else if (frame instanceof Frame.AttemptStuck stuck) {
            reaper.stuck(executor, stuck)
                    .filter(why -> !bugs.contains(PlantedBug.STUCK_EXECUTOR_NOT_REPLACED))
                    .ifPresent(why -> lose(executor, ExitReasons.stuck(why)));
        } else if (frame instanceof Frame.BroadcastDropped dropped) {
            broadcastDrops.dropped(executor, dropped.broadcastId());
        } else if (frame instanceof Frame.AttemptStack seen) {
            AttemptId id = seen.attempt();
            out.emit(new Event.TaskStack(
                    out.time(), id.stageId(), id.partition(), id.attempt(), executor.id, seen.stack()));
        }
    }

    /** So that executors that stand still have few events, and those that fill up a curve. */
    private void tellUsage(ExecutorState executor) {
        long changed = Math.max(
                Math.abs(executor.lastHeapBytes - executor.toldHeapBytes),
                Math.abs(executor.lastResidentBytes - executor.toldResidentBytes));
        boolean isKnown = executor.lastHeapBytes > 0 || executor.lastResidentBytes > 0;
        boolean isOld = awakeMs - executor.toldUsageAtMs >= USAGE_TOLD_EVERY_MS;
        if (isKnown && (isOld || changed > executor.memoryBytes / USAGE_STEPS)) {
            executor.toldHeapBytes = executor.lastHeapBytes;
            executor.toldResidentBytes = executor.lastResidentBytes;
            executor.toldUsageAtMs = awakeMs;
            out.emit(new Event.ExecutorUsage(
                    out.time(), executor.id, executor.lastHeapBytes, executor.lastResidentBytes));
        }
    }

    private void onRegister(Frame.Register e) {
        if (isClosing) {
            refuse(e, "the application has ended");
            return;
        }
        if (!e.address().executorId().equals(e.executorId())
                || e.address().incarnation() != e.incarnation()
                || e.cores() < 1) {
            refuse(e, "its registration contradicts itself: " + e);
            return;
        }
        if (executors.isFenced(e.executorId(), e.incarnation())
                && !bugs.contains(PlantedBug.FENCED_REGISTRATION_ACCEPTED)) {
            refuse(e, "it was declared lost; what it held has been given to others");
            return;
        }
        Optional<ExecutorState> present = executors.registered(e.executorId());
        if (present.isPresent() && present.get().incarnation > e.incarnation()) {
            refuse(e, "a later process has registered under its name");
            return;
        }
        boolean isAgain = present.isPresent()
                && present.get().incarnation == e.incarnation()
                && present.get().nonce.equals(e.nonce());
        if (!isAgain
                && !executors.isAwaited(e.executorId(), e.nonce())
                && !bugs.contains(PlantedBug.NONCE_NOT_COMPARED)) {
            refuse(
                    e,
                    "the driver does not wait for it: its launch was given up, or another process has taken its place");
            return;
        }
        if (present.isPresent() && !isAgain) {
            remove(present.get(), ExitReasons.superseded());
            present = Optional.empty();
        }
        if (present.isEmpty()) {
            ExecutorState executor = executors.register(e.address(), e.nonce(), e.cores(), e.memoryBytes(), awakeMs);
            placement.addExecutor(executor);
            stages.cached().executorCame();
            watchdog.moved(awakeMs);
            out.emit(new Event.ExecutorAdded(out.time(), e.executorId(), executor.host, e.cores(), e.memoryBytes()));
            out.emit(new Event.BlocksServed(
                    out.time(), e.executorId(), e.address().host(), e.address().port()));
        } else {
            executors.seen(present.get(), awakeMs);
        }
        out.add(new DriverEffect.Send(
                e.executorId(), e.incarnation(), new Frame.Registered(e.executorId(), e.incarnation())));
    }

    private void refuse(Frame.ToDriver frame, String reason) {
        out.add(new DriverEffect.Send(
                frame.executorId(),
                frame.incarnation(),
                new Frame.Refused(frame.executorId(), frame.incarnation(), reason)));
    }

    // ---- executors come and go ----------------------------------------------------------------------------------

    private void onExecutorRequested(DriverEvent.ExecutorRequested e) {
        unansweredReplacements = Math.max(0, unansweredReplacements - 1);
        executors.request(e.executorId(), e.nonce(), e.place(), awakeMs);
    }

    private void onDrainRequested(DriverEvent.DrainRequested e) {
        Optional<ExecutorState> leaving = executors.registered(e.executorId());
        if (leaving.isEmpty() || isClosing) {
            return;
        }
        ExecutorState executor = leaving.get();
        String why = e.reason().words;
        if (executor.isDraining()) {
            // Such as a spot notice of two minutes on a node that had an hour.
            if (awakeMs + e.withinMs() < executor.drain.deadlineMs) {
                executor.drain.deadlineMs = awakeMs + e.withinMs();
                out.emit(new Event.ExecutorDraining(out.time(), executor.id, why, e.withinMs()));
            }
            return;
        }
        drain(executor, e.reason(), e.withinMs(), why);
        // At once: what is on it needs a place to go. The last one is needed whatever was said.
        if (e.reason().isReplaced || executors.liveCount() == 0) {
            unansweredReplacements++;
            out.add(new DriverEffect.ReplaceExecutor(executor.id, why));
        }
    }

    private void drain(ExecutorState executor, DrainReason reason, long withinMs, String why) {
        executors.drain(executor, new Drain(reason, out.nowMs(), awakeMs + withinMs));
        placement.closeExecutor(executor);
        stages.cached().executorDrains(executor);
        out.emit(new Event.ExecutorDraining(out.time(), executor.id, why, withinMs));
    }

    private void tickAllocation() {
        if (!allocation.isDynamic() || isClosing) {
            return;
        }
        Allocation.Change change = allocation.tick(
                awakeMs,
                new Allocation.Standing(
                        placement.pools().waitingTasks(),
                        executors.staying(),
                        unansweredReplacements,
                        executors.requestedCount() + owedReplacements.size()),
                executor -> !stages.cached().heldBy(executor).isEmpty());
        if (change.asked() != 0) {
            unansweredReplacements += change.asked();
            out.emit(new Event.ExecutorsRequested(out.time(), change.asked(), change.why()));
            out.add(
                    change.asked() > 0
                            ? new DriverEffect.AddExecutors(change.asked())
                            : new DriverEffect.CancelExecutors(-change.asked()));
        }
        for (ExecutorState executor : change.leaving()) {
            drain(
                    executor,
                    DrainReason.SCALE_DOWN,
                    SCALE_DOWN_WITHIN_MS,
                    DrainReason.SCALE_DOWN.words + ": " + change.why());
        }
    }

    private void tickDrains() {
        for (ExecutorState executor : drains.tick()) {
            out.send(executor, new Frame.Shutdown(ExitReasons.happened(ExitReasons.drained(executor.drain))));
            lose(executor, ExitReasons.drained(executor.drain));
        }
        for (ExecutorState executor : executors.draining()) {
            if (awakeMs >= executor.drain.deadlineMs) {
                lose(
                        executor,
                        ExitReasons.notDrainedInTime(
                                executor.drain, executor.running.size(), drains.outputsOn(executor)));
            }
        }
    }

    private void onConnectionClosed(DriverEvent.ConnectionClosed e) {
        Optional<ExecutorState> executor = executors.registered(e.executorId(), e.incarnation());
        executor.ifPresent(gone -> lose(gone, ExitReasons.connectionEnded(e.why())));
    }

    /** The exit tells more than the connection that ended just before it. */
    private void onExecutorExited(DriverEvent.ExecutorExited e) {
        Optional<ExecutorState> executor = executors.registered(e.executorId());
        if (executor.isPresent()) {
            lose(executor.get(), e.reason());
        } else if (executors.abandonRequest(e.executorId(), e.reason()) && !isClosing) {
            out.emit(new Event.ExecutorRemoved(out.time(), e.executorId(), e.reason()));
            replace(e.executorId(), e.reason());
        } else if (!isClosing) {
            if (bugs.contains(PlantedBug.EXIT_REPLACED_AGAIN)) {
                replace(e.executorId(), e.reason());
            }
            executors
                    .losses
                    .explain(e.executorId(), e.reason())
                    .ifPresent(known -> out.emit(new Event.ExecutorLossExplained(out.time(), e.executorId(), known)));
        }
    }

    private void onTick() {
        watchdog.tick(awakeMs);
        stages.cached().onTick(settings.relaunchMs());
        broadcastDrops.repeat();
        executors.brokenLinks.expire(out.nowMs());
        tickDrains();
        tickAllocation();
        if (bugs.contains(PlantedBug.SILENCE_IGNORED)) {
            return;
        }
        for (ExecutorState executor : executors.silentSince(awakeMs - settings.warnSilenceMs())) {
            long silentMs = awakeMs - executor.lastSeenMs;
            if (silentMs >= settings.lostSilenceMs()) {
                lose(executor, ExitReasons.silent(silentMs, executor));
            } else if (!executor.isWarned) {
                executor.isWarned = true;
                out.emit(new Event.ExecutorSilent(out.time(), executor.id, silentMs));
            }
        }
        for (String executorId : executors.requestedBefore(awakeMs - settings.registrationTimeoutMs())) {
            ExitReason reason = ExitReasons.notRegistered(settings.registrationTimeoutMs());
            executors.abandonRequest(executorId, reason);
            out.emit(new Event.ExecutorRemoved(out.time(), executorId, reason));
            out.add(new DriverEffect.ReleaseExecutor(executorId, 0, ExitReasons.happened(reason)));
            replace(executorId, reason);
        }
    }

    private void lose(ExecutorState executor, ExitReason why) {
        ExitReason reason = remove(executor, why);
        out.add(new DriverEffect.ReleaseExecutor(executor.id, executor.incarnation, ExitReasons.happened(reason)));
        if (executor.isDraining()) {
            giveUpWithoutExecutors();
        } else {
            replace(executor.id, reason);
        }
    }

    private ExitReason remove(ExecutorState executor, ExitReason why) {
        ExitReason reason = ExitReasons.isDrained(why)
                ? why
                : ExitReasons.withMemory(why, executor.lastResidentBytes, executor.lastHeapBytes);
        executors.lose(executor, reason);
        placement.removeExecutor(executor);
        broadcastDrops.executorLost(executor);
        drains.executorLost(executor);
        if (isClosing) {
            // It ends because it was told to, and no job is left that could miss it.
            return reason;
        }
        out.emit(new Event.ExecutorRemoved(out.time(), executor.id, reason));
        stages.dropCachedBlocksOf(executor);
        stages.dropOutputsOf(executor, "executor " + executor.id + " was lost: " + ExitReasons.happened(reason));
        attempts.executorLost(executor, reason);
        return reason;
    }

    /** Bounded: executors that die one after the other while nothing gets done would be replaced for ever. */
    private void replace(String executorId, ExitReason reason) {
        if (isClosing || bugs.contains(PlantedBug.EXECUTOR_NOT_REPLACED)) {
            return;
        }
        if (++futileLosses <= settings.maxFutileExecutorLosses()) {
            unansweredReplacements++;
            out.add(new DriverEffect.ReplaceExecutor(executorId, ExitReasons.happened(reason)));
            return;
        }
        owedReplacements.add(executorId);
        giveUpWithoutExecutors();
    }

    /** The last one may go by its own will, after those that were not replaced. */
    private void giveUpWithoutExecutors() {
        if (owedReplacements.isEmpty() || !executors.isEmpty() || unansweredReplacements > 0) {
            return;
        }
        String lost = "no executor stays alive: " + futileLosses + " were lost in a row without one task finishing";
        String why = ". " + executors.losses.describe();
        stages.failAll(
                ErrorCode.EXECUTORS_LOST,
                job -> lost + FailurePolicy.describeDeadly(stages.deadlyTasksOf(job)) + why,
                executors.losses.last());
    }

    private void madeProgress() {
        futileLosses = 0;
        for (String executorId : owedReplacements) {
            unansweredReplacements++;
            out.add(new DriverEffect.ReplaceExecutor(executorId, "tasks finish again"));
        }
        owedReplacements.clear();
    }

    // ---- what tests and the simulation may ask ------------------------------------------------------------------

    /**
     * One slot in use, as the driver believes.
     *
     * @param tasks what is computed in it, the one that gave the attempt its name first
     */
    public record BelievedAttempt(String executorId, long incarnation, AttemptId attempt, List<AttemptId> tasks) {}

    /** All attempts believed to hold a slot, in the order of their executors. */
    public List<BelievedAttempt> believedAttempts() {
        List<BelievedAttempt> believed = new ArrayList<>();
        for (ExecutorState executor : executors.registered()) {
            for (RunningAttempt attempt : executor.running.all()) {
                believed.add(new BelievedAttempt(executor.id, executor.incarnation, attempt.id, attempt.tasks));
            }
        }
        return believed;
    }

    /** A task that waits to run alone, and for how long others have kept it from a free slot. */
    public record WaitingSuspect(int stageId, int partition, long crowdedSinceMs) {}

    /** Of stages that may run now, the suspect that was kept waiting for longest. */
    public Optional<WaitingSuspect> longestWaitingSuspect() {
        return placement
                .pools()
                .longestCrowdedOut()
                .map(suspect ->
                        new WaitingSuspect(suspect.stage().id(), suspect.partition(), suspect.crowdedSinceMs()));
    }

    /** Whether executors hold all partitions of this persisted set. */
    public boolean isKept(int setId) {
        return stages.cached().isComplete(setId);
    }

    /** Whether this very process is registered. */
    public boolean isRegistered(String executorId, long incarnation) {
        return executors.registered(executorId, incarnation).isPresent();
    }

    /** Whether an executor of this name is registered and was told to leave. */
    public boolean isLeaving(String executorId) {
        return executors
                .registered(executorId)
                .filter(ExecutorState::isDraining)
                .isPresent();
    }

    /** Whether this very output is registered as lying with this process. */
    public boolean holdsMapOutput(int shuffleId, AttemptId attempt, String executorId, long incarnation) {
        return executors
                .registered(executorId, incarnation)
                .filter(executor -> stages.isRegistered(shuffleId, attempt, executor))
                .isPresent();
    }

    /** The cached blocks that this very process is believed to hold, also those that it was told to drop. */
    public TreeSet<CachedBlockId> cachedBlocksOf(String executorId, long incarnation) {
        TreeSet<CachedBlockId> blocks = new TreeSet<>();
        executors
                .registered(executorId, incarnation)
                .ifPresent(executor -> stages.cached().heldBy(executor).forEach(status -> blocks.add(status.block())));
        return blocks;
    }

    /** Whether tasks are sent there for the block. */
    public boolean isCached(CachedBlockId block, String executorId, long incarnation) {
        return executors
                .registered(executorId, incarnation)
                .filter(executor -> stages.cached().isBelieved(block, executor))
                .isPresent();
    }

    /** Whether executors were told to drop cached blocks and have not said yet that they are gone. */
    public boolean waitsForDrops() {
        return stages.cached().waitsForDrops();
    }

    /** Whether this very output is registered, wherever it lies. */
    public boolean holdsMapOutput(int shuffleId, AttemptId attempt) {
        MapOutputs.Shuffle shuffle = stages.mapOutputs().find(shuffleId);
        return shuffle != null && shuffle.isHeld(attempt);
    }

    /** Whether this very output is registered as lying with an executor of this name. */
    public boolean holdsMapOutput(int shuffleId, AttemptId attempt, String executorId) {
        MapOutputs.Shuffle shuffle = stages.mapOutputs().find(shuffleId);
        return shuffle != null
                && shuffle.isHeld(attempt)
                && executors.byIndex(shuffle.executorOf(attempt.partition())).id.equals(executorId);
    }

    /** A map output and where the driver believes it to lie. */
    public record BelievedOutput(int shuffleId, AttemptId attempt, String executorId, long incarnation) {}

    /** All map outputs. */
    public List<BelievedOutput> believedOutputs() {
        List<BelievedOutput> believed = new ArrayList<>();
        for (MapOutputs.Shuffle shuffle : stages.mapOutputs().all()) {
            for (ExecutorState executor : executors.registered()) {
                for (int map : shuffle.heldBy(executor.index)) {
                    AttemptId attempt = new AttemptId(shuffle.mapStageId, map, shuffle.attemptOf(map));
                    believed.add(new BelievedOutput(shuffle.shuffleId, attempt, executor.id, executor.incarnation));
                }
            }
        }
        return believed;
    }

    /** Whether executors were lost in a row without progress so often that some are not replaced. */
    public boolean hasGivenUpExecutors() {
        return !owedReplacements.isEmpty();
    }

    /** Whether there are more executors than stay when there is nothing to do; never where their number is fixed. */
    public boolean hasSurplus() {
        return allocation.isDynamic()
                && (executors.liveCount() > settings.allocation().fewest()
                        || !executors.draining().isEmpty());
    }

    long nowMs() {
        return out.nowMs();
    }

    boolean isClosing() {
        return isClosing;
    }

    /** Whether no job is unfinished. */
    public boolean isIdle() {
        return stages.jobs().unfinished().isEmpty();
    }
}
