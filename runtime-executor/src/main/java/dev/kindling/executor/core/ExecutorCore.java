package dev.kindling.executor.core;

import dev.kindling.loop.Core;
import dev.kindling.loop.Effects;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.Secret;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything an executor decides: when it registers, what runs in its slots, what it tells the driver and how often,
 * and when it has to end.
 *
 * <p>An attempt is <em>waiting</em> for its stage's program, <em>queued</em> for a slot, <em>running</em>, or
 * <em>ended</em>: its outcome is sent again and again until the driver has acknowledged it. Attempts of a task only
 * ever get higher numbers, so the highest number seen of each task tells a doubled or late launch from a new one, in
 * one int a task, until the stage is forgotten.
 *
 * <p>Owned by the executor's loop. Time is counted while the process is awake: after a pause it first listens to what
 * the driver has sent meanwhile.
 */
public final class ExecutorCore implements Core<ExecutorEvent, ExecutorEffect> {
    /** A regular end. */
    public static final int EXIT_OK = 0;
    /** The driver refused this process, or has not been heard of. */
    public static final int EXIT_WITHOUT_DRIVER = 4;

    /** A longer gap between two events means that the process stood still. */
    private static final long LONGEST_AWAKE_GAP_MS = 1_000;

    private static final long STAYS = Long.MAX_VALUE;

    private enum Phase {
        STARTING,
        REGISTERING,
        REGISTERED,
        ENDED
    }

    private final ExecutorSettings settings;
    private final Set<PlantedBug> bugs;

    private Phase phase = Phase.STARTING;
    private ExecutorAddress address;
    private Secret nonce;
    private int cores;
    private long memoryBytes;
    private long processId;

    private long lastEventMs = Long.MIN_VALUE;
    private long awakeMs;
    private long lastDriverSignMs;
    private long nextRegisterMs;
    private long nextHeartbeatMs;
    private long nextRepeatMs;
    private long heartbeatSequence;
    /** By the clock, not by the time that this process is awake. */
    private long takenBackAtMs = STAYS;

    private Effects<ExecutorEffect> out;

    private final TreeMap<Integer, TreeMap<Integer, Integer>> highestSeen = new TreeMap<>();
    private final TreeSet<Integer> programs = new TreeSet<>();
    private final TreeMap<Integer, List<TaskGroup>> waitingForProgram = new TreeMap<>();
    private final ArrayDeque<TaskGroup> queued = new ArrayDeque<>();
    private final TreeMap<AttemptId, Running> running = new TreeMap<>();
    private final TreeMap<AttemptId, Frame.ToDriver> unacknowledged = new TreeMap<>();

    /** Outputs of others that are on their way here. */
    private final TreeSet<AttemptId> copying = new TreeSet<>();
    /** How that ended, until the driver has acknowledged it. */
    private final TreeMap<AttemptId, Frame.MapOutputCopied> copied = new TreeMap<>();

    private final CacheReports cacheReports = new CacheReports();

    private static final class Running {
        boolean isCancelled;
        boolean isStackWanted;
        boolean isInterrupted;
        long interruptedMs;
        long nextStuckReportMs;
    }

    public ExecutorCore(ExecutorSettings settings) {
        this(settings, PlantedBug.NONE);
    }

    ExecutorCore(ExecutorSettings settings, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.bugs = bugs;
    }

    @Override
    public void on(long nowMs, ExecutorEvent event, Effects<ExecutorEffect> effects) {
        if (lastEventMs != Long.MIN_VALUE) {
            awakeMs += Math.min(nowMs - lastEventMs, LONGEST_AWAKE_GAP_MS);
        }
        lastEventMs = nowMs;
        if (phase == Phase.ENDED) {
            return;
        }
        out = effects;
        if (event instanceof ExecutorEvent.FrameReceived e) {
            onFrame(e.frame());
        } else if (event instanceof ExecutorEvent.Tick e) {
            onTick(e);
        } else if (event instanceof ExecutorEvent.AttemptSucceeded e) {
            ended(e.attempt(), new Frame.AttemptFinished(id(), incarnation(), e.attempt(), e.done()));
        } else if (event instanceof ExecutorEvent.AttemptFailed e) {
            ended(
                    e.attempt(),
                    new Frame.AttemptFailed(
                            id(), incarnation(), e.attempt(), e.done(), e.failed(), e.failure(), e.metrics()));
        } else if (event instanceof ExecutorEvent.AttemptSeen e) {
            onAttemptSeen(e);
        } else if (event instanceof ExecutorEvent.CachedBlockChanged e) {
            if (e.status().isHeld() || !bugs.contains(PlantedBug.CACHE_LOSS_NOT_TOLD)) {
                cacheReports.add(e.status());
            }
        } else if (event instanceof ExecutorEvent.Started e) {
            onStarted(e);
        } else if (event instanceof ExecutorEvent.MapOutputCopied e) {
            copying.remove(e.attempt());
            Frame.MapOutputCopied answer =
                    new Frame.MapOutputCopied(id(), incarnation(), e.shuffleId(), e.attempt(), e.isHeld());
            copied.put(e.attempt(), answer);
            out.add(new ExecutorEffect.Send(answer));
        } else if (event instanceof ExecutorEvent.BroadcastDropped e) {
            out.add(new ExecutorEffect.Send(new Frame.BroadcastDropped(id(), incarnation(), e.broadcastId())));
        } else if (event instanceof ExecutorEvent.MachineTakenBack e) {
            takenBackAtMs = nowMs + e.withinMs();
            nextHeartbeatMs = awakeMs;
        } else if (event instanceof ExecutorEvent.DriverGone e) {
            exit(EXIT_WITHOUT_DRIVER, "the driver's connection ended: " + e.why());
        }
    }

    private String id() {
        return address.executorId();
    }

    private long incarnation() {
        return address.incarnation();
    }

    // ---- membership ---------------------------------------------------------------------------------------------

    private void onStarted(ExecutorEvent.Started e) {
        address = e.address();
        nonce = e.nonce();
        cores = e.cores();
        memoryBytes = e.memoryBytes();
        processId = e.processId();
        phase = Phase.REGISTERING;
        lastDriverSignMs = awakeMs;
        register();
    }

    private void register() {
        nextRegisterMs = awakeMs + settings.registerMs();
        out.add(new ExecutorEffect.Send(
                new Frame.Register(id(), incarnation(), nonce, address, cores, memoryBytes, processId)));
    }

    private void onTick(ExecutorEvent.Tick e) {
        if (phase == Phase.STARTING) {
            return;
        }
        long silentMs = awakeMs - lastDriverSignMs;
        if (silentMs >= settings.driverSilenceMs() && !bugs.contains(PlantedBug.DRIVER_SILENCE_IGNORED)) {
            exit(EXIT_WITHOUT_DRIVER, "no sign of the driver for " + silentMs + " ms");
            return;
        }
        if (phase == Phase.REGISTERING
                && awakeMs >= nextRegisterMs
                && !bugs.contains(PlantedBug.REGISTRATION_NOT_REPEATED)) {
            register();
        }
        boolean isSilent = heartbeatSequence > 0 && bugs.contains(PlantedBug.HEARTBEAT_NOT_REPEATED);
        if (phase == Phase.REGISTERED && awakeMs >= nextHeartbeatMs && !isSilent) {
            heartbeat(e);
        }
        if (awakeMs >= nextRepeatMs) {
            repeat();
        } else {
            reportNewCachedBlocks();
        }
        lookForStuckAttempts();
    }

    private void heartbeat(ExecutorEvent.Tick e) {
        nextHeartbeatMs = awakeMs + settings.heartbeatMs();
        out.add(new ExecutorEffect.Send(new Frame.Heartbeat(
                id(),
                incarnation(),
                heartbeatSequence++,
                bugs.contains(PlantedBug.ENDED_ATTEMPTS_NOT_NAMED) ? List.copyOf(running.keySet()) : attempts(),
                e.heapUsedBytes(),
                e.residentBytes(),
                e.processorMs(),
                takenBackAtMs == STAYS ? Frame.Heartbeat.STAYS : Math.max(0, takenBackAtMs - lastEventMs))));
    }

    /** All attempts it knows and the driver does not know to have ended, in order. */
    public List<AttemptId> attempts() {
        if (unacknowledged.isEmpty() && queued.isEmpty() && waitingForProgram.isEmpty()) {
            return List.copyOf(running.keySet());
        }
        TreeSet<AttemptId> attempts = new TreeSet<>(running.keySet());
        attempts.addAll(unacknowledged.keySet());
        queued.forEach(group -> attempts.add(group.attempt()));
        waitingForProgram.values().forEach(groups -> groups.forEach(group -> attempts.add(group.attempt())));
        return new ArrayList<>(attempts);
    }

    /** Whether it has decided to end. */
    public boolean isEnded() {
        return phase == Phase.ENDED;
    }

    private void reportNewCachedBlocks() {
        if (cacheReports.hasUnsent()) {
            reportCachedBlocks();
        }
    }

    private void reportCachedBlocks() {
        for (CacheReports.Part part : cacheReports.unacknowledged()) {
            out.add(new ExecutorEffect.Send(
                    new Frame.CachedBlocksChanged(id(), incarnation(), part.sequence(), part.changes())));
            if (bugs.contains(PlantedBug.CACHE_CHANGES_NOT_REPEATED)) {
                cacheReports.acknowledged(part.sequence());
            }
        }
    }

    private void repeat() {
        nextRepeatMs = awakeMs + settings.repeatMs();
        reportCachedBlocks();
        if (!bugs.contains(PlantedBug.OUTCOME_NOT_REPEATED)) {
            unacknowledged.values().forEach(frame -> out.add(new ExecutorEffect.Send(frame)));
            copied.values().forEach(frame -> out.add(new ExecutorEffect.Send(frame)));
        }
        if (!bugs.contains(PlantedBug.PROGRAM_ASKED_ONCE)) {
            waitingForProgram.keySet().forEach(this::askForProgram);
        }
    }

    /** Where such an attempt is only its thread can say; the answer goes to the driver, which decides. */
    private void lookForStuckAttempts() {
        running.forEach((attempt, state) -> {
            if (state.isInterrupted && awakeMs >= state.nextStuckReportMs) {
                state.nextStuckReportMs = awakeMs + settings.repeatMs();
                out.add(new ExecutorEffect.LookAtAttempt(attempt));
            }
        });
    }

    private void onAttemptSeen(ExecutorEvent.AttemptSeen e) {
        Running state = running.get(e.attempt());
        if (state != null && state.isStackWanted) {
            state.isStackWanted = false;
            out.add(new ExecutorEffect.Send(new Frame.AttemptStack(id(), incarnation(), e.attempt(), e.stack())));
        }
        if (state != null && state.isInterrupted && !bugs.contains(PlantedBug.STUCK_NOT_REPORTED)) {
            out.add(new ExecutorEffect.Send(new Frame.AttemptStuck(
                    id(), incarnation(), e.attempt(), awakeMs - state.interruptedMs, e.stack())));
        }
    }

    private void exit(int code, String reason) {
        phase = Phase.ENDED;
        out.add(new ExecutorEffect.Exit(code, reason));
    }

    // ---- messages of the driver ---------------------------------------------------------------------------------

    private void onFrame(Frame.ToExecutor frame) {
        lastDriverSignMs = awakeMs;
        if (frame instanceof Frame.LaunchTasks e) {
            e.groups().forEach(this::onLaunch);
        } else if (frame instanceof Frame.OutcomeReceived e) {
            unacknowledged.remove(e.attempt());
        } else if (frame instanceof Frame.StageProgram e) {
            onProgram(e);
        } else if (frame instanceof Frame.CancelAttempt e) {
            onCancel(e);
        } else if (frame instanceof Frame.Registered e) {
            if (phase == Phase.REGISTERING && isMeant(e.executorId(), e.incarnation())) {
                phase = Phase.REGISTERED;
                nextHeartbeatMs = awakeMs;
            }
        } else if (frame instanceof Frame.Refused e) {
            if (isMeant(e.executorId(), e.incarnation()) && !bugs.contains(PlantedBug.REFUSAL_IGNORED)) {
                exit(EXIT_WITHOUT_DRIVER, "the driver refused this executor: " + e.reason());
            }
        } else if (frame instanceof Frame.ForgetStage e) {
            onForgetStage(e.stageId());
        } else if (frame instanceof Frame.DropShuffle e) {
            out.add(new ExecutorEffect.DropShuffle(e.shuffleId()));
        } else if (frame instanceof Frame.DropMapOutput e) {
            copied.remove(e.attempt());
            out.add(new ExecutorEffect.DropMapOutput(e.shuffleId(), e.attempt()));
        } else if (frame instanceof Frame.DropResult e) {
            out.add(new ExecutorEffect.DropResult(e.attempt()));
        } else if (frame instanceof Frame.CachedBlocksReceived e) {
            cacheReports.acknowledged(e.sequence());
        } else if (frame instanceof Frame.DropCachedSet e) {
            out.add(new ExecutorEffect.DropCachedSet(e.setId(), e.epoch()));
        } else if (frame instanceof Frame.CopyMapOutput e) {
            onCopy(e);
        } else if (frame instanceof Frame.MapOutputCopyReceived e) {
            copied.remove(e.attempt());
        } else if (frame instanceof Frame.CopyCachedBlock e) {
            out.add(new ExecutorEffect.CopyCachedBlock(e.block(), e.level(), e.from()));
        } else if (frame instanceof Frame.DropCachedBlock e) {
            out.add(new ExecutorEffect.DropCachedBlock(e.block()));
        } else if (frame instanceof Frame.DropBroadcast e) {
            out.add(new ExecutorEffect.DropBroadcast(e.broadcastId()));
        } else if (frame instanceof Frame.ShowStacks) {
            running.forEach((attempt, state) -> {
                state.isStackWanted = true;
                out.add(new ExecutorEffect.LookAtAttempt(attempt));
            });
        } else if (frame instanceof Frame.Shutdown e) {
            exit(EXIT_OK, e.reason());
        }
    }

    private boolean isMeant(String executorId, long incarnation) {
        return id().equals(executorId) && incarnation() == incarnation;
    }

    /** Repeated by the driver until it has heard an answer, which may be on its way. */
    private void onCopy(Frame.CopyMapOutput e) {
        if (!copied.containsKey(e.attempt()) && copying.add(e.attempt())) {
            out.add(new ExecutorEffect.CopyMapOutput(e.shuffleId(), e.attempt(), e.from()));
        }
    }

    // ---- attempts -----------------------------------------------------------------------------------------------

    private void onLaunch(TaskGroup group) {
        if (!isNew(group.attempt()) && !bugs.contains(PlantedBug.SECOND_LAUNCH_RUN)) {
            return;
        }
        remember(group.attempt());
        int stageId = group.attempt().stageId();
        boolean isAnyProgram = bugs.contains(PlantedBug.RUN_WITHOUT_PROGRAM) && !programs.isEmpty();
        if (programs.contains(stageId) || isAnyProgram) {
            queue(group);
            return;
        }
        List<TaskGroup> waiting = waitingForProgram.get(stageId);
        if (waiting == null) {
            waiting = new ArrayList<>();
            waitingForProgram.put(stageId, waiting);
            askForProgram(stageId);
        }
        waiting.add(group);
    }

    private boolean isNew(AttemptId attempt) {
        TreeMap<Integer, Integer> seen = highestSeen.get(attempt.stageId());
        Integer highest = seen == null ? null : seen.get(attempt.partition());
        return highest == null || highest < attempt.attempt();
    }

    private void remember(AttemptId attempt) {
        highestSeen
                .computeIfAbsent(attempt.stageId(), stage -> new TreeMap<>())
                .merge(attempt.partition(), attempt.attempt(), Math::max);
    }

    /** Its launch is new when it comes again; those of earlier attempts are not. */
    private void unlearn(AttemptId attempt) {
        highestSeen.get(attempt.stageId()).replace(attempt.partition(), attempt.attempt(), attempt.attempt() - 1);
    }

    private void askForProgram(int stageId) {
        out.add(new ExecutorEffect.Send(new Frame.NeedStageProgram(id(), incarnation(), stageId)));
    }

    private void onProgram(Frame.StageProgram e) {
        if (programs.add(e.stageId())) {
            out.add(new ExecutorEffect.KeepProgram(e.stageId(), e.body()));
        }
        List<TaskGroup> waiting = waitingForProgram.remove(e.stageId());
        if (waiting != null) {
            waiting.forEach(this::queue);
        }
    }

    private void queue(TaskGroup group) {
        if (queued.size() >= settings.maxQueuedAttempts()) {
            notRun(
                    group.attempt(),
                    new TaskFailure.NotAccepted(
                            "executor " + id() + " has " + queued.size() + " attempts in line already"));
            return;
        }
        queued.add(group);
        startQueued();
    }

    private void startQueued() {
        while (running.size() < cores && !queued.isEmpty()) {
            TaskGroup group = queued.remove();
            running.put(group.attempt(), new Running());
            out.add(new ExecutorEffect.StartAttempt(group));
        }
    }

    private void ended(AttemptId attempt, Frame.ToDriver outcome) {
        if (running.remove(attempt) == null) {
            return;
        }
        reportNewCachedBlocks();
        report(attempt, outcome);
        startQueued();
    }

    private void notRun(AttemptId attempt, TaskFailure failure) {
        report(
                attempt,
                new Frame.AttemptFailed(id(), incarnation(), attempt, List.of(), attempt, failure, TaskMetrics.NONE));
    }

    private void report(AttemptId attempt, Frame.ToDriver outcome) {
        unacknowledged.put(attempt, outcome);
        out.add(new ExecutorEffect.Send(outcome));
    }

    /** May come before its launch, which is then never run, and after its end, which is then known to be on its way. */
    private void onCancel(Frame.CancelAttempt e) {
        AttemptId attempt = e.attempt();
        Running present = running.get(attempt);
        if (present != null) {
            if (!bugs.contains(PlantedBug.CANCELLATION_IGNORED)) {
                cancel(attempt, present, e);
            }
            return;
        }
        boolean isEarly = isNew(attempt);
        if (isEarly && bugs.contains(PlantedBug.EARLY_CANCELLATION_FORGOTTEN)) {
            return;
        }
        remember(attempt);
        if (isEarly || removeWaiting(attempt)) {
            notRun(attempt, new TaskFailure.Cancelled(e.reason()));
        }
    }

    /** One that was only asked may be interrupted later; once interrupted, it is left to end. */
    private void cancel(AttemptId attempt, Running state, Frame.CancelAttempt e) {
        if (state.isInterrupted || state.isCancelled && !e.isInterrupting()) {
            return;
        }
        state.isCancelled = true;
        if (e.isInterrupting()) {
            state.isInterrupted = true;
            state.interruptedMs = awakeMs;
            state.nextStuckReportMs = awakeMs + settings.repeatMs();
        }
        out.add(new ExecutorEffect.CancelAttempt(attempt, e.reason(), e.isInterrupting()));
    }

    private boolean removeWaiting(AttemptId attempt) {
        if (queued.removeIf(group -> group.attempt().equals(attempt))) {
            return true;
        }
        List<TaskGroup> waiting = waitingForProgram.get(attempt.stageId());
        boolean isRemoved =
                waiting != null && waiting.removeIf(group -> group.attempt().equals(attempt));
        if (isRemoved && waiting.isEmpty()) {
            waitingForProgram.remove(attempt.stageId());
        }
        return isRemoved;
    }

    /**
     * Attempts of the stage that have not started are dropped; the driver sees that they are not named any more. When
     * the order was meant for the time before they were launched, they are launched again.
     */
    private void onForgetStage(int stageId) {
        List<TaskGroup> waiting = waitingForProgram.remove(stageId);
        if (waiting != null) {
            waiting.forEach(group -> unlearn(group.attempt()));
        }
        queued.removeIf(group -> {
            boolean isOfStage = group.attempt().stageId() == stageId;
            if (isOfStage) {
                unlearn(group.attempt());
            }
            return isOfStage;
        });
        if (programs.remove(stageId)) {
            out.add(new ExecutorEffect.ForgetProgram(stageId));
        }
        // What still runs, or has ended unknown to the driver, must be known again when its cancellation comes late.
        boolean isKnown = hasOfStage(running.keySet(), stageId) || hasOfStage(unacknowledged.keySet(), stageId);
        if (!isKnown || bugs.contains(PlantedBug.OUTCOMES_FORGOTTEN_WITH_STAGE)) {
            highestSeen.remove(stageId);
        }
    }

    private static boolean hasOfStage(Set<AttemptId> attempts, int stageId) {
        for (AttemptId attempt : attempts) {
            if (attempt.stageId() == stageId) {
                return true;
            }
        }
        return false;
    }
}
