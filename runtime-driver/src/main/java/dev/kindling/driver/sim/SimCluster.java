package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.core.DriverCore.BelievedAttempt;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimNetwork;
import dev.kindling.sim.SimWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

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

    private static final int HEAP_FULL = 3;
    private static final int EXIT_OF_TASK = 42;
    private static final String HEAP_OUTPUT = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

    /** After their jobs and the grace the cluster has so long to become tidy. */
    private static final long TIDY_MS = 20_000;
    /** Executors end within so long after their driver, whatever happened. */
    private static final long ORPHAN_MS = 35_000;

    private static final int MAX_PAUSE_MS = 60_000;
    private static final int MAX_DRIVER_PAUSE_MS = 20_000;
    private static final int MAX_CLOG_MS = 40_000;
    private static final int WATCH_MS = 500;
    private static final int MAX_CORES = 3;

    /** The driver's number in the network; an executor's is its incarnation. */
    static final int DRIVER = 0;

    final SimWorld world;
    final Faults faults;
    final SimNetwork network;
    final SimOutputs outputs;
    final SimBroadcasts broadcasts = new SimBroadcasts();
    final SplittableRandom random;
    final SimCores cores;
    final SimJobs jobs;
    final Causes causes;
    final int maxDirectResultBytes;
    final SimDriver driver;

    private final int executorCount;
    /** Every process that ever started, by incarnation. */
    private final TreeMap<Long, SimExecutor> processes = new TreeMap<>();

    private final TreeMap<Work, Long> mismatchSinceMs = new TreeMap<>();
    private final TreeMap<String, Integer> launchesOf = new TreeMap<>();
    /** How the processes of each name have ended. */
    private final TreeMap<String, TreeSet<Integer>> exitCodes = new TreeMap<>();

    private int nextExecutorNumber;
    private long nextIncarnation = 1;
    /** The program keeps nothing any more. */
    private boolean isGivenUp;

    private boolean isClosed;

    /** An attempt on a process. */
    private record Work(long incarnation, AttemptId attempt) implements Comparable<Work> {
        @Override
        public int compareTo(Work other) {
            int order = Long.compare(incarnation, other.incarnation);
            return order != 0 ? order : attempt.compareTo(other.attempt);
        }
    }

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
    void end(SimJobs ended) {
        // While messages may still be lost: the order to forget it has to be repeated.
        broadcasts.destroy(driver);
        faults.heal();
        settle();
        ended.giveUp();
        isGivenUp = true;
        ended.shuffles().forEach(shuffle -> driver.on(new DriverEvent.ForgetShuffle(shuffle)));
        settle();
        driver.close();
        isClosed = true;
        long untilMs = world.nowMs() + ORPHAN_MS;
        while (living().findAny().isPresent() && world.nowMs() < untilMs && world.step()) {
            continue;
        }
        living().findAny().ifPresent(executor -> {
            throw new SimViolation(executor.name() + " lives on without its driver");
        });
    }

    /** As soon as all is tidy after the grace it is over; it has a deadline. */
    private void settle() {
        pass(WATCH_MS);
        while (world.nowMs() < quietSinceMs() + GRACE_MS) {
            step();
        }
        long untilMs = world.nowMs() + TIDY_MS;
        while (leftOver().isPresent() && world.nowMs() < untilMs) {
            pass(WATCH_MS);
        }
        leftOver().ifPresent(what -> {
            throw new SimViolation(what);
        });
    }

    // ---- processes ------------------------------------------------------------------------------------------------

    /** Null when that process has not started or has ended. */
    SimExecutor process(String executorId, long incarnation) {
        SimExecutor process = processes.get(incarnation);
        return process != null && process.isAlive() && process.id.equals(executorId) ? process : null;
    }

    /** The same by the process's name, such as {@code e1@3}. */
    SimExecutor processNamed(String name) {
        int at = name.indexOf('@');
        return at < 0 ? null : process(name.substring(0, at), Long.parseLong(name.substring(at + 1)));
    }

    private Stream<SimExecutor> living() {
        return processes.values().stream().filter(SimExecutor::isAlive);
    }

    private void launch(String executorId) {
        int launches = launchesOf.merge(executorId, 1, Integer::sum);
        driver.on(new DriverEvent.ExecutorRequested(executorId));
        if (faults.strikes(FaultKind.LAUNCH_FAILURE)) {
            causes.processEnded();
            network.disturbedUntil(world.nowMs() + REGISTRATION_MS);
            exitCodes.computeIfAbsent(executorId, id -> new TreeSet<>()).add(1);
            world.in(100, () -> exited(executorId, launches, 1, "no such jar"));
            return;
        }
        int cores = 1 + random.nextInt(MAX_CORES);
        world.in(200 + random.nextInt(2_000), () -> {
            SimExecutor process = new SimExecutor(this, executorId, nextIncarnation++, launches, cores);
            if (!isClosed) {
                processes.put(process.incarnation, process);
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

    /** What runs in the process ends it, without a word of the executor. */
    void endedByTask(SimExecutor executor, AttemptId attempt) {
        network.disturbedUntil(world.nowMs());
        List<AttemptId> unknown = new ArrayList<>(executor.attempts());
        for (BelievedAttempt believed : driver.core.believedAttempts()) {
            if (believed.executorId().equals(executor.id) && believed.incarnation() == executor.incarnation) {
                unknown.remove(believed.attempt());
            }
        }
        boolean isHeap = attempt.partition() % 2 == 0;
        causes.processEndedBy(attempt, unknown.contains(attempt));
        executor.end(isHeap ? HEAP_FULL : EXIT_OF_TASK, isHeap ? HEAP_OUTPUT : "");
    }

    /** The driver may learn of it by the connection, by the launcher, by both, or only by silence. */
    void ended(SimExecutor executor, int exitCode, String why) {
        causes.processEnded();
        exitCodes.computeIfAbsent(executor.id, id -> new TreeSet<>()).add(exitCode);
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
            boolean isOwnEnd = exitCode != KILLED && exitCode != HEAP_FULL && exitCode != EXIT_OF_TASK;
            String output = isOwnEnd ? "executor ends with exit code " + exitCode + ": " + why : why;
            world.in(1 + random.nextInt(200), () -> exited(executor.id, executor.launchNumber, exitCode, output));
        }
    }

    /** A launcher that has started a name again tells no more of the process before. */
    private void exited(String executorId, int launches, int exitCode, String lastOutput) {
        if (launchesOf.get(executorId) == launches) {
            driver.exited(executorId, ExitReasons.ofProcess(exitCode, SimExecutor.HEAP_BYTES, lastOutput));
        }
    }

    /** An attempt waits for ever: its job will be given up, unless its executor ends before. */
    void hangs(AttemptId attempt) {
        world.note("cluster", attempt.hashCode(), () -> attempt + " hangs");
        network.disturbedUntil(world.nowMs() + SimCores.NO_PROGRESS_MS);
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
            driver.pause(faults.span(FaultKind.DRIVER_PAUSE, MAX_DRIVER_PAUSE_MS));
        }
        world.in(1_000, this::strikeNodes);
    }

    private void strike(SimExecutor executor) {
        if (faults.strikes(FaultKind.CLOG)) {
            clog(executor);
        }
        if (faults.strikes(FaultKind.EVICT)) {
            executor.evict(faults.random(FaultKind.EVICT));
        }
        if (faults.strikes(FaultKind.LOSE_FILE) && executor.loseAny(faults.random(FaultKind.LOSE_FILE))) {
            world.note(executor.name(), "loses a file");
        }
        if (faults.strikes(FaultKind.PAUSE)) {
            executor.pause(faults.span(FaultKind.PAUSE, MAX_PAUSE_MS));
        }
        if (faults.strikes(FaultKind.KILL)) {
            killed(executor, "killed");
        }
    }

    private void clog(SimExecutor executor) {
        SplittableRandom details = faults.random(FaultKind.CLOG);
        List<SimExecutor> others = living().toList();
        int index = details.nextInt(others.size() + 1);
        boolean isDriver = index == others.size();
        String name = isDriver ? "driver" : others.get(index).name();
        int other = isDriver ? DRIVER : others.get(index).node();
        long ms = faults.span(FaultKind.CLOG, MAX_CLOG_MS);
        boolean isOutward = details.nextBoolean();
        world.note(executor.name(), (isOutward ? "cannot send to " : "cannot hear ") + name + " for " + ms + " ms");
        network.clog(isOutward ? executor.node() : other, isOutward ? other : executor.node(), ms);
    }

    // ---- oracles ------------------------------------------------------------------------------------------------

    /** Twice a second: what the driver believes in must be there, what is there it must believe in. */
    private void watch() {
        if (isClosed) {
            return;
        }
        TreeSet<Work> believed = new TreeSet<>();
        for (BelievedAttempt attempt : driver.core.believedAttempts()) {
            believed.add(new Work(attempt.incarnation(), attempt.attempt()));
        }
        TreeSet<Work> real = new TreeSet<>();
        for (SimExecutor executor : processes.values()) {
            if (executor.isAlive()) {
                executor.attempts().forEach(attempt -> real.add(new Work(executor.incarnation, attempt)));
            }
        }
        if (believed.equals(real)) {
            mismatchSinceMs.clear();
        } else {
            differ(believed, real);
        }
        world.in(WATCH_MS, this::watch);
    }

    private void differ(TreeSet<Work> believed, TreeSet<Work> real) {
        TreeSet<Work> different = new TreeSet<>(believed);
        different.addAll(real);
        different.removeIf(work -> believed.contains(work) && real.contains(work));
        mismatchSinceMs.keySet().retainAll(different);
        for (Work work : different) {
            long sinceMs = Math.max(mismatchSinceMs.merge(work, world.nowMs(), Math::min), quietSinceMs());
            if (world.nowMs() - sinceMs > GRACE_MS) {
                throw new SimViolation(work.attempt
                        + (believed.contains(work)
                                ? " is believed to run and does not exist"
                                : " exists and the driver does not know it")
                        + ", for " + (world.nowMs() - sinceMs) + " ms without any disturbance");
            }
        }
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
        mustBeTrue(lost.id(), lost.reason());
    }

    /** A reason names an end that a process of this name had, and the memory of one of its processes. */
    void mustBeTrue(String executorId, ExitReason reason) {
        boolean isCodeRight = reason.exitCode().isEmpty()
                || exitCodes
                        .getOrDefault(executorId, new TreeSet<>())
                        .contains(reason.exitCode().getAsInt());
        boolean isMemoryRight = reason.lastRssBytes() == 0
                || processes.values().stream()
                        .anyMatch(process -> process.id.equals(executorId)
                                && SimExecutor.residentBytes(process.incarnation) == reason.lastRssBytes());
        if (!isCodeRight || !isMemoryRight) {
            throw new SimViolation("what is said of the end of " + executorId + " is not true: " + reason);
        }
    }

    /** What there should not be any more after the last job. */
    private Optional<String> leftOver() {
        int alive = 0;
        for (SimExecutor executor : processes.values()) {
            if (executor.isAlive()) {
                alive++;
                Optional<String> left = leftOver(executor);
                if (left.isPresent()) {
                    return left;
                }
            }
        }
        if (driver.core.waitsForDrops()) {
            return Optional.of("cached blocks that nobody wants are not dropped, however long it takes");
        }
        if (!driver.core.believedAttempts().isEmpty()) {
            return Optional.of("slots are taken after the last job: " + driver.core.believedAttempts());
        }
        return alive == executorCount || driver.core.hasGivenUpExecutors()
                ? Optional.empty()
                : Optional.of(alive + " executors are alive at the end instead of " + executorCount);
    }

    /** Every change is told until it is known, and every order to drop is repeated: no excuses. */
    private Optional<String> leftInCache(SimExecutor executor) {
        TreeSet<CachedBlockId> there = new TreeSet<>();
        executor.cache.statuses().forEach(status -> there.add(status.block()));
        TreeSet<CachedBlockId> believed = driver.core.cachedBlocksOf(executor.id, executor.incarnation);
        if (!there.equals(believed)) {
            return Optional.of(
                    executor.name() + " caches " + there + " and the driver believes that it caches " + believed);
        }
        return isGivenUp && !there.isEmpty()
                ? Optional.of(executor.name() + " still caches " + there)
                : Optional.empty();
    }

    private Optional<String> leftOver(SimExecutor executor) {
        if (!executor.attempts().isEmpty() || executor.runningCount() > 0) {
            return Optional.of(executor.name() + " still has " + executor.attempts() + " after the last job");
        }
        if (!executor.disk.broadcasts().isEmpty()) {
            return Optional.of(executor.name() + " keeps broadcast values " + executor.disk.broadcasts());
        }
        Optional<String> cached = leftInCache(executor);
        if (cached.isPresent()) {
            return cached;
        }
        if (driver.hasUndeliveredDrops(executor)) {
            return Optional.empty();
        }
        for (Map.Entry<Integer, List<AttemptId>> shuffle :
                executor.disk.mapOutputs().entrySet()) {
            for (AttemptId attempt : shuffle.getValue()) {
                if (!driver.core.holdsMapOutput(shuffle.getKey(), attempt, executor.id, executor.incarnation)) {
                    return Optional.of(executor.name() + " keeps output " + attempt + " that nobody knows");
                }
            }
        }
        return executor.disk.results().isEmpty()
                ? Optional.empty()
                : Optional.of(executor.name() + " keeps results " + executor.disk.results());
    }
}
