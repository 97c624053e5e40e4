package dev.kindling.driver.sim;

import dev.kindling.config.MemoryMap;
import dev.kindling.driver.core.Sentences;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.cache.ExecutorCache;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorEffect;
import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.executor.core.MemoryArbiter;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.SimClock;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One simulated process of an executor: the real core, and what its shell would do. It can end at any moment, even
 * between two effects of one event, and it can stand still, while what reaches it waits.
 */
final class SimExecutor implements SimLinks.Dialler {
    static final long HEAP_BYTES = 64 << 20;
    static final MemoryMap MEMORY = MemoryMap.ofProcess(HEAP_BYTES, 1);
    /** The shell ticks every 100 ms, later when the machine is busy; heartbeats bear a little more. */
    private static final int MAX_TICK_MS = 900;

    private static final int MIN_TICK_MS = 200;
    /** What a slow machine takes longer for one thing. */
    private static final int MAX_SLOWED_MS = 20_000;

    /** A process registers once: how much likelier that is late than another message, and its end just then. */
    private static final int AT_REGISTRATION = 10;

    /** Exit code of a process that has not reached its driver. */
    private static final int UNCONNECTED = 1;

    private static final int MAX_EVICTED_BYTES = 4 << 10;
    private static final long POOL_BYTES = 4 << 20;

    final SimCluster cluster;
    final SimDisk disk;
    final SimLinks links;
    final String id;
    final long incarnation;
    /** How often a process was started under this name, this one included. */
    final int launchNumber;

    final MemoryPool memory;
    final CacheStore cache;
    final TaskSettings settings;

    private final String name;
    private final Secret nonce;
    private final int cores;
    private final int tickMs;
    private final ExecutorCore core;
    private final MemoryArbiter arbiter;
    private final long idleBytes;
    private final SimClock clock;
    private final SimCacheDisk cacheDisk;
    private final Runnable ticking = () -> run(this::tick);
    private ExecutorAddress address;
    private final TreeMap<Integer, byte[]> programs = new TreeMap<>();
    private final TreeMap<AttemptId, SimAttempt> running = new TreeMap<>();
    private long processorMs;
    private boolean isAlive = true;
    private boolean hasBegun;
    private long pausedUntilMs;
    private long disturbedMs = Long.MIN_VALUE / 2;
    private int slowness = 1;
    private long slowUntilMs;

    SimExecutor(SimCluster cluster, String id, long incarnation, int launchNumber, Secret nonce, int cores) {
        this.nonce = nonce;
        this.launchNumber = launchNumber;
        this.cluster = cluster;
        this.links = new SimLinks(this, cluster);
        this.id = id;
        this.incarnation = incarnation;
        this.name = id + "@" + incarnation;
        this.cores = cores;
        this.tickMs = cluster.random.nextInt(MIN_TICK_MS, MAX_TICK_MS);
        this.core = cluster.cores.executor().get();
        this.clock = new SimClock(cluster.world);
        this.disk = new SimDisk(cluster.world, cluster.faults);
        this.arbiter = cluster.cores.arbiter().of(POOL_BYTES, cores);
        this.idleBytes = arbiter.freeBytes();
        this.memory = new MemoryPool(MemoryMap.ofPages(POOL_BYTES, cores), arbiter);
        this.cacheDisk = new SimCacheDisk(disk);
        this.cache = new CacheStore(memory, cacheDisk, status -> on(new ExecutorEvent.CachedBlockChanged(status)));
        this.settings =
                new TaskSettings(cluster.applicationId, 64, 16 << 10, cluster.maxDirectResultBytes, 1 << 20, 1 << 20);
    }

    // ---- its life -----------------------------------------------------------------------------------------------

    void start() {
        cluster.world.note(name, "starts");
        address = new ExecutorAddress(id, incarnation, "host-" + id, 7000, "host-" + id, "/scratch");
        links.to(
                SimCluster.DRIVER,
                () -> {
                    on(new ExecutorEvent.Started(address, nonce, cores, HEAP_BYTES, incarnation));
                    tickLater();
                },
                why -> end(UNCONNECTED, "cannot connect to the driver: " + why));
    }

    /** A number of its own: what a loss says about memory must be that of this very process. */
    static long residentBytes(long incarnation) {
        return HEAP_BYTES + incarnation;
    }

    private void tickLater() {
        cluster.world.in(tickMs, ticking);
    }

    private void tick() {
        processorMs += isBusy() ? tickMs : 0;
        on(new ExecutorEvent.Tick(HEAP_BYTES / 2 + incarnation, residentBytes(incarnation), 1 + processorMs));
        tickLater();
    }

    private boolean isBusy() {
        if (!running.isEmpty()) {
            for (SimAttempt attempt : running.values()) {
                if (attempt.usesProcessor()) {
                    return true;
                }
            }
        }
        return false;
    }

    String name() {
        return name;
    }

    /** Its number in the network: incarnations are never used again. */
    int node() {
        return (int) incarnation;
    }

    boolean isAlive() {
        return isAlive;
    }

    boolean isAt(ExecutorAddress address) {
        return address.executorId().equals(id) && address.incarnation() == incarnation;
    }

    /** By its own clock. */
    long nowMs() {
        return clock.nowMs();
    }

    /** Runs it unless the process has ended; after the pause, when it stands still. */
    void run(Runnable action) {
        if (!isAlive) {
            return;
        }
        long waitMs = pausedUntilMs - cluster.world.nowMs();
        if (waitMs > 0) {
            cluster.world.in(waitMs, () -> run(action));
        } else {
            action.run();
        }
    }

    /** Something it does that takes so long on a machine that is not slow; returns when it is done. */
    @Override
    public long in(long delayMs, Runnable action) {
        boolean isSlow = cluster.world.nowMs() < slowUntilMs;
        long slowMs = isSlow ? Math.min(delayMs * slowness, delayMs + MAX_SLOWED_MS) : delayMs;
        cluster.world.in(slowMs, () -> run(action));
        return cluster.world.nowMs() + slowMs;
    }

    /** The process ends; whoever watches it may hear of it. */
    void end(int exitCode, String why) {
        if (isAlive) {
            isAlive = false;
            cluster.world.note(name, "ends: " + why);
            new ArrayList<>(running.values()).forEach(SimAttempt::close);
            cluster.launcher.ended(this, exitCode, why);
        }
    }

    /** Its machine says that it is taken back after so long. */
    void takenBack(long withinMs) {
        run(() -> on(new ExecutorEvent.MachineTakenBack(withinMs)));
    }

    /** The way to the cached blocks of this process; those of others come over the simulated network. */
    ExecutorCache executorCache() {
        return new ExecutorCache(
                cache,
                address,
                (host, port, block, windowBytes, receiver) -> {
                    throw new SimViolation(name + " asks for " + block + " past the simulated network");
                },
                0);
    }

    /** Memory is wanted by somebody. */
    void evict(SplittableRandom random) {
        run(() -> {
            long freed = cache.evict(1 + random.nextInt(MAX_EVICTED_BYTES));
            cluster.world.note(name, freed + " bytes of cached blocks leave memory");
        });
    }

    /** One of its files is gone, and it does not know; false when it has none. */
    boolean loseAny(SplittableRandom random) {
        return random.nextBoolean() && cacheDisk.loseAny(random) || disk.loseAny(random);
    }

    /** A bit of one of its files flips; false when it has none. */
    boolean rotAny(SplittableRandom random) {
        return random.nextBoolean() && cacheDisk.rotAny(random) || disk.rotAny(random);
    }

    List<AttemptId> attempts() {
        return core.attempts();
    }

    int runningCount() {
        return running.size();
    }

    /** Whether something of its memory is with attempts, or was never given back. */
    boolean hasMemoryOut() {
        return arbiter.freeBytes() + arbiter.storageBytes() != idleBytes;
    }

    // ---- what strikes it ------------------------------------------------------------------------------------------

    void pause(long ms) {
        cluster.world.note(name, "stands still for " + ms + " ms");
        holdUntil(cluster.world.nowMs() + ms);
    }

    /** As {@link #pause}, and its clock with it. */
    void standStill(long ms) {
        cluster.world.note(name, "and its clock stand still for " + ms + " ms");
        clock.standStill(holdUntil(cluster.world.nowMs() + ms));
    }

    @Override
    public void disturbedUntil(long ms) {
        cluster.network.disturbedUntil(ms);
        disturbedMs = Math.max(disturbedMs, ms);
    }

    /** Whether something has kept it from saying anything, or what it said from being heard, after {@code ms}. */
    boolean wasDisturbedSince(long ms) {
        return disturbedMs >= ms;
    }

    /** The driver does not listen for so long, and its patience stands still meanwhile. */
    void driverPauses(long ms) {
        disturbedMs += ms;
    }

    /** Returns how much longer it stands still by that. */
    private long holdUntil(long ms) {
        long addedMs = Math.max(0, ms - Math.max(pausedUntilMs, cluster.world.nowMs()));
        pausedUntilMs = Math.max(pausedUntilMs, ms);
        disturbedUntil(pausedUntilMs);
        return addedMs;
    }

    void leap(long ms) {
        cluster.world.note(name, "has its clock leap by " + ms + " ms");
        clock.leap(ms);
        disturbedUntil(cluster.world.nowMs());
    }

    void slowDown(int times, long ms) {
        cluster.world.note(name, "is " + times + " times as slow for " + ms + " ms");
        slowness = times;
        slowUntilMs = cluster.world.nowMs() + ms;
        disturbedUntil(slowUntilMs);
    }

    // ---- its core -----------------------------------------------------------------------------------------------

    void receive(byte[] bytes) {
        run(() -> {
            Frame.ToExecutor frame = (Frame.ToExecutor) FrameCodec.decode(bytes);
            cluster.world.note(name, Arrays.hashCode(bytes), () -> "hears " + Sentences.of(frame));
            on(new ExecutorEvent.FrameReceived(frame));
        });
    }

    void driverGone(String why) {
        run(() -> on(new ExecutorEvent.DriverGone(why)));
    }

    /** Until it has reached its driver it is told nothing. */
    void on(ExecutorEvent event) {
        hasBegun |= event instanceof ExecutorEvent.Started;
        if (!hasBegun) {
            return;
        }
        List<ExecutorEffect> effects = new ArrayList<>();
        core.on(nowMs(), event, effects::add);
        for (ExecutorEffect effect : effects) {
            if (!isAlive) {
                return;
            }
            perform(effect);
        }
        if (arbiter.freeBytes() < 0) {
            throw new SimViolation(name + " has granted " + -arbiter.freeBytes() + " bytes of memory that it has not");
        }
    }

    private void perform(ExecutorEffect effect) {
        if (effect instanceof ExecutorEffect.Send e) {
            send(e.frame());
        } else if (effect instanceof ExecutorEffect.KeepProgram e) {
            programs.put(e.stageId(), e.body());
        } else if (effect instanceof ExecutorEffect.ForgetProgram e) {
            programs.remove(e.stageId());
        } else if (effect instanceof ExecutorEffect.StartAttempt e) {
            start(e.group());
        } else if (effect instanceof ExecutorEffect.CancelAttempt e) {
            cancel(e);
        } else if (effect instanceof ExecutorEffect.LookAtAttempt e) {
            if (running.containsKey(e.attempt())) {
                on(new ExecutorEvent.AttemptSeen(e.attempt(), "    at simulated"));
            }
        } else if (effect instanceof ExecutorEffect.DropShuffle e) {
            disk.dropShuffle(e.shuffleId());
        } else if (effect instanceof ExecutorEffect.DropMapOutput e) {
            disk.dropMapOutput(e.shuffleId(), e.attempt());
        } else if (effect instanceof ExecutorEffect.DropCachedSet e) {
            in(1 + cluster.random.nextInt(20), () -> cache.dropSet(e.setId(), e.epoch()));
        } else if (effect instanceof ExecutorEffect.CopyMapOutput e) {
            new SimCopy(this, e).start();
        } else if (effect instanceof ExecutorEffect.CopyCachedBlock e) {
            new SimCache(this, cache).copy(e.block(), e.level(), e.from());
        } else if (effect instanceof ExecutorEffect.DropCachedBlock e) {
            in(1 + cluster.random.nextInt(20), () -> cache.drop(e.block()));
        } else if (effect instanceof ExecutorEffect.DropResult e) {
            disk.dropResult(e.attempt());
        } else if (effect instanceof ExecutorEffect.DropBroadcast e) {
            disk.dropBroadcast(e.broadcastId());
            on(new ExecutorEvent.BroadcastDropped(e.broadcastId()));
        } else if (effect instanceof ExecutorEffect.Exit e) {
            end(e.code(), e.reason());
        }
    }

    private void send(Frame.ToDriver frame) {
        if (cluster.faults.strikes(FaultKind.KILL_AT_SEND, rarityOf(frame))) {
            boolean isSent = cluster.faults.random(FaultKind.KILL_AT_SEND).nextBoolean();
            if (isSent) {
                transmit(frame);
            }
            String what = frame.getClass().getSimpleName();
            cluster.launcher.kill(this, "killed just " + (isSent ? "after" : "before") + " it sent " + what);
            return;
        }
        transmit(frame);
    }

    private static int rarityOf(Frame.ToDriver frame) {
        return frame instanceof Frame.Register ? AT_REGISTRATION : 1;
    }

    private void transmit(Frame.ToDriver frame) {
        long untilMs = cluster.network.send(
                node(), SimCluster.DRIVER, FrameCodec.encode(frame), rarityOf(frame), cluster.driver::receive);
        if (untilMs > 0) {
            disturbedMs = Math.max(disturbedMs, untilMs);
        }
    }

    // ---- its tasks ----------------------------------------------------------------------------------------------

    private void start(TaskGroup group) {
        if (running.containsKey(group.attempt())) {
            throw new SimViolation(name + " runs " + group.attempt() + " twice at once");
        }
        byte[] program = programs.get(group.attempt().stageId());
        if (program == null) {
            throw new SimViolation(name + " runs " + group.attempt() + " without the program of its stage");
        }
        SimAttempt attempt = new SimAttempt(this, group, program);
        running.put(group.attempt(), attempt);
        cluster.attemptStarted();
        if (running.size() > cores) {
            throw new SimViolation(name + " runs " + running.size() + " attempts in " + cores + " slots");
        }
        attempt.start();
    }

    boolean isRunning(SimAttempt attempt) {
        return running.get(attempt.id()) == attempt;
    }

    void ended(SimAttempt attempt) {
        running.remove(attempt.id(), attempt);
    }

    /** Who is not interrupted looks at the end of its batch, which is when its body would be computed. */
    private void cancel(ExecutorEffect.CancelAttempt e) {
        SimAttempt attempt = running.get(e.attempt());
        if (!e.isInterrupting()) {
            if (attempt != null) {
                attempt.cancelAtEnd(e.reason());
            }
            return;
        }
        in(1 + cluster.random.nextInt(50), () -> {
            if (attempt == null || !isRunning(attempt)) {
                return;
            }
            if (cluster.faults.strikes(FaultKind.STUCK)) {
                cluster.world.note(name, e.attempt() + " ignores its interrupt");
                attempt.stick();
                cluster.stuck();
            } else {
                attempt.interrupt(e.reason());
            }
        });
    }
}
