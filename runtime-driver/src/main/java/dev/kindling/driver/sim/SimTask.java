package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.sim.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One task of an attempt: its inputs are fetched one after the other, it takes its time, then its body runs at one instant. */
final class SimTask {
    /** Tasks that are over in a moment are as usual as those that outlast a heartbeat. */
    private static final int MAX_USUAL_RUN_MS = 2_000;

    private static final int RUN_MAGNITUDES = 5;
    private static final int STRAGGLING = 20;
    /** A wish may be half of the pool. */
    private static final int MAX_WISH_BITS = 22;

    private final SimAttempt whole;
    private final SimExecutor executor;
    private final SimCluster cluster;
    private final TaskLaunch launch;
    private final byte[] program;
    private final AttemptMemory memory;
    private final List<SimFetch> fetches = new ArrayList<>();
    private final List<SimBroadcastFetch> broadcastFetches = new ArrayList<>();
    private final SimCache cached;
    private final boolean isFailing;
    private final boolean isFatal;
    private final boolean isHanging;
    private long heldBytes;
    private final long startedMs;
    /** Beginning of the fetch that is under way, by the executor's clock. */
    private long fetchingSinceMs;

    private long fetchWaitMs;
    private int nextInput;
    private long computedMs;

    SimTask(SimAttempt whole, SimExecutor executor, TaskLaunch launch, byte[] program) {
        this.whole = whole;
        this.executor = executor;
        this.cluster = executor.cluster;
        this.launch = launch;
        this.program = program;
        startedMs = executor.nowMs();
        memory = executor.memory.openTask();
        cached = new SimCache(executor, executor.cache);
        isFailing = cluster.faults.strikes(FaultKind.USER_ERROR);
        isFatal = cluster.causes.isFatal(launch.attempt());
        isHanging = cluster.faults.strikes(FaultKind.HANG);
    }

    AttemptId attempt() {
        return launch.attempt();
    }

    /** While it fetches and runs it holds memory, so that its neighbours may find less. */
    void start() {
        long wishedBytes = 1L << cluster.random.nextInt(MAX_WISH_BITS);
        if (memory.tryAcquire(wishedBytes)) {
            heldBytes = wishedBytes;
        }
        fetchNext();
    }

    private void fetchNext() {
        while (nextInput < launch.inputs().size()) {
            TaskInput input = launch.inputs().get(nextInput++);
            if (input instanceof TaskInput.CachedPartition part && cached.hasToFetch(part)) {
                fetchingSinceMs = executor.nowMs();
                cached.fetch(part, this::fetched, this::endWith);
                return;
            }
            if (input instanceof TaskInput.ShuffleInput shuffle) {
                SimFetch fetch = new SimFetch(
                        executor,
                        shuffle,
                        cluster.jobs.bucketsPerPartition(launch, program, shuffle.leafId()),
                        attempt().partition(),
                        this::fetched,
                        this::endWith);
                fetches.add(fetch);
                fetchingSinceMs = executor.nowMs();
                fetch.start();
                return;
            }
        }
        if (isHanging) {
            cluster.hangs(attempt());
            return;
        }
        OptionalLong givenMs = cluster.jobs.runMs(launch);
        long runMs = givenMs.isPresent()
                ? givenMs.getAsLong()
                : 1 + cluster.random.nextInt(MAX_USUAL_RUN_MS >> cluster.random.nextInt(RUN_MAGNITUDES));
        boolean isStraggling = runMs <= MAX_USUAL_RUN_MS && cluster.faults.strikes(FaultKind.STRAGGLE);
        computedMs = executor.in(isStraggling ? STRAGGLING * runMs : runMs, this::compute);
    }

    private void fetched() {
        fetchWaitMs += executor.nowMs() - fetchingSinceMs;
        fetchNext();
    }

    private void compute() {
        if (!whole.isRunning(this)) {
            return;
        }
        if (whole.cancelledFor().isPresent()) {
            endWith(new TaskFailure.Cancelled(whole.cancelledFor().get()));
            return;
        }
        if (isFatal) {
            cluster.launcher.endedByTask(executor, attempt());
            return;
        }
        if (isFailing) {
            // The time of a task that took long is lost now, not when it was decided. One that computes does so for as
            // long
            // again, in which nobody can tell that another hangs.
            long againMs = usesProcessor() ? cluster.jobs.runMs(launch).orElse(0) : 0;
            cluster.network.disturbedUntil(cluster.world.nowMs() + againMs);
            cluster.planted(attempt());
            endWith(new TaskFailure.UserError("java.lang.IllegalStateException", "planted", "", new byte[0]));
            return;
        }
        Optional<BroadcastKey> read = cluster.jobs.broadcastOf(program);
        if (read.isPresent() && !isHere(read.get())) {
            fetchBroadcast(read.get());
            return;
        }
        memory.release(heldBytes);
        heldBytes = 0;
        SimEnvironment environment = new SimEnvironment(executor, attempt(), memory, fetches, cached);
        TaskOutcome outcome = cluster.jobs.run(launch, program, environment);
        if (!executor.isAlive()) {
            return;
        }
        if (outcome instanceof TaskOutcome.Success success) {
            succeed(success);
        } else if (outcome instanceof TaskOutcome.Failure failure) {
            if (environment.hasMetRot()
                    || cluster.inputs.wasTroubled(attempt())
                    || cluster.outputs.wasTroubled(attempt())) {
                cluster.planted(attempt());
            }
            if (failure.failure() instanceof TaskFailure.ScratchFull && executor.disk.isFilled()) {
                cluster.causes.diskWasFull(executor.name());
            }
            executor.disk.dropResult(attempt());
            endWith(failure.failure());
        }
    }

    private boolean isHere(BroadcastKey key) {
        return executor.disk.broadcast(key.id()).present().cardinality() == key.blockCount();
    }

    private void fetchBroadcast(BroadcastKey key) {
        SimBroadcastFetch fetch = new SimBroadcastFetch(executor, key, this::compute, end -> {
            if (!end.isDestroyed()) {
                cluster.planted(attempt());
            }
            endWith(new TaskFailure.InputOutput(ErrorCode.TASK_FAILED, end.why(), false, ""));
        });
        broadcastFetches.add(fetch);
        fetch.start();
    }

    private void succeed(TaskOutcome.Success success) {
        if (success.storedResult().length > 0) {
            executor.disk.keepResult(attempt(), success.storedResult());
        }
        close();
        cluster.world.note(executor.name(), digest(), () -> attempt() + " succeeds");
        TaskMetrics did = SimMetrics.of(success.metrics(), executor.nowMs() - startedMs, fetchWaitMs);
        whole.succeeded(new TaskDone(attempt(), success.result(), did, success.updates()));
    }

    /** When its body is computed, which takes long on a slow machine and where it straggles; 0 while it fetches. */
    long computedMs() {
        return computedMs;
    }

    boolean isHanging() {
        return isHanging;
    }

    boolean usesProcessor() {
        return !isHanging && cluster.jobs.usesProcessor(launch);
    }

    void endWith(TaskFailure failure) {
        if (!whole.isRunning(this)) {
            return;
        }
        close();
        cluster.world.note(executor.name(), ~digest(), () -> attempt() + " fails: " + failure.message());
        whole.failed(attempt(), failure);
    }

    private long digest() {
        AttemptId attempt = attempt();
        return (long) attempt.stageId() << 40 | (long) attempt.partition() << 16 | attempt.attempt();
    }

    void close() {
        fetches.forEach(SimFetch::stop);
        broadcastFetches.forEach(SimBroadcastFetch::stop);
        cached.stop();
        memory.close();
    }
}
