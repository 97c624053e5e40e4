package dev.kindling.yarn.core;

import dev.kindling.config.MemoryMap;
import dev.kindling.driver.core.DrainReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One {@link AppMasterCore} among a ResourceManager, NodeManagers and a driver that live in virtual time: news are late,
 * doubled and reordered, heartbeats are lost, the driver's container ends and another attempt begins, the ResourceManager forgets what was asked, nodes refuse containers, drain
 * and take them back, executors never register or die, and the driver gives some up. Everything is drawn from a seed.
 *
 * <p>After every event the invariants hold; after the faults stop, as many executors run as the driver wants, and the
 * ResourceManager has given out no other container.
 */
final class AppMasterWorld {
    private static final int NODES = 6;
    private static final long FAULTS_UNTIL_MS = 60_000;
    private static final long NARROW_FROM_MS = 20_000;
    private static final long DEADLINE_MS = 400_000;
    private static final long LAUNCH_TIMEOUT_MS = 20_000;
    private static final long PREEMPTION_NOTICE_MS = 10_000;
    private static final long LOCALITY_WAIT_MS = 2_000;

    /** What is due at a time, in the order in which it was said. */
    private record Due(long atMs, long order, Runnable action) {}

    /** A container as the ResourceManager and its node see it. */
    private static final class SimContainer {
        final String id;
        final String node;
        final boolean isElastic;
        String executorId;
        boolean isReleased;
        boolean isGone;
        boolean hasRegistered;

        SimContainer(String id, String node, boolean isElastic) {
            this.id = id;
            this.node = node;
            this.isElastic = isElastic;
        }
    }

    private final SplittableRandom random;
    private final AppMasterSettings settings;
    private final Set<PlantedBug> bugs;
    private AppMasterCore core;
    private final boolean isGentle;
    private final boolean isNarrow;
    /** Its ResourceManager gives nothing elsewhere while hosts are named. */
    private final boolean isStrict;

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::order));
    private final TreeMap<String, SimContainer> containers = new TreeMap<>();
    private final TreeMap<String, SimContainer> byExecutor = new TreeMap<>();
    private final TreeSet<String> excluded = new TreeSet<>();
    private final TreeSet<String> draining = new TreeSet<>();
    /** Machines that will go, or that have gone and the ResourceManager does not know it. */
    private final TreeSet<String> takenBack = new TreeSet<>();

    private final TreeSet<String> bad = new TreeSet<>();
    /** Executors that the driver counts on, registered or not. */
    private final TreeSet<String> counted = new TreeSet<>();

    private final TreeSet<String> told = new TreeSet<>();
    /** Executors that leave: their end is no loss. */
    private final TreeSet<String> leaving = new TreeSet<>();

    private final List<String> trouble = new ArrayList<>();
    /** As the application asks now, and as the ResourceManager knows. */
    private int asked;

    private int askedElastic;
    private SortedMap<String, Integer> askedNear = new TreeMap<>();

    private int known;
    private int knownElastic;
    /** By host, how many more of them may be there. */
    private TreeMap<String, Integer> knownNear = new TreeMap<>();
    /** By host, as the driver has said last. */
    private TreeMap<String, Integer> input = new TreeMap<>();

    private int allocated;
    /** How many executors the driver wants. */
    private int wanted;

    private long heartbeatMs = AppMasterCore.EAGER_HEARTBEAT_MS;
    private long lastPreemptionMs = -PREEMPTION_NOTICE_MS;
    private long nowMs;
    private long order;
    /** What was said to or of an earlier attempt of the driver is heard by nobody. */
    private int attempt = 1;

    AppMasterWorld(long seed, Set<PlantedBug> bugs) {
        random = new SplittableRandom(seed);
        wanted = 1 + random.nextInt(5);
        // A few worlds have patience for few failures, and nothing fails in them but by the cluster's will.
        isGentle = random.nextInt(4) == 0;
        isNarrow = random.nextInt(4) == 0;
        isStrict = random.nextBoolean();
        int maxFailures = isGentle ? 2 : 1_000;
        this.bugs = bugs;
        settings = new AppMasterSettings(
                MemoryMap.ofProcess(1L << 30, 1),
                2L << 30,
                LAUNCH_TIMEOUT_MS,
                1_000_000,
                maxFailures,
                2,
                PREEMPTION_NOTICE_MS,
                LOCALITY_WAIT_MS,
                random.nextInt(3) * 1_000L,
                random.nextBoolean() ? AppMasterSettings.ALL_ALIKE : random.nextInt(4));
        core = new AppMasterCore(settings, bugs);
        if (!isGentle) {
            for (int i = random.nextInt(3); i > 0; i--) {
                bad.add("n" + random.nextInt(NODES));
            }
        }
        scheduleFaults();
    }

    /** What went wrong; empty when nothing did. */
    List<String> run() {
        tell(new AppMasterEvent.NodesCounted(NODES));
        if (random.nextBoolean()) {
            tellInput();
        }
        tell(new AppMasterEvent.Registered(wanted, List.of()));
        require(
                input.isEmpty() || asked == 0 || !askedNear.isEmpty(),
                "asked for anywhere where the input lies on " + input);
        after(heartbeatMs, this::heartbeat);
        after(100, this::tick);
        while (trouble.isEmpty() && nowMs < DEADLINE_MS) {
            Due next = queue.remove();
            nowMs = next.atMs();
            next.action().run();
            checkAlways();
        }
        if (trouble.isEmpty()) {
            checkAtTheEnd();
        }
        return trouble;
    }

    // ---- faults ---------------------------------------------------------------------------------------------------

    private void scheduleFaults() {
        for (int i = random.nextInt(12); i > 0; i--) {
            long atMs = random.nextLong(FAULTS_UNTIL_MS);
            int kind = isGentle ? 3 + 3 * random.nextInt(2) : random.nextInt(11);
            queue.add(new Due(atMs, order++, () -> fault(kind)));
        }
    }

    private void fault(int kind) {
        switch (kind) {
            case 0 -> {
                String node = "n" + random.nextInt(NODES);
                draining.add(node);
                decommission(node);
                after(random.nextLong(30_000), () -> {
                    draining.remove(node);
                    if (!takenBack.contains(node)) {
                        tell(new AppMasterEvent.NodeChanged(node, true, "RUNNING"));
                    }
                });
            }
            case 1 -> {
                known = 0;
                knownElastic = 0;
                knownNear.clear();
            }
            case 2 -> anyRunning().ifPresent(container -> end(container, 1 + random.nextInt(143), 0));
            case 3 ->
                anyRunning()
                        .ifPresent(container -> end(
                                container,
                                random.nextBoolean() ? ContainerEnds.PREEMPTED : ContainerEnds.ABORTED,
                                random.nextLong(5_000)));
            case 4 -> anyRunning().ifPresent(container -> giveUp(container.executorId));
            case 6 -> preempt();
            case 7 -> changeTheNumber();
            case 8 -> restart();
            case 9 -> tellInput();
            case 10 -> anyRunning().ifPresent(this::takeBack);
            // One more than was asked for, as a decision that crossed our change of mind.
            default -> allocate();
        }
    }

    /** A stage begins, or one is over. */
    private void tellInput() {
        input = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            input.put("n" + random.nextInt(NODES), 1 + random.nextInt(20));
        }
        tell(new AppMasterEvent.InputLies(input));
    }

    /** Some containers there start, some run; a tick later nobody counts on any of them but to move what it holds. */
    private void decommission(String node) {
        tell(new AppMasterEvent.NodeDecommissioning(node, 30_000));
        for (String executorId : counted) {
            SimContainer container = byExecutor.get(executorId);
            require(!container.node.equals(node) || container.isGone, executorId + " stays on " + node);
        }
    }

    /**
     * An executor hears that its machine goes. Its driver has it leave, and tells the core; a tick later nobody counts on any
     * of the others there. Mostly the machine goes before it is missed, and another one of its name comes.
     */
    private void takeBack(SimContainer first) {
        String node = first.node;
        long withinMs = 5_000 + random.nextLong(5_000);
        if (!counted.contains(first.executorId) || !takenBack.add(node)) {
            return;
        }
        tell(new AppMasterEvent.MachineTakenBack(first.executorId, withinMs));
        leave(new AppMasterEffect.LeaveExecutor(first.executorId, DrainReason.SPOT_NOTICE, withinMs));
        for (String executorId : counted) {
            SimContainer container = byExecutor.get(executorId);
            require(!container.node.equals(node) || container.isGone, executorId + " stays on " + node);
        }
        after(
                withinMs,
                () -> containers.values().stream()
                        .filter(container -> container.node.equals(node))
                        .forEach(container -> end(container, ContainerEnds.ABORTED, random.nextLong(10_000))));
        after(withinMs + 12_000, () -> comeBack(node));
    }

    private void comeBack(String node) {
        if (draining.contains(node)) {
            after(1_000, () -> comeBack(node));
        } else {
            takenBack.remove(node);
            tell(new AppMasterEvent.NodeChanged(node, false, "LOST"));
            tell(new AppMasterEvent.NodeChanged(node, true, "RUNNING"));
        }
    }

    /**
     * The driver's container ends, and another attempt begins. Executors that run are left to it, told at once or late and
     * more than once; containers in which none has begun are gone, and so is all that either side knew of the other.
     */
    private void restart() {
        attempt++;
        List<AppMasterEvent.ContainerKept> kept = new ArrayList<>();
        for (SimContainer container : List.copyOf(containers.values())) {
            if (container.isGone) {
                continue;
            }
            if (container.hasRegistered && !container.isReleased) {
                container.hasRegistered = false;
                kept.add(new AppMasterEvent.ContainerKept(container.id, container.node, container.isElastic));
            } else {
                container.isGone = true;
            }
            container.executorId = null;
        }
        byExecutor.clear();
        excluded.clear();
        // Executors say it to the new driver too; here they do not, which it must bear.
        takenBack.clear();
        counted.clear();
        told.clear();
        leaving.clear();
        core = new AppMasterCore(settings, bugs);
        asked = 0;
        askedElastic = 0;
        known = 0;
        knownElastic = 0;
        knownNear.clear();
        input = new TreeMap<>();
        heartbeatMs = AppMasterCore.EAGER_HEARTBEAT_MS;
        wanted = 1 + random.nextInt(5);
        int late = random.nextInt(kept.size() + 1);
        tell(new AppMasterEvent.NodesCounted(NODES));
        draining.forEach(node -> tell(new AppMasterEvent.NodeDecommissioning(node, 30_000)));
        tell(new AppMasterEvent.Registered(wanted, kept.subList(late, kept.size())));
        for (int i = random.nextInt(2); i >= 0; i--) {
            for (AppMasterEvent.ContainerKept event : kept.subList(0, late)) {
                soon(random.nextLong(1_000), () -> {
                    if (!containers.get(event.containerId()).isGone) {
                        tell(event);
                    }
                });
            }
        }
    }

    /** More, or fewer of those that there is no container for yet. */
    private void changeTheNumber() {
        int change = 1 + random.nextInt(3);
        if (random.nextBoolean()) {
            wanted += change;
            tell(new AppMasterEvent.MoreWanted(change));
        } else {
            wanted -= Math.min(change, core.wanted() - (core.held().size() - core.leavingCount()));
            tell(new AppMasterEvent.FewerWanted(change));
        }
    }

    /** Told with every heartbeat until so many containers have gone, of those named or of others. */
    private void preempt() {
        if (nowMs < lastPreemptionMs + PREEMPTION_NOTICE_MS) {
            return;
        }
        lastPreemptionMs = nowMs;
        List<String> named = new ArrayList<>();
        for (String executorId : counted) {
            SimContainer container = byExecutor.get(executorId);
            if (!container.isGone && random.nextInt(3) == 0) {
                named.add(container.id);
            }
        }
        boolean isCertain = random.nextBoolean();
        AppMasterEvent message =
                new AppMasterEvent.PreemptionAnnounced(isCertain ? named : List.of(), isCertain ? List.of() : named);
        Set<String> before = new TreeSet<>(counted);
        for (int i = 0; i < 3; i++) {
            tell(message);
        }
        before.removeAll(counted);
        require(before.size() <= named.size(), before + " went where " + named + " were to be preempted");
        require(before.size() == named.size(), "only " + before + " go where " + named + " are to be preempted");
    }

    private Optional<SimContainer> anyRunning() {
        List<SimContainer> running = containers.values().stream()
                .filter(container -> container.hasRegistered && !container.isGone)
                .toList();
        return running.isEmpty() ? Optional.empty() : Optional.of(running.get(random.nextInt(running.size())));
    }

    private boolean areFaultsOver() {
        return nowMs >= FAULTS_UNTIL_MS;
    }

    // ---- the ResourceManager ----------------------------------------------------------------------------------------

    private void heartbeat() {
        after(heartbeatMs, this::heartbeat);
        if (!areFaultsOver() && random.nextInt(5) == 0) {
            return;
        }
        known = asked;
        knownElastic = askedElastic;
        knownNear = new TreeMap<>(askedNear);
        int room = random.nextInt(4);
        for (int i = 0; i < room && known > 0 && allocate(); i++) {
            known--;
            asked = known;
            askedElastic = knownElastic;
        }
    }

    private boolean allocate() {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            // What is excluded is known with the next heartbeat only.
            // In narrow worlds all that is left after a while is one host, whose failures are over by then.
            if (isNarrow && i > 0 && nowMs > NARROW_FROM_MS) {
                continue;
            }
            if (!excluded.contains("n" + i) || !areFaultsOver() && random.nextInt(3) == 0) {
                nodes.add("n" + i);
            }
        }
        List<String> near = nodes.stream().filter(knownNear::containsKey).toList();
        if (!near.isEmpty() || isStrict && !knownNear.isEmpty()) {
            nodes = near;
        }
        if (nodes.isEmpty()) {
            return false;
        }
        boolean isElastic = hasElastic() && random.nextInt(Math.max(2, known)) < (known > 0 ? knownElastic : 1);
        SimContainer container =
                new SimContainer("c" + ++allocated, nodes.get(random.nextInt(nodes.size())), isElastic);
        knownElastic -= known > 0 && isElastic ? 1 : 0;
        knownNear.computeIfPresent(container.node, (node, left) -> left == 1 ? null : left - 1);
        containers.put(container.id, container);
        AppMasterEvent event = new AppMasterEvent.ContainerAllocated(container.id, container.node, container.isElastic);
        soon(random.nextLong(50), () -> tell(event));
        if (!areFaultsOver() && random.nextInt(6) == 0) {
            // While it is held; who hears of a container that has gone asks a node for what is not there.
            soon(random.nextLong(50), () -> {
                if (!container.isGone && !container.isReleased) {
                    tell(event);
                }
            });
        }
        return true;
    }

    private void end(SimContainer container, int exitStatus, long lateMs) {
        if (container.isGone) {
            return;
        }
        container.isGone = true;
        AppMasterEvent event = new AppMasterEvent.ContainerCompleted(container.id, exitStatus, "");
        after(lateMs, () -> tell(event));
        if (random.nextInt(4) == 0) {
            after(lateMs + random.nextLong(1_000), () -> tell(event));
        }
    }

    // ---- nodes and executors ----------------------------------------------------------------------------------------

    private void start(AppMasterEffect.StartExecutor start) {
        SimContainer container = containers.get(start.containerId());
        require(container != null && container.executorId == null, start + ": there is no such free container");
        require(!byExecutor.containsKey(start.executorId()), start + ": the name is taken");
        require(!excluded.contains(container.node), start + ": " + container.node + " is excluded");
        require(!draining.contains(container.node), start + ": " + container.node + " is being decommissioned");
        require(!takenBack.contains(container.node), start + ": the machine " + container.node + " is taken back");
        require(start.isBase() == (hasElastic() && !container.isElastic), start + ": it is of the other kind");
        expect(start.executorId(), container);
        if (bad.contains(container.node) && !(isNarrow && areFaultsOver())) {
            soon(100, () -> tell(new AppMasterEvent.ContainerNotStarted(container.id, "its disks are full")));
        } else if (areFaultsOver() || isGentle || random.nextInt(8) > 0) {
            soon(500 + random.nextLong(3_000), () -> register(container));
        }
        // Else it never registers.
    }

    /** Mostly its executor has waited for this. */
    private void takeOver(AppMasterEffect.TakeOver take) {
        SimContainer container = containers.get(take.containerId());
        require(container != null && container.executorId == null, take + ": nobody waits there");
        require(!byExecutor.containsKey(take.executorId()), take + ": the name is taken");
        require(take.isBase() == (hasElastic() && !container.isElastic), take + ": it is of the other kind");
        expect(take.executorId(), container);
        if (areFaultsOver() || random.nextInt(8) > 0) {
            soon(random.nextLong(2_000), () -> register(container));
        }
    }

    private void expect(String executorId, SimContainer container) {
        container.executorId = executorId;
        byExecutor.put(executorId, container);
        counted.add(executorId);
    }

    private void register(SimContainer container) {
        if (!container.isGone && !container.isReleased) {
            container.hasRegistered = true;
            tell(new AppMasterEvent.ExecutorRegistered(container.executorId));
        }
    }

    // ---- the driver -------------------------------------------------------------------------------------------------

    private void exited(AppMasterEffect.TellExited exited) {
        require(told.add(exited.executorId()), exited.executorId() + " was said to have ended twice");
        leaving.remove(exited.executorId());
        if (counted.remove(exited.executorId())) {
            replace(exited.executorId());
        }
    }

    /** What it holds moves, then it is given up, unless its container has ended before. */
    private void leave(AppMasterEffect.LeaveExecutor leave) {
        if (counted.remove(leave.executorId())) {
            leaving.add(leave.executorId());
            replace(leave.executorId());
            soon(random.nextLong(leave.withinMs()), () -> release(leave.executorId()));
        }
    }

    private void release(String executorId) {
        if (leaving.remove(executorId)) {
            tell(new AppMasterEvent.ExecutorReleased(executorId, "it was drained"));
        }
    }

    private void giveUp(String executorId) {
        if (counted.remove(executorId)) {
            tell(new AppMasterEvent.ExecutorReleased(executorId, "no sign of life"));
            replace(executorId);
        }
    }

    private void replace(String executorId) {
        AppMasterEvent event = new AppMasterEvent.ReplacementWanted(executorId);
        soon(random.nextLong(200), () -> tell(event));
        if (random.nextInt(4) == 0) {
            soon(200 + random.nextLong(500), () -> tell(event));
        }
    }

    // ---- the core and its effects -----------------------------------------------------------------------------------

    private void tick() {
        after(100, this::tick);
        tell(new AppMasterEvent.Tick());
    }

    private void tell(AppMasterEvent event) {
        List<AppMasterEffect> effects = new ArrayList<>();
        core.on(nowMs, event, effects::add);
        effects.forEach(this::perform);
    }

    private void perform(AppMasterEffect effect) {
        if (effect instanceof AppMasterEffect.AskFor ask) {
            asked = ask.containers();
            askedElastic = ask.elastic();
            askedNear = ask.near();
            checkNear();
        } else if (effect instanceof AppMasterEffect.StartExecutor start) {
            start(start);
        } else if (effect instanceof AppMasterEffect.TakeOver take) {
            takeOver(take);
        } else if (effect instanceof AppMasterEffect.StopContainer stop) {
            SimContainer container = containers.get(stop.containerId());
            require(container != null && container.executorId != null, stop + ": there is no such executor");
            container.isReleased = true;
            if (random.nextInt(3) > 0) {
                after(random.nextLong(2_000), () -> end(container, ContainerEnds.KILLED_BY_APPLICATION_MASTER, 0));
            }
            // Else its node is gone, and so are its answers.
        } else if (effect instanceof AppMasterEffect.ReleaseContainer release) {
            SimContainer container = containers.get(release.containerId());
            require(container != null, release + ": there is no such container");
            container.isReleased = true;
            after(random.nextLong(2_000), () -> end(container, ContainerEnds.ABORTED, 0));
        } else if (effect instanceof AppMasterEffect.ExcludeNode exclude) {
            excluded.add(exclude.node());
        } else if (effect instanceof AppMasterEffect.ReadmitNode readmit) {
            excluded.remove(readmit.node());
        } else if (effect instanceof AppMasterEffect.TellExited exited) {
            exited(exited);
        } else if (effect instanceof AppMasterEffect.LeaveExecutor leave) {
            leave(leave);
        } else if (effect instanceof AppMasterEffect.RefuseExecutor refused) {
            require(false, refused + " though it was not the executors that failed");
        } else if (effect instanceof AppMasterEffect.HeartbeatEvery every) {
            heartbeatMs = every.intervalMs();
        }
    }

    // ---- what must be so --------------------------------------------------------------------------------------------

    private void checkAlways() {
        int held = core.held().size();
        require(core.asked() >= 0, "asked for " + core.asked());
        require(
                core.asked() + held - core.leavingCount() <= wanted,
                held + " held and " + core.asked() + " asked for, of " + wanted);
        if (hasElastic()) {
            int base = settings.baseExecutors();
            int ofBase = held - core.leavingCount() - core.elasticCount();
            int askedOfBase = core.asked() - core.askedElastic();
            require(ofBase + askedOfBase <= base, ofBase + " of the base, " + askedOfBase + " asked for, of " + base);
            require(
                    core.askedElastic() == 0 || ofBase + askedOfBase == base,
                    "elastic ones are asked for where " + (ofBase + askedOfBase) + " of " + base + " are of the base");
            long elastic = counted.stream()
                    .map(byExecutor::get)
                    .filter(container -> container.isElastic && !container.isGone)
                    .count();
            require(
                    elastic <= core.elasticCount(),
                    elastic + " elastic ones run, " + core.elasticCount() + " are known");
        }
        TreeSet<String> failing = new TreeSet<>(excluded);
        failing.removeAll(takenBack);
        require(2 * failing.size() <= NODES, "more than half of the nodes are excluded: " + failing);
    }

    private boolean hasElastic() {
        return settings.baseExecutors() != AppMasterSettings.ALL_ALIKE;
    }

    /** Each container has a host that it may go to, and each host takes containers. */
    private void checkNear() {
        int places = 0;
        for (String host : askedNear.keySet()) {
            require(input.containsKey(host), "asked for on " + host + ", where no input lies");
            require(
                    !excluded.contains(host) && !draining.contains(host),
                    "asked for on " + host + ", which gives none");
            places += askedNear.get(host);
        }
        require(askedNear.isEmpty() || places >= asked, "only " + places + " of " + asked + " are asked for on hosts");
    }

    private void checkAtTheEnd() {
        Set<String> left = new TreeSet<>();
        containers.values().stream()
                .filter(container -> !container.isGone)
                .forEach(container -> left.add(container.id));
        require(left.equals(new TreeSet<>(core.held())), "containers out " + left + ", held " + core.held());
        require(core.held().size() == wanted, core.held().size() + " executors at the end, wanted " + wanted);
        require(core.endingCount() == 0, core.endingCount() + " containers are still said to be ending");
        for (SimContainer container : byExecutor.values()) {
            require(
                    !container.isGone || !counted.contains(container.executorId),
                    "the driver still counts on " + container.executorId);
            require(
                    container.isGone || container.hasRegistered,
                    container.executorId + " has a container and never registered");
        }
    }

    private void require(boolean isSo, String otherwise) {
        if (!isSo) {
            trouble.add(nowMs + " ms: " + otherwise);
        }
    }

    /** What this attempt of the driver says, or is told; by then there may be another one. */
    private void soon(long delayMs, Runnable action) {
        int of = attempt;
        after(delayMs, () -> {
            if (attempt == of) {
                action.run();
            }
        });
    }

    private void after(long delayMs, Runnable action) {
        queue.add(new Due(nowMs + delayMs, order++, action));
    }
}
