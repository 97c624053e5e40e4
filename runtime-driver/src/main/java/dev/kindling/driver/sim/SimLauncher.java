package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore.BelievedAttempt;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExecutorPlace;
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
    private static final int MIN_START_MS = 200;
    private static final int MAX_CORES = 3;

    /** Exit code of a process that was killed. */
    static final int KILLED = 137;

    private static final int TERMINATED = 143;

    private static final int HEAP_FULL = 3;
    private static final int EXIT_OF_TASK = 42;
    private static final List<Integer> NOT_BY_ITSELF = List.of(KILLED, TERMINATED, HEAP_FULL, EXIT_OF_TASK);
    private static final String HEAP_OUTPUT = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

    private final SimCluster cluster;
    private final SplittableRandom random;
    /** Every process that ever started: the first incarnation is 1. */
    private final List<SimExecutor> processes = new ArrayList<>();

    private final TreeMap<String, Integer> launchesOf = new TreeMap<>();
    /** How the processes of each name have ended. */
    private final TreeMap<String, TreeSet<Integer>> exitCodes = new TreeMap<>();

    /** Other supplies take its place before the start. */
    SimSupply supply;

    private int wantedCount;
    private int joinedCount;
    private int launchCount;

    SimLauncher(SimCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.world.random("launcher");
        this.supply = new SimHosts(cluster, this, random);
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

    boolean isRegistered(String executorId) {
        return processes.stream()
                .anyMatch(process -> process.id.equals(executorId)
                        && cluster.driver.core.isRegistered(executorId, process.incarnation));
    }

    /** How many executors there should be: those started with and those that joined. */
    int wantedCount() {
        return wantedCount;
    }

    // ---- starts ---------------------------------------------------------------------------------------------------

    void start(int executors) {
        wantedCount += executors;
        supply.begin(executors);
    }

    /** One that the driver has not asked for. */
    void join() {
        joinedCount++;
        start(1);
    }

    void addLater(int count) {
        wantedCount += count;
        supply.more(count);
        // One that joins by itself may be on its way.
        if (wantedCount > SimPolicy.MOST_EXECUTORS + joinedCount) {
            throw new SimViolation(
                    wantedCount + " executors are wanted, " + SimPolicy.MOST_EXECUTORS + " are the most");
        }
    }

    /** Of those that were not begun with. */
    void cancel(int count) {
        supply.fewer(count);
    }

    /** So many of those will not come. */
    void cancelled(int count) {
        wantedCount -= count;
    }

    /** One that goes is not replaced. */
    void wantFewer() {
        wantedCount--;
    }

    void replace(String lostExecutorId) {
        supply.replace(lostExecutorId);
    }

    void registered(String executorId) {
        supply.registered(executorId);
    }

    /** The driver expects the executor from now on, and its process starts some time later. */
    void launch(String executorId, int maxStartMs) {
        launch(executorId, maxStartMs, false);
    }

    /** As above. @param isBase that it stays when it has nothing to do */
    void launch(String executorId, int maxStartMs, boolean isBase) {
        if (cluster.isClosed()) {
            return;
        }
        int launches = launchesOf.merge(executorId, 1, Integer::sum);
        Secret nonce = Secret.of("n" + ++launchCount);
        cluster.driver.on(new DriverEvent.ExecutorRequested(executorId, nonce, new ExecutorPlace("", isBase)));
        if (cluster.faults.strikes(FaultKind.LAUNCH_FAILURE)) {
            cluster.causes.processEnded();
            cluster.network.disturbedUntil(cluster.world.nowMs() + SimHosts.MAX_NEWS_MS);
            endedWith(executorId, 1);
            supply.neverBegan(executorId, launches);
            return;
        }
        int cores = 1 + random.nextInt(MAX_CORES);
        int startMs = MIN_START_MS + random.nextInt(maxStartMs - MIN_START_MS);
        cluster.network.disturbedUntil(cluster.world.nowMs() + startMs);
        cluster.world.in(startMs, () -> {
            // Of a driver that closed meanwhile it does not come; one that died cannot keep it from coming.
            if (supply.mayStart(executorId) && (!cluster.isClosed() || cluster.driver.isDead())) {
                SimExecutor process =
                        new SimExecutor(cluster, executorId, processes.size() + 1, launches, nonce, cores);
                processes.add(process);
                process.start();
            }
        });
    }

    boolean isLastLaunch(String executorId, int launchNumber) {
        return launchesOf.get(executorId) == launchNumber;
    }

    // ---- ends -----------------------------------------------------------------------------------------------------

    void release(String executorId, long incarnation, String reason) {
        supply.release(executorId, incarnation, reason);
    }

    void kill(SimExecutor executor, String why) {
        cluster.network.disturbedUntil(cluster.world.nowMs());
        executor.end(KILLED, why);
    }

    /** Somebody asks the process to end: when it next runs it does, and the executor has no say in it. */
    void terminate(SimExecutor executor) {
        executor.run(() -> {
            cluster.network.disturbedUntil(cluster.world.nowMs());
            executor.end(TERMINATED, "asked to end by a signal");
        });
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

    void endedWith(String executorId, int exitCode) {
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
        boolean isSeen = news > 2 && news < 8;
        long silentMs = isRegistered ? news < 6 ? SimHosts.MAX_NEWS_MS : LOST_AFTER_MS : REGISTRATION_MS;
        cluster.network.disturbedUntil(cluster.driver.listensMs() + Math.min(silentMs, supply.endToldWithinMs(isSeen)));
        if (news < 6) {
            cluster.world.in(
                    1 + random.nextInt(20),
                    () -> cluster.driver.on(
                            new DriverEvent.ConnectionClosed(executor.id, executor.incarnation, "end of stream")));
        }
        boolean isOwnEnd = !NOT_BY_ITSELF.contains(exitCode);
        String output = isOwnEnd ? "executor ends with exit code " + exitCode + ": " + why : why;
        supply.ended(executor, exitCode, output, isSeen);
    }

    void close() {
        supply.close();
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
