package dev.kindling.driver.sim;

import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.driver.core.Sentences;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.cache.ExecutorCache;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorEffect;
import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.sim.FaultKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One simulated process of an executor: the real core, and what its shell would do. It can end at any moment, even
 * between two effects of one event, and it can stand still, while what reaches it waits.
 */
final class SimExecutor {
    static final long HEAP_BYTES = 64 << 20;
    /** The shell ticks every 100 ms, later when the machine is busy; heartbeats bear a little more. */
    private static final int MAX_TICK_MS = 900;

    private static final int MIN_TICK_MS = 200;
    private static final long POOL_BYTES = 4 << 20;
    /** Tasks that are over in a moment are as usual as those that outlast a heartbeat. */
    private static final int MAX_USUAL_RUN_MS = 2_000;

    private static final int RUN_MAGNITUDES = 5;
    private static final int MAX_EVICTED_BYTES = 4 << 10;

    final SimCluster cluster;
    final SimDisk disk;
    final String id;
    final long incarnation;
    /** How often a process was started under this name, this one included. */
    final int launchNumber;

    private final String name;
    private final int cores;
    private final int tickMs;
    private final ExecutorCore core;
    private final MemoryPool memory;
    final CacheStore cache;
    private final SimCacheDisk cacheDisk;
    private ExecutorAddress address;
    private final TaskSettings settings;
    private final TreeMap<Integer, byte[]> programs = new TreeMap<>();
    private final TreeMap<AttemptId, RunningTask> tasks = new TreeMap<>();
    private boolean isAlive = true;
    private long pausedUntilMs;
    private long processorMs;

    SimExecutor(SimCluster cluster, String id, long incarnation, int launchNumber, int cores) {
        this.launchNumber = launchNumber;
        this.cluster = cluster;
        this.id = id;
        this.incarnation = incarnation;
        this.name = id + "@" + incarnation;
        this.cores = cores;
        this.tickMs = cluster.random.nextInt(MIN_TICK_MS, MAX_TICK_MS);
        this.core = cluster.cores.executor().get();
        this.disk = new SimDisk(cluster.faults);
        this.memory = new MemoryPool(POOL_BYTES, cores);
        this.cacheDisk = new SimCacheDisk(cluster.faults);
        this.cache = new CacheStore(memory, cacheDisk, status -> on(new ExecutorEvent.CachedBlockChanged(status)));
        this.settings = new TaskSettings("sim", 64, 16 << 10, cluster.maxDirectResultBytes, 1 << 20, 1 << 20);
    }

    // ---- its life -----------------------------------------------------------------------------------------------

    void start() {
        cluster.world.note(name(), "starts");
        address = new ExecutorAddress(id, incarnation, "host-" + id, 7000, "host-" + id, "/scratch");
        on(new ExecutorEvent.Started(address, cores, HEAP_BYTES, incarnation));
        tickLater();
    }

    /** A number of its own: what a loss says about memory must be that of this very process. */
    static long residentBytes(long incarnation) {
        return HEAP_BYTES + incarnation;
    }

    private void tickLater() {
        in(tickMs, () -> {
            boolean isBusy = tasks.values().stream().anyMatch(task -> !task.isHanging);
            processorMs += isBusy ? tickMs : 0;
            on(new ExecutorEvent.Tick(HEAP_BYTES / 2 + incarnation, residentBytes(incarnation), 1 + processorMs));
            tickLater();
        });
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

    long nowMs() {
        return cluster.world.nowMs();
    }

    /** Runs it unless the process has ended; after the pause, when it stands still. */
    void run(Runnable action) {
        if (!isAlive) {
            return;
        }
        long waitMs = pausedUntilMs - nowMs();
        if (waitMs > 0) {
            cluster.world.in(waitMs, () -> run(action));
        } else {
            action.run();
        }
    }

    void in(long delayMs, Runnable action) {
        cluster.world.in(delayMs, () -> run(action));
    }

    void pause(long ms) {
        cluster.world.note(name(), "stands still for " + ms + " ms");
        pausedUntilMs = nowMs() + ms;
        cluster.network.disturbedUntil(pausedUntilMs);
    }

    /** The process ends; whoever watches it may hear of it. */
    void end(int exitCode, String why) {
        if (isAlive) {
            isAlive = false;
            cluster.world.note(name(), "ends: " + why);
            new ArrayList<>(tasks.values()).forEach(RunningTask::close);
            cluster.ended(this, exitCode, why);
        }
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
            cluster.world.note(name(), freed + " bytes of cached blocks leave memory");
        });
    }

    /** One of its files is gone, and it does not know; false when it has none. */
    boolean loseAny(SplittableRandom random) {
        return random.nextBoolean() && cacheDisk.loseAny(random) || disk.loseAny(random);
    }

    List<AttemptId> attempts() {
        return core.attempts();
    }

    int runningCount() {
        return tasks.size();
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

    private void on(ExecutorEvent event) {
        List<ExecutorEffect> effects = new ArrayList<>();
        core.on(nowMs(), event, effects::add);
        for (ExecutorEffect effect : effects) {
            if (!isAlive) {
                return;
            }
            perform(effect);
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
            start(e.task());
        } else if (effect instanceof ExecutorEffect.CancelAttempt e) {
            cancel(e);
        } else if (effect instanceof ExecutorEffect.LookAtAttempt e) {
            if (tasks.containsKey(e.attempt())) {
                on(new ExecutorEvent.AttemptSeen(e.attempt(), "    at simulated"));
            }
        } else if (effect instanceof ExecutorEffect.DropShuffle e) {
            disk.dropShuffle(e.shuffleId());
        } else if (effect instanceof ExecutorEffect.DropMapOutput e) {
            disk.dropMapOutput(e.shuffleId(), e.attempt());
        } else if (effect instanceof ExecutorEffect.DropCachedSet e) {
            in(1 + cluster.random.nextInt(20), () -> cache.dropSet(e.setId(), e.epoch()));
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
        if (cluster.faults.strikes(FaultKind.KILL_AT_SEND)) {
            if (cluster.faults.random(FaultKind.KILL_AT_SEND).nextBoolean()) {
                cluster.network.send(node(), SimCluster.DRIVER, FrameCodec.encode(frame), cluster.driver::receive);
            }
            cluster.killed(this, "killed while it sent " + frame.getClass().getSimpleName());
            return;
        }
        cluster.network.send(node(), SimCluster.DRIVER, FrameCodec.encode(frame), cluster.driver::receive);
    }

    // ---- its tasks ----------------------------------------------------------------------------------------------

    private void start(TaskLaunch launch) {
        if (tasks.containsKey(launch.attempt())) {
            throw new SimViolation(name() + " runs " + launch.attempt() + " twice at once");
        }
        RunningTask task = new RunningTask(launch, programs.get(launch.attempt().stageId()));
        tasks.put(launch.attempt(), task);
        if (tasks.size() > cores) {
            throw new SimViolation(name() + " runs " + tasks.size() + " tasks in " + cores + " slots");
        }
        task.fetchNext();
    }

    /** Who is not interrupted looks at the end of its batch, which is when its body would be computed. */
    private void cancel(ExecutorEffect.CancelAttempt e) {
        AttemptId attempt = e.attempt();
        if (!e.isInterrupting()) {
            Optional.ofNullable(tasks.get(attempt)).ifPresent(task -> {
                task.cancelledFor = Optional.of(e.reason());
                if (task.isHanging) {
                    cluster.hangs(attempt);
                }
            });
            return;
        }
        in(1 + cluster.random.nextInt(50), () -> {
            RunningTask task = tasks.get(attempt);
            if (task != null && cluster.faults.strikes(FaultKind.STUCK)) {
                cluster.world.note(name, attempt + " ignores its interrupt");
                task.isStuck = true;
                cluster.stuck();
            } else if (task != null) {
                task.endWith(new TaskFailure.Cancelled(e.reason()));
            }
        });
    }

    /** One attempt: its inputs are fetched one after the other, it takes its time, then its body runs at one instant. */
    private final class RunningTask {
        private final TaskLaunch launch;
        private final byte[] program;
        private final AttemptMemory ownMemory;
        private final List<SimFetch> fetches = new ArrayList<>();
        private final List<SimBroadcastFetch> broadcastFetches = new ArrayList<>();
        private final SimCache cached = new SimCache(SimExecutor.this, cache);
        private final boolean isDiskFull;
        private final boolean isFailing;
        private int nextInput;
        private final boolean isFatal;
        private final boolean isHanging;
        private boolean isStuck;
        private Optional<String> cancelledFor = Optional.empty();

        RunningTask(TaskLaunch launch, byte[] program) {
            this.launch = launch;
            this.program = program;
            ownMemory = memory.openTask();
            isDiskFull = cluster.faults.strikes(FaultKind.DISK_FULL);
            isFailing = cluster.faults.strikes(FaultKind.USER_ERROR);
            isFatal = cluster.causes.isFatal(launch.attempt());
            isHanging = cluster.faults.strikes(FaultKind.HANG);
        }

        void fetchNext() {
            while (nextInput < launch.inputs().size()) {
                TaskInput input = launch.inputs().get(nextInput++);
                if (input instanceof TaskInput.CachedPartition part && cached.hasToFetch(part)) {
                    cached.fetch(part, this::fetchNext, this::endWith);
                    return;
                }
                if (input instanceof TaskInput.ShuffleInput shuffle) {
                    SimFetch fetch = new SimFetch(
                            SimExecutor.this,
                            shuffle,
                            cluster.jobs.bucketsPerPartition(launch, program, shuffle.leafId()),
                            launch.attempt().partition(),
                            this::fetchNext,
                            this::endWith);
                    fetches.add(fetch);
                    fetch.start();
                    return;
                }
            }
            if (isHanging) {
                cluster.hangs(launch.attempt());
                return;
            }
            long runMs = 1 + cluster.random.nextInt(MAX_USUAL_RUN_MS >> cluster.random.nextInt(RUN_MAGNITUDES));
            in(cluster.faults.strikes(FaultKind.STRAGGLE) ? 20 * runMs : runMs, this::compute);
        }

        private void compute() {
            if (tasks.get(launch.attempt()) != this || isStuck) {
                return;
            }
            if (cancelledFor.isPresent()) {
                endWith(new TaskFailure.Cancelled(cancelledFor.get()));
                return;
            }
            if (isFatal) {
                cluster.endedByTask(SimExecutor.this, launch.attempt());
                return;
            }
            if (isFailing) {
                cluster.planted(launch.attempt());
                endWith(new TaskFailure.UserError("java.lang.IllegalStateException", "planted", "", new byte[0]));
                return;
            }
            Optional<BroadcastKey> read = cluster.jobs.broadcastOf(program);
            if (read.isPresent()
                    && disk.broadcast(read.get().id()).present().cardinality()
                            < read.get().blockCount()) {
                fetchBroadcast(read.get());
                return;
            }
            TaskOutcome outcome = cluster.jobs.run(
                    launch,
                    program,
                    new SimEnvironment(launch.attempt(), ownMemory, disk, fetches, cached, settings, isDiskFull));
            if (!isAlive) {
                return;
            }
            if (outcome instanceof TaskOutcome.Failure failure) {
                disk.dropResult(launch.attempt());
                endWith(failure.failure());
            } else if (outcome instanceof TaskOutcome.Success success) {
                if (success.storedResult().length > 0) {
                    disk.keepResult(launch.attempt(), success.storedResult());
                }
                close();
                cluster.world.note(name, digest(), () -> launch.attempt() + " succeeds");
                on(new ExecutorEvent.AttemptSucceeded(
                        launch.attempt(), success.result(), success.metrics(), success.updates()));
            }
        }

        private void fetchBroadcast(BroadcastKey key) {
            SimBroadcastFetch fetch = new SimBroadcastFetch(SimExecutor.this, key, this::compute, end -> {
                if (!end.isDestroyed()) {
                    cluster.planted(launch.attempt());
                }
                endWith(new TaskFailure.InputOutput(end.why(), false, ""));
            });
            broadcastFetches.add(fetch);
            fetch.start();
        }

        void endWith(TaskFailure failure) {
            if (isStuck) {
                return;
            }
            close();
            cluster.world.note(name, ~digest(), () -> launch.attempt() + " fails: " + failure.message());
            on(new ExecutorEvent.AttemptFailed(launch.attempt(), failure, TaskMetrics.NONE));
        }

        private long digest() {
            AttemptId attempt = launch.attempt();
            return (long) attempt.stageId() << 40 | (long) attempt.partition() << 16 | attempt.attempt();
        }

        void close() {
            tasks.remove(launch.attempt(), this);
            fetches.forEach(SimFetch::stop);
            broadcastFetches.forEach(SimBroadcastFetch::stop);
            cached.stop();
            ownMemory.close();
        }
    }
}
