package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore.BelievedAttempt;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.FaultKind;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Starts and ends the simulated processes of executors, and tells the driver of their ends, or part of it, as launchers
 * and sockets do.
 */
final class SimLauncher {
    /** The driver's patience with an executor that is silent, and with one that does not register. */
    private static final long LOST_AFTER_MS = 10_000;

    private static final long REGISTRATION_MS = 60_000;
    /** What a launcher hears of an end it tells within so long. */
    private static final int MAX_NEWS_MS = 200;

    private static final int MIN_START_MS = 200;
    private static final int MAX_START_MS = 2_200;
    /** A cluster that has no room just then. */
    private static final int MAX_LATE_START_MS = 25_000;

    private static final int STARTS_TO_A_LATE_ONE = 3;
    private static final int MAX_CORES = 3;

    /** Exit code of a process that was killed. */
    private static final int KILLED = 137;

    private static final int HEAP_FULL = 3;
    private static final int EXIT_OF_TASK = 42;
    private static final String HEAP_OUTPUT = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

    private final SimCluster cluster;
    private final SplittableRandom random;
    /** Every process that ever started: the first incarnation is 1. */
    private final List<SimExecutor> processes = new ArrayList<>();

    private final TreeMap<String, Integer> launchesOf = new TreeMap<>();
    /** How the processes of each name have ended. */
    private final TreeMap<String, TreeSet<Integer>> exitCodes = new TreeMap<>();

    private int wantedCount;
    /** Of those that were asked for later, how many will come, and how many will not. */
    private int unbegun;

    private int cancelled;
    private int joinedCount;
    private int nextExecutorNumber;
    private int launchCount;

    SimLauncher(SimCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.world.random("launcher");
    }

    Iterable<SimExecutor> processes() {
        return processes;
    }

    /** Null when that process has not started or has ended. */
    SimExecutor process(String executorId, long incarnation) {
        if (incarnation < 1 || incarnation > processes.size()) {
            return null;
        }
        SimExecutor process = processes.get((int) incarnation - 1);
        return process.isAlive() && process.id.equals(executorId) ? process : null;
    }

    int startedCount() {
        return processes.size();
    }

    private boolean isRegistered(String executorId) {
        return processes.stream()
                .anyMatch(process -> process.id.equals(executorId)
                        && cluster.driver.core.isRegistered(executorId, process.incarnation));
    }

    /** How many executors there should be: those started with and those that joined. */
    int wantedCount() {
        return wantedCount;
    }

    // ---- starts ---------------------------------------------------------------------------------------------------

    /** One that nobody has asked for. */
    void join() {
        joinedCount++;
        add();
    }

    /** One more. */
    void add() {
        wantedCount++;
        launch("e" + ++nextExecutorNumber, MAX_START_MS);
    }

    /** As a cluster does: at once or when it has room. */
    void addLater(int count) {
        for (int i = 0; i < count; i++) {
            wantedCount++;
            unbegun++;
            boolean isLate = random.nextInt(STARTS_TO_A_LATE_ONE) == 0;
            cluster.world.in(1 + random.nextInt(isLate ? MAX_LATE_START_MS : 50), this::begin);
        }
        // One that joins by itself may be on its way.
        if (wantedCount > SimPolicy.MOST_EXECUTORS + joinedCount) {
            throw new SimViolation(
                    wantedCount + " executors are wanted, " + SimPolicy.MOST_EXECUTORS + " are the most");
        }
    }

    private void begin() {
        if (cancelled > 0) {
            cancelled--;
        } else {
            unbegun--;
            launch("e" + ++nextExecutorNumber, MAX_START_MS);
        }
    }

    /** Of those that were not begun with. */
    void cancel(int count) {
        int possible = Math.min(count, unbegun);
        unbegun -= possible;
        cancelled += possible;
        wantedCount -= possible;
    }

    /** One that goes is not replaced. */
    void wantFewer() {
        wantedCount--;
    }

    /** As launchers do: under a new name, or the same name is started again. */
    void replace(String lostExecutorId) {
        // One that is about to leave is replaced under another name; one that is lost may live on all the same.
        boolean isSameName = random.nextBoolean() && !isRegistered(lostExecutorId);
        String executorId = isSameName ? lostExecutorId : "e" + ++nextExecutorNumber;
        boolean isLate = random.nextInt(STARTS_TO_A_LATE_ONE) == 0;
        cluster.world.in(1 + random.nextInt(50), () -> launch(executorId, isLate ? MAX_LATE_START_MS : MAX_START_MS));
    }

    private void launch(String executorId, int maxStartMs) {
        if (cluster.isClosed()) {
            return;
        }
        int launches = launchesOf.merge(executorId, 1, Integer::sum);
        Secret nonce = Secret.of("n" + ++launchCount);
        cluster.driver.on(new DriverEvent.ExecutorRequested(executorId, nonce));
        if (cluster.faults.strikes(FaultKind.LAUNCH_FAILURE)) {
            cluster.causes.processEnded();
            cluster.network.disturbedUntil(cluster.world.nowMs() + MAX_NEWS_MS);
            endedWith(executorId, 1);
            cluster.world.in(MAX_NEWS_MS / 2, () -> exited(executorId, launches, 1, "no such jar"));
            return;
        }
        int cores = 1 + random.nextInt(MAX_CORES);
        int startMs = MIN_START_MS + random.nextInt(maxStartMs - MIN_START_MS);
        cluster.network.disturbedUntil(cluster.world.nowMs() + startMs);
        cluster.world.in(startMs, () -> {
            // Of a driver that closed meanwhile it does not come; one that died cannot keep it from coming.
            if (!cluster.isClosed() || cluster.driver.isDead()) {
                SimExecutor process =
                        new SimExecutor(cluster, executorId, processes.size() + 1, launches, nonce, cores);
                processes.add(process);
                process.start();
            }
        });
    }

    // ---- ends -----------------------------------------------------------------------------------------------------

    /** What is given up is ended if it can be reached; else it goes on until it learns that it was given up. */
    void release(String executorId, long incarnation, String reason) {
        SimExecutor process = process(executorId, incarnation);
        int reach = random.nextInt(3);
        if (process == null || reach == 0) {
            return;
        }
        cluster.world.in(1 + random.nextInt(100), () -> {
            if (reach == 1) {
                process.end(KILLED, "killed by the launcher: " + reason);
            } else {
                process.driverGone("closed by the driver");
            }
        });
    }

    void kill(SimExecutor executor, String why) {
        cluster.network.disturbedUntil(cluster.world.nowMs());
        executor.end(KILLED, why);
    }

    /** What runs in the process ends it, without a word of the executor. */
    void endedByTask(SimExecutor executor, AttemptId attempt) {
        cluster.network.disturbedUntil(cluster.world.nowMs());
        List<AttemptId> unknown = new ArrayList<>(executor.attempts());
        for (BelievedAttempt believed : cluster.driver.core.believedAttempts()) {
            if (believed.executorId().equals(executor.id) && believed.incarnation() == executor.incarnation) {
                unknown.remove(believed.attempt());
            }
        }
        boolean isHeap = attempt.partition() % 2 == 0;
        cluster.causes.processEndedBy(attempt, unknown.contains(attempt));
        executor.end(isHeap ? HEAP_FULL : EXIT_OF_TASK, isHeap ? HEAP_OUTPUT : "");
    }

    private void endedWith(String executorId, int exitCode) {
        exitCodes.computeIfAbsent(executorId, id -> new TreeSet<>()).add(exitCode);
    }

    /** Whether a process of this name has ended so. */
    boolean hasEndedWith(String executorId, int exitCode) {
        return exitCodes.getOrDefault(executorId, new TreeSet<>()).contains(exitCode);
    }

    /** The driver may learn of it by the connection, by the launcher, by both, or only by silence. */
    void ended(SimExecutor executor, int exitCode, String why) {
        boolean isRegistered = cluster.driver.core.isRegistered(executor.id, executor.incarnation);
        cluster.causes.processEnded();
        endedWith(executor.id, exitCode);
        cluster.oracles.mayEnd(executor, isRegistered, why);
        int news = random.nextInt(9);
        boolean isTold = isRegistered && news < 6 || news > 2 && news < 8;
        long unknownMs = isTold ? MAX_NEWS_MS : isRegistered ? LOST_AFTER_MS : REGISTRATION_MS;
        cluster.network.disturbedUntil(cluster.driver.listensMs() + unknownMs);
        if (news < 6) {
            cluster.world.in(
                    1 + random.nextInt(20),
                    () -> cluster.driver.on(
                            new DriverEvent.ConnectionClosed(executor.id, executor.incarnation, "end of stream")));
        }
        if (news > 2 && news < 8) {
            boolean isOwnEnd = exitCode != KILLED && exitCode != HEAP_FULL && exitCode != EXIT_OF_TASK;
            String output = isOwnEnd ? "executor ends with exit code " + exitCode + ": " + why : why;
            cluster.world.in(
                    1 + random.nextInt(MAX_NEWS_MS),
                    () -> exited(executor.id, executor.launchNumber, exitCode, output));
        }
    }

    /** A launcher that has started a name again tells no more of the process before. */
    private void exited(String executorId, int launches, int exitCode, String lastOutput) {
        if (launchesOf.get(executorId) == launches) {
            cluster.driver.on(new DriverEvent.ExecutorExited(
                    executorId, ExitReasons.ofProcess(exitCode, SimExecutor.MEMORY, lastOutput)));
        }
    }

    /** The driver's process is gone: some executors see their connection end, others only hear nothing any more. */
    void driverDied() {
        for (SimExecutor executor : processes) {
            if (executor.isAlive() && random.nextBoolean()) {
                cluster.world.in(1 + random.nextInt(20), () -> executor.driverGone("end of stream"));
            }
        }
    }
}
