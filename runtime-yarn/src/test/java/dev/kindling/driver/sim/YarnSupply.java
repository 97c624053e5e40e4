package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverEvent;
import dev.kindling.sim.SimWorld;
import dev.kindling.yarn.core.AppMasterCore;
import dev.kindling.yarn.core.AppMasterEffect;
import dev.kindling.yarn.core.AppMasterEvent;
import dev.kindling.yarn.core.Masters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The executors of one application attempt in containers, by the real {@link AppMasterCore}: it lives in the driver's
 * process, stands still and dies with it. A ResourceManager that is late, preempts and loses containers, and takes nodes
 * out of service. Executors of a driver that has died wait in their containers for the next one.
 */
final class YarnSupply implements SimSupply {
    private static final int PREEMPTED = -102;
    private static final int ABORTED = -100;
    private static final int KILLED_BY_MASTER = -105;

    private static final int MAX_LATE_NEWS_MS = 5_000;
    private static final int MAX_START_MS = 2_200;
    private static final int MAX_LATE_START_MS = 25_000;
    private static final int STARTS_TO_A_LATE_ONE = 10;
    private static final int FAULTS_EACH_MS = 1_000;
    /** One of each kind in so many of those seconds. */
    private static final int FAULTS_IN = 16;

    private static final int DECOMMISSION_WITHIN_MS = 30_000;
    /** So long a process waits for another driver. */
    private static final int WAITS_MS = 60_000;

    private final SimCluster cluster;
    private final SimWorld world;
    private final SimYarn yarn;
    private final SplittableRandom random;
    private final AppMasterCore core;

    private final TreeMap<String, SimYarn.Container> byExecutor = new TreeMap<>();
    private final TreeSet<String> excluded = new TreeSet<>();
    private final TreeSet<String> draining = new TreeSet<>();
    private boolean hasBegun;
    private boolean isClosing;
    private long heartbeatMs = 50;
    private int asked;
    private int askedElastic;

    YarnSupply(SimCluster cluster, SimYarn yarn, Set<String> bugs) {
        this.cluster = cluster;
        this.world = cluster.world;
        this.yarn = yarn;
        this.random = yarn.random;
        this.core = Masters.of(SimExecutor.MEMORY, yarn.baseExecutors, bugs);
    }

    long nowMs() {
        return world.nowMs();
    }

    private boolean isOver() {
        return cluster.driver.isDead() || isClosing;
    }

    private boolean isChaos() {
        return world.nowMs() < cluster.faults.healAtMs();
    }

    // ---- the driver's wishes ----------------------------------------------------------------------------------------

    @Override
    public void begin(int executors) {
        if (hasBegun) {
            more(executors);
            return;
        }
        hasBegun = true;
        List<AppMasterEvent.ContainerKept> kept = new ArrayList<>();
        for (SimYarn.Container container : yarn.kept()) {
            container.owner = this;
            container.executorId = "";
            kept.add(new AppMasterEvent.ContainerKept(container.id, container.node, container.isElastic));
        }
        on(new AppMasterEvent.NodesCounted(yarn.nodes()));
        on(new AppMasterEvent.Registered(executors, kept));
        heartbeat();
        tick();
        world.in(FAULTS_EACH_MS, this::strike);
    }

    @Override
    public void more(int executors) {
        wish(() -> on(new AppMasterEvent.MoreWanted(executors)));
    }

    @Override
    public void fewer(int executors) {
        wish(() -> {
            int wantedBefore = Masters.wanted(core);
            on(new AppMasterEvent.FewerWanted(executors));
            cluster.launcher.cancelled(wantedBefore - Masters.wanted(core));
        });
    }

    @Override
    public void replace(String lostExecutorId) {
        wish(() -> on(new AppMasterEvent.ReplacementWanted(lostExecutorId)));
    }

    @Override
    public void registered(String executorId) {
        wish(() -> on(new AppMasterEvent.ExecutorRegistered(executorId)));
    }

    @Override
    public void release(String executorId, long incarnation, String reason) {
        wish(() -> on(new AppMasterEvent.ExecutorReleased(executorId, reason)));
    }

    /** What the driver says is heard a moment later, in its order. */
    private void wish(Runnable heard) {
        world.in(1, () -> {
            if (!isOver()) {
                heard.run();
            }
        });
    }

    /** What is held then is given back. */
    @Override
    public void close() {
        isClosing = true;
        on(new AppMasterEvent.Closing());
        for (SimYarn.Container container : yarn.kept()) {
            // One that it has not heard of goes with the application.
            if (container.isTold) {
                throw new SimViolation("container " + container.id + " of " + container.executorId
                        + " is not given back when the application ends");
            }
        }
    }

    @Override
    public Optional<String> leftOver(int alive) {
        int held = Masters.held(core);
        return held == alive && asked == 0
                ? Optional.empty()
                : Optional.of(
                        held + " containers are held and " + asked + " asked for where " + alive + " executors live");
    }

    // ---- the core ---------------------------------------------------------------------------------------------------

    /** It is told within so long, or when the process that it is in goes on. */
    private void soon(int withinMs, AppMasterEvent event) {
        soon(withinMs, () -> on(event));
    }

    private void soon(int withinMs, Runnable heard) {
        world.in(1 + random.nextInt(withinMs), () -> {
            if (!isOver()) {
                cluster.driver.run(() -> {
                    if (!isOver()) {
                        heard.run();
                    }
                });
            }
        });
    }

    private void on(AppMasterEvent event) {
        List<AppMasterEffect> effects = new ArrayList<>();
        core.on(world.nowMs(), event, effects::add);
        for (AppMasterEffect effect : effects) {
            world.note("master", effect.getClass().getName().hashCode(), effect::toString);
            cluster.network.disturbedUntil(world.nowMs() + MAX_LATE_NEWS_MS);
            perform(effect);
        }
        if (!isClosing && Masters.asked(core) + Masters.staying(core) > Masters.wanted(core)) {
            throw new SimViolation(Masters.staying(core) + " containers are held and " + Masters.asked(core)
                    + " asked for, of " + Masters.wanted(core));
        }
    }

    private void perform(AppMasterEffect effect) {
        if (effect instanceof AppMasterEffect.AskFor e) {
            asked = e.containers();
            askedElastic = e.elastic();
        } else if (effect instanceof AppMasterEffect.StartExecutor e) {
            boolean isLate = isChaos() && random.nextInt(STARTS_TO_A_LATE_ONE) == 0;
            begin(e.containerId(), e.executorId(), isLate ? MAX_LATE_START_MS : MAX_START_MS, e.isBase());
        } else if (effect instanceof AppMasterEffect.TakeOver e) {
            takeOver(e);
        } else if (effect instanceof AppMasterEffect.StopContainer e) {
            stop(yarn.container(e.containerId()));
        } else if (effect instanceof AppMasterEffect.ReleaseContainer e) {
            release(yarn.container(e.containerId()));
        } else if (effect instanceof AppMasterEffect.ExcludeNode e) {
            excluded.add(e.node());
        } else if (effect instanceof AppMasterEffect.ReadmitNode e) {
            excluded.remove(e.node());
        } else if (effect instanceof AppMasterEffect.TellExited e) {
            cluster.driver.on(new DriverEvent.ExecutorExited(e.executorId(), e.reason()));
        } else if (effect instanceof AppMasterEffect.LeaveExecutor e) {
            cluster.driver.drain(e.executorId(), e.reason(), e.withinMs());
        } else if (effect instanceof AppMasterEffect.RefuseExecutor e) {
            throw new SimViolation(e + " although so many failures are allowed");
        } else if (effect instanceof AppMasterEffect.HeartbeatEvery e) {
            heartbeatMs = e.intervalMs();
        }
    }

    private void tick() {
        if (!isOver()) {
            soon(100, new AppMasterEvent.Tick());
            world.in(100, this::tick);
        }
    }

    // ---- containers -------------------------------------------------------------------------------------------------

    private void begin(String containerId, String executorId, int maxStartMs, boolean isBase) {
        SimYarn.Container container = yarn.container(containerId);
        if (!container.executorId.isEmpty()) {
            throw new SimViolation(
                    executorId + " is to begin in " + containerId + ", where " + container.executorId + " runs");
        }
        container.executorId = executorId;
        byExecutor.put(executorId, container);
        cluster.launcher.launch(executorId, maxStartMs, isBase);
    }

    /** Who waits there, or has not heard yet that its driver is dead, ends what it does and begins anew. */
    private void takeOver(AppMasterEffect.TakeOver take) {
        SimYarn.Container container = yarn.container(take.containerId());
        SimExecutor before = container.process;
        container.process = null;
        container.isWaiting = false;
        if (before != null) {
            before.end(0, "another driver takes its process over");
        }
        begin(take.containerId(), take.executorId(), MAX_START_MS, take.isBase());
    }

    @Override
    public boolean mayStart(String executorId) {
        return byExecutor.get(executorId).mayRun();
    }

    /** A node that is told ends its process, and one that is gone says nothing. */
    private void stop(SimYarn.Container container) {
        if (random.nextInt(3) > 0) {
            end(container, KILLED_BY_MASTER, random.nextInt(1_000));
        }
    }

    private void release(SimYarn.Container container) {
        container.isReleased = true;
        end(container, ABORTED, random.nextInt(2_000));
    }

    private void end(SimYarn.Container container, int status, int afterMs) {
        world.in(afterMs, () -> {
            if (container.isGone) {
                return;
            }
            container.endStatus = status;
            cluster.network.disturbedUntil(world.nowMs() + MAX_LATE_NEWS_MS);
            SimExecutor process = processIn(container);
            if (process == null) {
                gone(container, status, "");
            } else {
                process.end(SimLauncher.KILLED, "its container ends with status " + status);
            }
        });
    }

    /** Null when nothing runs there. */
    private SimExecutor processIn(SimYarn.Container container) {
        if (container.process != null && container.process.isAlive()) {
            return container.process;
        }
        for (SimExecutor process : cluster.launcher.processes()) {
            if (process.isAlive() && process.id.equals(container.executorId)) {
                return process;
            }
        }
        return null;
    }

    private void gone(SimYarn.Container container, int status, String diagnostics) {
        container.isGone = true;
        if (container.owner != this) {
            return;
        }
        cluster.launcher.endedWith(container.executorId, status);
        AppMasterEvent event = new AppMasterEvent.ContainerCompleted(container.id, status, diagnostics);
        boolean isLate = isChaos() && random.nextInt(4) == 0;
        soon(isLate ? MAX_LATE_NEWS_MS : 1_000, event);
        if (random.nextInt(4) == 0) {
            soon(MAX_LATE_NEWS_MS, event);
        }
    }

    @Override
    public void neverBegan(String executorId, int launchNumber) {
        gone(byExecutor.get(executorId), 1, "");
    }

    @Override
    public long endToldWithinMs(boolean isSeen) {
        return MAX_LATE_NEWS_MS;
    }

    /** One that ends for its driver's death waits for another one. */
    @Override
    public void ended(SimExecutor executor, int exitCode, String output, boolean isSeen) {
        SimYarn.Container container = byExecutor.get(executor.id);
        if (container.owner != this || container.isGone) {
            return;
        }
        boolean isOwnEnd = output.startsWith("executor ends");
        if (cluster.driver.isDead() && isOwnEnd && container.mayRun()) {
            container.isWaiting = true;
            world.in(WAITS_MS, () -> {
                if (container.isWaiting) {
                    container.isGone = true;
                }
            });
            return;
        }
        String diagnostics = output.isEmpty() ? "" : "Last 4096 bytes of stdout :\n" + output;
        gone(container, container.endStatus != 0 ? container.endStatus : exitCode, diagnostics);
    }

    /** What a driver that dies leaves, for the next one to find. */
    void remember() {
        for (SimExecutor process : cluster.launcher.processes()) {
            SimYarn.Container container = byExecutor.get(process.id);
            if (process.isAlive() && container.owner == this) {
                container.process = process;
            }
        }
    }

    // ---- the ResourceManager ----------------------------------------------------------------------------------------

    private void heartbeat() {
        if (isOver()) {
            return;
        }
        if (asked > 0) {
            cluster.network.disturbedUntil(world.nowMs() + heartbeatMs);
            List<String> unusable = new ArrayList<>(excluded);
            unusable.addAll(draining);
            for (SimYarn.Container container : yarn.give(this, asked, unusable, isChaos())) {
                container.isElastic = random.nextInt(asked) < askedElastic;
                askedElastic -= container.isElastic ? 1 : 0;
                asked--;
                soon(50, () -> {
                    container.isTold = true;
                    on(new AppMasterEvent.ContainerAllocated(container.id, container.node, container.isElastic));
                });
            }
        }
        world.in(heartbeatMs, this::heartbeat);
    }

    private void strike() {
        if (isOver() || !isChaos()) {
            return;
        }
        world.in(FAULTS_EACH_MS, this::strike);
        List<SimYarn.Container> running = byExecutor.values().stream()
                .filter(container -> container.mayRun() && processIn(container) != null)
                .toList();
        if (running.isEmpty()) {
            return;
        }
        SimYarn.Container struck = running.get(random.nextInt(running.size()));
        switch (random.nextInt(FAULTS_IN)) {
            case 0 -> end(struck, random.nextBoolean() ? ABORTED : PREEMPTED, 0);
            case 1 -> preempt(struck);
            case 2 -> decommission(struck.node);
            default -> {}
        }
    }

    /** Said again and again, until it is taken. */
    private void preempt(SimYarn.Container container) {
        List<String> named = List.of(container.id);
        boolean isCertain = random.nextBoolean();
        for (int i = 0; i < 3; i++) {
            soon(
                    1_000,
                    new AppMasterEvent.PreemptionAnnounced(
                            isCertain ? named : List.of(), isCertain ? List.of() : named));
        }
        if (isCertain) {
            end(container, PREEMPTED, (int) Masters.PREEMPTION_NOTICE_MS + 1_000);
        }
    }

    private void decommission(String node) {
        if (draining.isEmpty()) {
            draining.add(node);
            soon(1_000, new AppMasterEvent.NodeDecommissioning(node, DECOMMISSION_WITHIN_MS));
            world.in(DECOMMISSION_WITHIN_MS, () -> {
                draining.remove(node);
                for (SimYarn.Container container : byExecutor.values()) {
                    if (container.node.equals(node) && container.mayRun() && container.owner == this) {
                        end(container, ABORTED, 0);
                    }
                }
                soon(1_000, new AppMasterEvent.NodeChanged(node, true, "RUNNING"));
            });
        }
    }
}
