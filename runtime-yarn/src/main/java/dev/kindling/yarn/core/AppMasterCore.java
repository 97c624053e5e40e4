package dev.kindling.yarn.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.loop.Core;
import dev.kindling.loop.Effects;
import dev.kindling.util.Durations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What decides about an application's containers. The driver says how many executors it wants; the rest follows:
 * <em>asked</em> = <em>wanted</em> - <em>held</em>, always, where held are containers in which an executor starts or
 * runs and is to stay. A container that comes when none is wanted, or on a node that is not, goes back.
 *
 * <p>A container is <em>starting</em> until its executor has registered with the driver, then <em>running</em>; it is
 * <em>ending</em> from when it is given back until the ResourceManager says that it is gone. One that ends while it
 * starts or runs is told to the driver, once, and is wanted no more: the driver asks for another one, or does not, and
 * ends jobs for whose executors there is no hope.
 *
 * <p>One that runs where it cannot stay, for its node is being decommissioned or its container will be preempted, is
 * <em>leaving</em>: the driver is told once, asks for another one, moves what it holds and gives it up. Its end is
 * expected then, however it comes. One that only starts there is given back at once, since it holds nothing.
 *
 * <p>A driver whose container ends leaves containers behind, in which executors wait. The master that comes after it takes
 * over as many as it wants, before it asks for others.
 *
 * <p>While it is known where what is to be read lies, containers are asked for there, on each host its share. Who is
 * asked may give them elsewhere, and waits before it does: the longer, the more are asked for. So after a while without
 * one, they are asked for anywhere.
 *
 * <p>Where the settings name a base, the first so many executors have containers on nodes that last, and those above are
 * elastic: each kind is asked for on its own, and a container of one kind never stands for the other.
 *
 * <p>Executors that fail are counted for an hour or so: a node with several of them is excluded, and when the application
 * has too many, none is replaced until they are old; when none is left either, the driver is told why.
 *
 * <p>Each event costs the logarithm of the number of containers, a tick the number of those that start; while some are
 * asked for near the input, also the number of executors and of hosts that are named. Owned by
 * {@code am-loop}.
 */
public final class AppMasterCore implements Core<AppMasterEvent, AppMasterEffect> {
    /** The ResourceManager answers the heartbeat after a request: this is what a launch waits for. */
    static final long EAGER_HEARTBEAT_MS = 50;

    /** After so long without a container the cluster is full, and being eager would be a burden to it. */
    static final long EAGER_FOR_MS = 10_000;

    static final long PATIENT_HEARTBEAT_MS = 1_000;

    /** A node says within a heartbeat how a process ended; one that is gone says nothing. */
    static final long STOP_WITHIN_MS = 3_000;

    /** Without a container for so long, a bad node is better than none. */
    static final long STARVED_AFTER_MS = 30_000;

    private static final int UNKNOWN = -1;

    /** Ended executors for which another one may still be wanted. */
    private static final int MAX_REPLACEABLE = 10_000;

    private final AppMasterSettings settings;
    private final Set<PlantedBug> bugs;
    private final ContainerEnds ends;
    private final Nodes nodes;
    private final Failures failures;
    private final InputPlaces input = new InputPlaces();

    private final TreeMap<String, Held> containers = new TreeMap<>();
    /** Of containers that start or run. */
    private final TreeMap<String, Held> executors = new TreeMap<>();

    /** Whose nodes were told to end them, and that were not given back yet; the first one first. */
    private final ArrayDeque<Held> stopping = new ArrayDeque<>();

    private final LinkedHashSet<String> replaceable = new LinkedHashSet<>();
    /** Of {@code executors}, those that do not count as wanted any more. */
    private int leavingCount;
    /** Of the others, those that are not of the base. */
    private int elasticCount;

    private int wanted;
    private int asked;
    private int askedElastic;
    private int lastExecutor;
    private SortedMap<String, Integer> askedNear = Collections.emptySortedMap();
    private long askedSinceMs;
    /** Until when the first job may say where its input lies before the first executors are asked for. */
    private long inputAwaitedUntilMs;

    private long heartbeatMs = EAGER_HEARTBEAT_MS;
    private boolean isClosing;
    private ExitReason lastFailure;

    // Of the event that is being handled.
    private long nowMs;
    private Effects<AppMasterEffect> out;

    /** A container that is ours. */
    private static final class Held {
        final String containerId;
        final String node;
        final String executorId;
        final boolean isElastic;
        final long sinceMs;
        boolean hasRegistered;
        /** The driver was told, or has told us, that it will go. */
        boolean isLeaving;
        /** Of its node or of a preemption: after that it goes with what is left. */
        long leavesAtMs = Long.MAX_VALUE;
        /** The ResourceManager wanted it and was given another one: until then that is an answer to what it repeats. */
        long exchangedUntilMs;

        boolean isEnding;
        long endingSinceMs;
        /** Whether the driver has heard of its end from here. */
        boolean isTold;

        Held(String containerId, String node, String executorId, boolean isElastic, long sinceMs) {
            this.containerId = containerId;
            this.node = node;
            this.executorId = executorId;
            this.isElastic = isElastic;
            this.sinceMs = sinceMs;
        }
    }

    public AppMasterCore(AppMasterSettings settings) {
        this(settings, EnumSet.noneOf(PlantedBug.class));
    }

    AppMasterCore(AppMasterSettings settings, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.bugs = bugs;
        this.ends = new ContainerEnds(settings);
        this.nodes = new Nodes(settings);
        this.failures = new Failures(settings.failureValidityMs(), settings.maxFailures() + 1);
    }

    @Override
    public void on(long now, AppMasterEvent event, Effects<AppMasterEffect> effects) {
        nowMs = now;
        out = effects;
        if (event instanceof AppMasterEvent.Registered e) {
            wanted += e.executors();
            inputAwaitedUntilMs = nowMs + settings.inputWaitMs();
            e.kept().forEach(this::onContainerKept);
        } else if (event instanceof AppMasterEvent.MoreWanted e) {
            wanted += isClosing ? 0 : e.executors();
        } else if (event instanceof AppMasterEvent.FewerWanted e) {
            onFewerWanted(e.executors());
        } else if (event instanceof AppMasterEvent.ExecutorRegistered e) {
            onExecutorRegistered(e);
        } else if (event instanceof AppMasterEvent.ExecutorReleased e) {
            onExecutorReleased(e);
        } else if (event instanceof AppMasterEvent.ReplacementWanted e) {
            onReplacementWanted(e);
        } else if (event instanceof AppMasterEvent.MachineTakenBack e) {
            onMachineTakenBack(e);
        } else if (event instanceof AppMasterEvent.InputLies e) {
            input.lies(e.taskCounts());
            inputAwaitedUntilMs = nowMs;
        } else if (event instanceof AppMasterEvent.Closing) {
            onClosing();
        } else if (event instanceof AppMasterEvent.ContainerAllocated e) {
            onContainerAllocated(e);
        } else if (event instanceof AppMasterEvent.ContainerKept e) {
            onContainerKept(e);
        } else if (event instanceof AppMasterEvent.ContainerCompleted e) {
            onContainerCompleted(e);
        } else if (event instanceof AppMasterEvent.ContainerNotStarted e) {
            onContainerNotStarted(e);
        } else if (event instanceof AppMasterEvent.NodeChanged e) {
            nodes.changed(e.node(), e.isUsable(), nowMs, out);
        } else if (event instanceof AppMasterEvent.NodeDecommissioning e) {
            onNodeDecommissioning(e);
        } else if (event instanceof AppMasterEvent.PreemptionAnnounced e) {
            onPreemptionAnnounced(e);
        } else if (event instanceof AppMasterEvent.NodesCounted e) {
            nodes.counted(e.nodes());
        } else if (event instanceof AppMasterEvent.Tick) {
            onTick();
        }
        ask();
    }

    // ---- the driver -----------------------------------------------------------------------------------------------

    private void onExecutorRegistered(AppMasterEvent.ExecutorRegistered e) {
        Held held = executors.get(e.executorId());
        if (held != null) {
            held.hasRegistered = true;
        }
    }

    /**
     * It knows that the executor is gone, so it is not told. The container's node has a moment to say how the process
     * ended: once a container is given back, the ResourceManager says no more than that.
     */
    private void onExecutorReleased(AppMasterEvent.ExecutorReleased e) {
        Held held = executors.get(e.executorId());
        if (held != null) {
            held.isEnding = true;
            held.endingSinceMs = nowMs;
            remove(held);
            if (!has(PlantedBug.CONTAINER_LEAKED)) {
                out.add(new AppMasterEffect.StopContainer(held.containerId));
                stopping.add(held);
            }
            noLongerWanted(held);
        }
    }

    /** Asked twice for one executor it is the same request. One that still runs is leaving by the driver's own will. */
    private void onReplacementWanted(AppMasterEvent.ReplacementWanted e) {
        Held held = executors.get(e.lostExecutorId());
        if (held != null && !held.isLeaving && !isClosing) {
            beginLeaving(held);
        }
        if (!isClosing && (replaceable.remove(e.lostExecutorId()) || has(PlantedBug.REPLACED_TWICE))) {
            wanted++;
        }
    }

    /** Those that start or run stay: who has nothing to do leaves by the driver's will. */
    private void onFewerWanted(int fewer) {
        int notBegun = has(PlantedBug.FEWER_THAN_BEGUN) ? fewer : Math.max(0, wanted - stayingCount());
        wanted -= Math.min(fewer, notBegun);
    }

    private void refuse() {
        String executorId = nextExecutor();
        ExitReason reason = new ExitReason(
                lastFailure.kind(),
                lastFailure.exitCode(),
                "it was not started, for more than " + settings.maxFailures() + " executors have failed within "
                        + Durations.format(settings.failureValidityMs())
                        + " (kindling.yarn.maxExecutorFailures), the last one so: " + lastFailure.detail(),
                0,
                0,
                lastFailure.advice());
        replaceable.add(executorId);
        out.add(new AppMasterEffect.RefuseExecutor(executorId, reason));
    }

    private void onClosing() {
        isClosing = true;
        wanted = 0;
        stopping.forEach(held -> out.add(new AppMasterEffect.ReleaseContainer(held.containerId)));
        stopping.clear();
        for (Held held : List.copyOf(executors.values())) {
            giveBack(held);
        }
    }

    // ---- containers -----------------------------------------------------------------------------------------------

    private void onContainerAllocated(AppMasterEvent.ContainerAllocated e) {
        if (containers.containsKey(e.containerId())) {
            return;
        }
        // For the ResourceManager one request less is left now, whatever becomes of the container.
        asked = UNKNOWN;
        take(e.containerId(), e.node(), e.isElastic())
                .ifPresent(executorId ->
                        out.add(new AppMasterEffect.StartExecutor(e.containerId(), executorId, isBase(e.isElastic()))));
    }

    /** Its process has nothing of what it did for the driver before, so it is as good as a new one, and there already. */
    private void onContainerKept(AppMasterEvent.ContainerKept e) {
        boolean isKnown = containers.containsKey(e.containerId()) && !has(PlantedBug.KEPT_TAKEN_TWICE);
        if (!isKnown && !has(PlantedBug.KEPT_FORGOTTEN)) {
            take(e.containerId(), e.node(), e.isElastic())
                    .ifPresent(executorId ->
                            out.add(new AppMasterEffect.TakeOver(e.containerId(), executorId, isBase(e.isElastic()))));
        }
    }

    private boolean isBase(boolean isElastic) {
        return !isElastic && settings.baseExecutors() != AppMasterSettings.ALL_ALIKE;
    }

    /** For an executor of this name; one that is not wanted goes back. */
    private Optional<String> take(String containerId, String node, boolean isElastic) {
        int missing = wanted - stayingCount();
        int missingOfKind = isElastic ? elasticOf(missing) : missing - elasticOf(missing);
        boolean isSurplus =
                (has(PlantedBug.KINDS_MIXED) ? missing : missingOfKind) <= 0 && !has(PlantedBug.SURPLUS_KEPT);
        if (isClosing || isSurplus || !nodes.isWanted(node) && !has(PlantedBug.EXCLUDED_NODE_USED)) {
            if (!has(PlantedBug.SURPLUS_FORGOTTEN)) {
                out.add(new AppMasterEffect.ReleaseContainer(containerId));
            }
            return Optional.empty();
        }
        Held held = new Held(containerId, node, nextExecutor(), isElastic, nowMs);
        containers.put(held.containerId, held);
        executors.put(held.executorId, held);
        elasticCount += isElastic ? 1 : 0;
        return Optional.of(held.executorId);
    }

    private void onContainerCompleted(AppMasterEvent.ContainerCompleted e) {
        Held held = containers.remove(e.containerId());
        if (held == null) {
            return;
        }
        ExitReason reason = ends.of(held.node, e.exitStatus(), e.diagnostics());
        if (held.isEnding) {
            stopping.remove(held);
            if (!held.isTold && ContainerEnds.isTelling(e.exitStatus()) && !isClosing) {
                // The driver gave it up by itself, and may know less about its end than the exit status says.
                out.add(new AppMasterEffect.TellExited(held.executorId, reason));
            }
            return;
        }
        remove(held);
        if (ContainerEnds.isFailure(e.exitStatus()) && !held.isLeaving || has(PlantedBug.PREEMPTION_IS_A_FAILURE)) {
            failed(held, e.exitStatus() == ContainerEnds.DISKS_FAILED, reason);
        }
        tellExited(held, reason);
    }

    private void onContainerNotStarted(AppMasterEvent.ContainerNotStarted e) {
        Held held = containers.get(e.containerId());
        if (held != null && !held.isEnding && !held.hasRegistered) {
            fail(held, ContainerEnds.notStarted(held.node, e.why()));
        }
    }

    private void onTick() {
        nodes.tick(nowMs, out);
        if (asked > 0 && nowMs - askedSinceMs >= STARVED_AFTER_MS && !has(PlantedBug.STARVED_BY_EXCLUSION)) {
            // The nodes that are left may be full, or of another label.
            nodes.readmitAll(out);
        }
        if (has(PlantedBug.LAUNCH_DEADLINE_FORGOTTEN)) {
            return;
        }
        while (!stopping.isEmpty() && stopping.peek().endingSinceMs + STOP_WITHIN_MS <= nowMs) {
            out.add(new AppMasterEffect.ReleaseContainer(stopping.remove().containerId));
        }
        List<Held> late = new ArrayList<>();
        for (Held held : executors.values()) {
            if (!held.hasRegistered && held.sinceMs + settings.launchTimeoutMs() <= nowMs) {
                late.add(held);
            }
        }
        late.forEach(held -> fail(held, ends.notRegistered(held.node)));
    }

    /** It never came to be. */
    private void fail(Held held, ExitReason reason) {
        giveBack(held);
        failed(held, true, reason);
        tellExited(held, reason);
    }

    /** Given back until the ResourceManager says that it is gone. */
    private void giveBack(Held held) {
        held.isEnding = true;
        remove(held);
        if (!has(PlantedBug.CONTAINER_LEAKED)) {
            out.add(new AppMasterEffect.ReleaseContainer(held.containerId));
        }
    }

    private void failed(Held held, boolean isOfNode, ExitReason reason) {
        failures.add(nowMs);
        lastFailure = reason;
        if (isOfNode || !held.hasRegistered) {
            nodes.failed(held.node, reason.toString().lines().findFirst().orElse(""), nowMs, out);
        }
    }

    private void tellExited(Held held, ExitReason reason) {
        noLongerWanted(held);
        held.isTold = true;
        if (!has(PlantedBug.END_NOT_TOLD)) {
            out.add(new AppMasterEffect.TellExited(held.executorId, reason));
        }
    }

    private void noLongerWanted(Held held) {
        if (isClosing || held.isLeaving && !has(PlantedBug.LEAVING_LOWERED_TWICE)) {
            return;
        }
        if (!has(PlantedBug.WANTED_NOT_LOWERED)) {
            wanted--;
        }
        replaceable.add(held.executorId);
        if (replaceable.size() > MAX_REPLACEABLE) {
            replaceable.remove(replaceable.iterator().next());
        }
    }

    private void remove(Held held) {
        if (executors.remove(held.executorId) != null) {
            leavingCount -= held.isLeaving ? 1 : 0;
            elasticCount -= held.isElastic && !held.isLeaving ? 1 : 0;
        }
    }

    private int stayingCount() {
        return has(PlantedBug.LEAVING_STILL_COUNTED) ? executors.size() : executors.size() - leavingCount;
    }

    private String nextExecutor() {
        return "e" + ++lastExecutor;
    }

    // ---- leaving --------------------------------------------------------------------------------------------------

    private void onNodeDecommissioning(AppMasterEvent.NodeDecommissioning e) {
        nodes.changed(e.node(), false, nowMs, out);
        if (!has(PlantedBug.DECOMMISSION_NOT_TOLD)) {
            leave(e.node(), DrainReason.DECOMMISSION, e.withinMs());
        }
    }

    /** Who has heard it leaves already, for its driver was told first; for the others there it is news. */
    private void onMachineTakenBack(AppMasterEvent.MachineTakenBack e) {
        Held told = executors.get(e.executorId());
        if (told == null || isClosing) {
            return;
        }
        if (!has(PlantedBug.TAKEN_BACK_NODE_USED)) {
            nodes.takenBack(told.node, nowMs, e.withinMs(), out);
        }
        told.leavesAtMs = Math.min(told.leavesAtMs, nowMs + e.withinMs());
        leave(told.node, DrainReason.SPOT_NOTICE, e.withinMs());
    }

    /** All that start or run on this node. */
    private void leave(String node, DrainReason reason, long withinMs) {
        for (Held held : List.copyOf(executors.values())) {
            if (held.node.equals(node)) {
                leave(held, reason, withinMs);
            }
        }
    }

    /** Where the ResourceManager leaves the choice it gets what starts, for that holds nothing yet. */
    private void onPreemptionAnnounced(AppMasterEvent.PreemptionAnnounced e) {
        executorsIn(e.certain()).forEach(this::preempt);
        executorsIn(e.exchangeable()).stream()
                .filter(held -> !held.hasRegistered)
                .forEach(this::preempt);
        for (Held named : executorsIn(e.exchangeable())) {
            if (named.exchangedUntilMs <= nowMs && !named.isLeaving) {
                Optional<Held> starting = executors.values().stream()
                        .filter(held -> !held.hasRegistered)
                        .findFirst();
                if (starting.isPresent() && !has(PlantedBug.PREEMPTION_ANSWERED_AGAIN)) {
                    // Whoever still wants it then wants it besides.
                    named.exchangedUntilMs = nowMs + settings.preemptionNoticeMs() / 2;
                }
                preempt(starting.orElse(named));
            }
        }
    }

    private void preempt(Held held) {
        leave(held, DrainReason.PREEMPTION, settings.preemptionNoticeMs());
    }

    private List<Held> executorsIn(List<String> containerIds) {
        return containerIds.stream()
                .map(containers::get)
                .filter(held -> held != null && !held.isEnding)
                .toList();
    }

    /** Told again only when it has to go earlier than was said. */
    private void leave(Held held, DrainReason reason, long withinMs) {
        if (isClosing || held.leavesAtMs <= nowMs + withinMs) {
            return;
        }
        if (held.hasRegistered) {
            held.leavesAtMs = nowMs + withinMs;
            if (!held.isLeaving) {
                beginLeaving(held);
            }
            out.add(new AppMasterEffect.LeaveExecutor(held.executorId, reason, withinMs));
        } else if (!has(PlantedBug.STARTING_LEFT_BEHIND)) {
            giveBack(held);
            tellExited(held, ContainerEnds.gaveBackBeforeItBegan(held.node, reason));
        }
    }

    private void beginLeaving(Held held) {
        noLongerWanted(held);
        held.isLeaving = true;
        leavingCount++;
        elasticCount -= held.isElastic ? 1 : 0;
    }

    // ---- asking ---------------------------------------------------------------------------------------------------

    private void ask() {
        boolean hasFailedTooOften = failures.countAt(nowMs) > settings.maxFailures();
        if (hasFailedTooOften && executors.isEmpty()) {
            for (; wanted > 0; wanted--) {
                refuse();
            }
        }
        boolean isAwaitingInput = nowMs < inputAwaitedUntilMs || has(PlantedBug.INPUT_AWAITED_FOR_EVER);
        int missing = hasFailedTooOften || isAwaitingInput ? 0 : Math.max(0, wanted - stayingCount());
        if (missing > asked) {
            askedSinceMs = nowMs;
        }
        SortedMap<String, Integer> near = near(missing);
        int elastic = elasticOf(missing);
        if (missing != asked || elastic != askedElastic || !near.equals(askedNear)) {
            asked = missing;
            askedElastic = elastic;
            askedNear = near;
            out.add(new AppMasterEffect.AskFor(missing, elastic, near));
        }
        long interval = missing > 0 && nowMs - askedSinceMs < EAGER_FOR_MS ? EAGER_HEARTBEAT_MS : PATIENT_HEARTBEAT_MS;
        if (interval != heartbeatMs) {
            heartbeatMs = interval;
            out.add(new AppMasterEffect.HeartbeatEvery(interval));
        }
    }

    /** How many of so many that are missing are none of the base. */
    private int elasticOf(int missing) {
        int ofBase = stayingCount() - (has(PlantedBug.ELASTIC_COUNTED_AS_BASE) ? 0 : elasticCount);
        return missing - Math.min(missing, Math.max(0, settings.baseExecutors() - ofBase));
    }

    private SortedMap<String, Integer> near(int missing) {
        boolean isOver = nowMs - askedSinceMs >= settings.localityWaitMs() && !has(PlantedBug.NEAR_FOR_EVER);
        if (missing == 0 || isOver || has(PlantedBug.INPUT_IGNORED)) {
            return Collections.emptySortedMap();
        }
        TreeMap<String, Integer> present = new TreeMap<>();
        for (Held held : executors.values()) {
            if (!held.isLeaving) {
                present.merge(InputPlaces.hostOf(held.node), 1, Integer::sum);
            }
        }
        return input.shares(
                missing,
                present,
                has(PlantedBug.NEAR_EXCLUDED_NODE) ? Collections.emptySortedSet() : nodes.avoidedHosts());
    }

    private boolean has(PlantedBug bug) {
        return bugs.contains(bug);
    }

    // ---- what tests and the simulation may ask ----------------------------------------------------------------------

    int wanted() {
        return wanted;
    }

    int asked() {
        return asked;
    }

    /** How many of those that are asked for are elastic. */
    int askedElastic() {
        return askedElastic;
    }

    /** How many of the executors that are to stay are elastic. */
    int elasticCount() {
        return elasticCount;
    }

    /** How many executors are leaving. */
    int leavingCount() {
        return leavingCount;
    }

    /** In which an executor starts or runs. */
    Set<String> held() {
        Set<String> held = new LinkedHashSet<>();
        executors.values().forEach(executor -> held.add(executor.containerId));
        return held;
    }

    /** Given back, and not gone yet. */
    int endingCount() {
        return containers.size() - executors.size();
    }
}
