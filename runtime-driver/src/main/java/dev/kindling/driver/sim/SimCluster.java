package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DriverCore.BelievedAttempt;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimNetwork;
import dev.kindling.sim.SimWorld;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A driver and its executors in one thread: real cores, simulated shells, a launcher that starts and ends processes,
 * and the oracles that look at all of them at once.
 *
 * <p>Until the heal point faults strike. From then on the cluster has a deadline: slow is a failure too. And from
 * {@link #GRACE_MS} after the last disturbance what the driver believes to run must exist, and nothing else may.
 */
final class SimCluster {
    /** Belief and truth may differ for so long after the last disturbance: heartbeats and the relaunch of lost ones. */
    private static final long GRACE_MS = 15_000;
    /** Unfinished jobs must end within so much quiet time after healing. */
    private static final long DEADLINE_MS = 120_000;

    /** The driver's patience with an executor that is silent, and with one that does not register. */
    private static final long LOST_AFTER_MS = 10_000;

    private static final long REGISTRATION_MS = 60_000;

    /** The driver's patience with an attempt that ignores its interrupt, and the time its next report takes. */
    private static final long REPLACED_AFTER_MS = 12_000;

    /** Exit code of a process that was killed. */
    private static final int KILLED = 137;

    private static final int WATCH_MS = 500;
    private static final int CORES = 2;

    final SimWorld world;
    final Faults faults;
    final SimNetwork network;
    final SimOutputs outputs;
    final SplittableRandom random;
    final SimCores cores;
    final SimJobs jobs;
    final Causes causes;
    final int maxDirectResultBytes;
    final SimDriver driver;

    private final int executorCount;
    private final LinkedHashMap<String, SimExecutor> processes = new LinkedHashMap<>();
    private final TreeMap<String, Long> mismatchSinceMs = new TreeMap<>();
    private final TreeMap<String, Integer> launchesOf = new TreeMap<>();
    private int nextExecutorNumber;
    private long nextIncarnation = 1;
    private boolean isClosed;

    SimCluster(
            SimWorld world,
            Faults faults,
            SimCores cores,
            SimJobs jobs,
            SimOutputs outputs,
            int executorCount,
            int maxTaskFailures) {
        this.outputs = outputs;
        this.world = world;
        this.faults = faults;
        this.network = new SimNetwork(world, faults);
        this.random = world.random("cluster");
        this.cores = cores;
        this.jobs = jobs;
        this.causes = new Causes(faults, maxTaskFailures);
        this.executorCount = executorCount;
        this.maxDirectResultBytes = random.nextInt(3) == 0 ? 16 : 1 << 20;
        this.driver = new SimDriver(this);
    }

    void start() {
        driver.start();
        for (int executor = 0; executor < executorCount; executor++) {
            launch("e" + ++nextExecutorNumber);
        }
        world.in(1_000, this::strikeNodes);
        world.in(WATCH_MS, this::watch);
    }

    // ---- jobs ---------------------------------------------------------------------------------------------------

    SimDriver.JobRun submit(JobGraph graph) {
        return driver.submit(graph);
    }

    /** Lets time pass until the job has ended. */
    void await(SimDriver.JobRun job) {
        while (!job.isEnded()) {
            step();
            if (world.nowMs() > quietSinceMs() + DEADLINE_MS) {
                throw new SimViolation("job " + job.graph.jobId() + " has not ended " + (world.nowMs() - quietSinceMs())
                        + " ms after the last disturbance");
            }
        }
    }

    /** Lets so much time pass. */
    void pass(long ms) {
        long untilMs = world.nowMs() + ms;
        while (world.nowMs() < untilMs) {
            step();
        }
    }

    private void step() {
        if (!world.step()) {
            throw new SimViolation("nothing is left to happen");
        }
    }

    private long quietSinceMs() {
        return Math.max(faults.healAtMs(), network.lastDisturbanceMs());
    }

    /**
     * After the last job: lets everything settle, then only what the driver knows may be left; forgets the shuffles,
     * then nothing may be left; closes the cluster, then nobody may be left.
     */
    void end(List<Integer> shuffles) {
        settle();
        onlyKnownThingsAreLeft();
        shuffles.forEach(shuffle -> driver.on(new DriverEvent.ForgetShuffle(shuffle)));
        settle();
        onlyKnownThingsAreLeft();
        driver.close();
        isClosed = true;
        long untilMs = world.nowMs() + 45_000;
        while (world.nowMs() < untilMs && world.step()) {
            continue;
        }
        for (SimExecutor executor : processes.values()) {
            if (executor.isAlive()) {
                throw new SimViolation(executor.name() + " lives on without its driver");
            }
        }
    }

    private void settle() {
        pass(5_000);
        while (world.nowMs() < quietSinceMs() + GRACE_MS + 20_000) {
            step();
        }
    }

    // ---- processes ------------------------------------------------------------------------------------------------

    /** Null when that process has not started or has ended. */
    SimExecutor process(String executorId, long incarnation) {
        SimExecutor process = processes.get(executorId + "@" + incarnation);
        return process != null && process.isAlive() ? process : null;
    }

    private void launch(String executorId) {
        int launches = launchesOf.merge(executorId, 1, Integer::sum);
        driver.on(new DriverEvent.ExecutorRequested(executorId));
        if (faults.strikes(FaultKind.LAUNCH_FAILURE)) {
            causes.processEnded();
            network.disturbedUntil(world.nowMs() + REGISTRATION_MS);
            world.in(100, () -> exited(executorId, launches, 1, "no such jar"));
            return;
        }
        world.in(200 + random.nextInt(2_000), () -> {
            SimExecutor process = new SimExecutor(this, executorId, nextIncarnation++, launches, CORES);
            if (!isClosed) {
                processes.put(process.name(), process);
                process.start();
            }
        });
    }

    /** As launchers do: mostly under a new name, sometimes the same name is started again. */
    void replace(String lostExecutorId) {
        boolean isSameName = random.nextInt(4) == 0;
        String executorId = isSameName ? lostExecutorId : "e" + ++nextExecutorNumber;
        world.in(1 + random.nextInt(50), () -> {
            if (!isClosed) {
                launch(executorId);
            }
        });
    }

    /** What is given up is ended if it can be reached; else it goes on until it learns that it was given up. */
    void release(String executorId, long incarnation, String reason) {
        SimExecutor process = process(executorId, incarnation);
        int reach = random.nextInt(3);
        if (process == null || reach == 0) {
            return;
        }
        world.in(1 + random.nextInt(100), () -> {
            if (reach == 1) {
                process.end(KILLED, "killed by the launcher: " + reason);
            } else {
                process.driverGone("closed by the driver");
            }
        });
    }

    void killed(SimExecutor executor, String why) {
        network.disturbedUntil(world.nowMs());
        executor.end(KILLED, why);
    }

    /** The driver may learn of it by the connection, by the launcher, by both, or only by silence. */
    void ended(SimExecutor executor, int exitCode, String why) {
        causes.processEnded();
        boolean isRegistered = driver.core.isRegistered(executor.id, executor.incarnation);
        if (isRegistered && isQuiet() && !isClosed) {
            throw new SimViolation(executor.name() + " ended without a cause: " + why);
        }
        network.disturbedUntil(world.nowMs() + (isRegistered ? LOST_AFTER_MS : REGISTRATION_MS));
        int news = random.nextInt(9);
        if (news < 6) {
            world.in(
                    1 + random.nextInt(20),
                    () -> driver.on(
                            new DriverEvent.ConnectionClosed(executor.id, executor.incarnation, "end of stream")));
        }
        if (news > 2 && news < 8) {
            String output = exitCode == KILLED ? "" : "executor ends with exit code " + exitCode + ": " + why;
            world.in(1 + random.nextInt(200), () -> exited(executor.id, executor.launchNumber, exitCode, output));
        }
    }

    /** A launcher that has started a name again tells no more of the process before. */
    private void exited(String executorId, int launches, int exitCode, String lastOutput) {
        if (launchesOf.get(executorId) == launches) {
            driver.exited(executorId, ExitReasons.ofProcess(exitCode, SimExecutor.HEAP_BYTES, lastOutput));
        }
    }

    /** An attempt will not end: its executor will, when the driver has heard of it often enough. */
    void stuck() {
        network.disturbedUntil(world.nowMs() + REPLACED_AFTER_MS);
    }

    void planted(AttemptId attempt) {
        causes.taskFailed(attempt);
    }

    // ---- faults of nodes ------------------------------------------------------------------------------------------

    private void strikeNodes() {
        if (world.nowMs() >= faults.healAtMs()) {
            return;
        }
        for (SimExecutor executor : new ArrayList<>(processes.values())) {
            if (executor.isAlive()) {
                strike(executor);
            }
        }
        if (faults.strikes(FaultKind.DRIVER_PAUSE)) {
            driver.pause(faults.random(FaultKind.DRIVER_PAUSE).nextInt(20_000));
        }
        world.in(1_000, this::strikeNodes);
    }

    private void strike(SimExecutor executor) {
        if (faults.strikes(FaultKind.CLOG)) {
            clog(executor);
        }
        if (faults.strikes(FaultKind.LOSE_FILE) && executor.disk.loseAny(faults.random(FaultKind.LOSE_FILE))) {
            world.note(executor.name(), "loses a file");
        }
        if (faults.strikes(FaultKind.PAUSE)) {
            executor.pause(faults.random(FaultKind.PAUSE).nextInt(60_000));
        }
        if (faults.strikes(FaultKind.KILL)) {
            killed(executor, "killed");
        }
    }

    private void clog(SimExecutor executor) {
        SplittableRandom details = faults.random(FaultKind.CLOG);
        List<String> others = new ArrayList<>(List.of("driver"));
        processes.values().stream().filter(SimExecutor::isAlive).forEach(other -> others.add(other.name()));
        String other = others.get(details.nextInt(others.size()));
        long ms = details.nextInt(40_000);
        boolean isOutward = details.nextBoolean();
        world.note(executor.name(), (isOutward ? "cannot send to " : "cannot hear ") + other + " for " + ms + " ms");
        network.clog(isOutward ? executor.name() : other, isOutward ? other : executor.name(), ms);
    }

    // ---- oracles ------------------------------------------------------------------------------------------------

    /** Twice a second: what the driver believes in must be there, what is there it must believe in. */
    private void watch() {
        if (isClosed) {
            return;
        }
        TreeSet<String> believed = new TreeSet<>();
        for (BelievedAttempt attempt : driver.core.believedAttempts()) {
            believed.add(attempt.executorId() + "@" + attempt.incarnation() + " " + attempt.attempt());
        }
        TreeSet<String> real = new TreeSet<>();
        for (SimExecutor executor : processes.values()) {
            if (executor.isAlive()) {
                executor.attempts().forEach(attempt -> real.add(executor.name() + " " + attempt));
            }
        }
        TreeSet<String> different = new TreeSet<>(believed);
        different.removeAll(real);
        real.removeAll(believed);
        different.addAll(real);
        mismatchSinceMs.keySet().retainAll(different);
        for (String attempt : different) {
            long sinceMs = Math.max(mismatchSinceMs.merge(attempt, world.nowMs(), Math::min), quietSinceMs());
            if (world.nowMs() - sinceMs > GRACE_MS) {
                throw new SimViolation(attempt
                        + (believed.contains(attempt)
                                ? " is believed to run and does not exist"
                                : " exists and the driver does not know it")
                        + ", for " + (world.nowMs() - sinceMs) + " ms without any disturbance");
            }
        }
        world.in(WATCH_MS, this::watch);
    }

    /** Whether nothing that could make an executor end or fall silent has struck lately, healed or not. */
    private boolean isQuiet() {
        return world.nowMs() > network.lastDisturbanceMs() + GRACE_MS;
    }

    /** The driver declares an executor lost: only after something has happened to it. */
    void mayLose(Event.ExecutorRemoved lost) {
        if (isQuiet()) {
            throw new SimViolation("executor " + lost.id() + " is declared lost without a cause: " + lost.reason());
        }
    }

    private void onlyKnownThingsAreLeft() {
        int alive = 0;
        for (SimExecutor executor : processes.values()) {
            if (executor.isAlive()) {
                alive++;
                onlyKnownThingsAreLeftOn(executor);
            }
        }
        if (!driver.core.believedAttempts().isEmpty()) {
            throw new SimViolation("slots are taken after the last job: " + driver.core.believedAttempts());
        }
        if (alive != executorCount && !driver.core.hasGivenUpExecutors()) {
            throw new SimViolation(alive + " executors are alive at the end instead of " + executorCount);
        }
    }

    private void onlyKnownThingsAreLeftOn(SimExecutor executor) {
        if (!executor.attempts().isEmpty() || executor.runningCount() > 0) {
            throw new SimViolation(executor.name() + " still has " + executor.attempts() + " after the last job");
        }
        if (driver.hasUndeliveredDrops(executor)) {
            return;
        }
        for (Map.Entry<Integer, List<AttemptId>> shuffle :
                executor.disk.mapOutputs().entrySet()) {
            for (AttemptId attempt : shuffle.getValue()) {
                if (!driver.core.holdsMapOutput(shuffle.getKey(), attempt, executor.id, executor.incarnation)) {
                    throw new SimViolation(executor.name() + " keeps output " + attempt + " that nobody knows");
                }
            }
        }
        if (!executor.disk.results().isEmpty()) {
            throw new SimViolation(executor.name() + " keeps results " + executor.disk.results());
        }
    }
}
