package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.loop.Effects;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimNetwork;
import dev.kindling.sim.SimWorld;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A driver and its executors in one thread: real cores, simulated shells, a launcher that starts and ends processes,
 * and the oracles that look at all of them at once.
 *
 * <p>Until the heal point faults strike. From then on the cluster has a deadline: slow is a failure too. And some time
 * after the last disturbance what the driver believes to run must exist, and nothing else may.
 */
final class SimCluster {
    /** The driver's number in the network; an executor's is its incarnation. */
    static final int DRIVER = 0;

    /** A job must end within so much quiet time after healing, or after its submission when that comes later. */
    private static final long DEADLINE_MS = 120_000;
    /** After their jobs and the grace the cluster has so long to become tidy. */
    private static final long TIDY_MS = 20_000;
    /** Executors end within so long after their driver, whatever happened. */
    private static final long ORPHAN_MS = 35_000;
    /** And so soon after a driver that closed, when nothing keeps its word from coming. */
    private static final long TOLD_MS = 2_000;
    /** The driver's patience with an attempt that ignores its interrupt, and the time its next report takes. */
    private static final long REPLACED_AFTER_MS = 12_000;

    private static final int LOOK_MS = 500;

    final SimWorld world;
    final Faults faults;
    final SimNetwork network;
    final SimInputs inputs;
    final SimOutputs outputs;
    final String applicationId;
    final SimBroadcasts broadcasts = new SimBroadcasts();
    final SplittableRandom random;
    final SimCores cores;
    final DriverSettings settings;
    final SimJobs jobs;
    final Causes causes;
    final int maxDirectResultBytes;
    final SimLauncher launcher;
    final Oracles oracles;
    final SimDriver driver;

    /** Hears of each effect of the driver's core as it is performed. */
    Consumer<DriverEffect> decisions = effect -> {};

    /** Between the driver and its core: who listens here changes nothing. */
    Stepping stepping = DriverCore::on;

    interface Stepping {
        void step(DriverCore core, long nowMs, DriverEvent event, Effects<DriverEffect> effects);
    }

    private final int executorCount;
    /** Whether the grace passes in the end, also when all is tidy before: what comes late shows. */
    private final boolean isWaitingOn;

    private int attemptCount;
    /** The program keeps nothing any more. */
    private boolean isGivenUp;

    SimCluster(
            SimWorld world,
            Faults faults,
            SimCores cores,
            DriverSettings settings,
            SimJobs jobs,
            SimInputs inputs,
            SimOutputs outputs,
            String applicationId,
            int executorCount,
            boolean isWaitingOn,
            int maxTaskFailures) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.applicationId = applicationId;
        this.world = world;
        this.faults = faults;
        this.network = new SimNetwork(world, faults);
        this.random = world.random("cluster");
        this.cores = cores;
        this.settings = settings;
        this.jobs = jobs;
        this.causes = new Causes(faults, maxTaskFailures);
        this.executorCount = executorCount;
        this.isWaitingOn = isWaitingOn;
        this.maxDirectResultBytes = random.nextInt(3) == 0 ? 16 : 1 << 20;
        this.launcher = new SimLauncher(this);
        this.oracles = new Oracles(this);
        this.driver = new SimDriver(this);
    }

    void start() {
        driver.start();
        launcher.start(executorCount);
        new NodeFaults(this).start();
        oracles.start();
    }

    boolean isClosed() {
        return driver.isClosed();
    }

    /** Null when that process has not started or has ended. */
    SimExecutor process(String executorId, long incarnation) {
        return launcher.process(executorId, incarnation);
    }

    void attemptStarted() {
        attemptCount++;
    }

    /** Attempts that were started anywhere. */
    int attemptCount() {
        return attemptCount;
    }

    boolean isGivenUp() {
        return isGivenUp;
    }

    /** The same by the process's name, such as {@code e1@3}; null for the driver, too. */
    SimExecutor processNamed(String name) {
        int at = name.indexOf('@');
        return at < 0 ? null : process(name.substring(0, at), Long.parseLong(name.substring(at + 1)));
    }

    /** An attempt waits for ever: its job will be given up, unless its executor ends before. */
    void hangs(AttemptId attempt) {
        world.note("cluster", attempt.stageId() << 16 | attempt.partition(), () -> attempt + " hangs");
        network.disturbedUntil(world.nowMs() + SimCores.NO_PROGRESS_MS);
    }

    /** An attempt will not end: its executor will, when the driver has heard of it often enough. */
    void stuck() {
        network.disturbedUntil(world.nowMs() + REPLACED_AFTER_MS);
    }

    void planted(AttemptId attempt) {
        causes.taskFailed(attempt);
    }

    // ---- the program's time ---------------------------------------------------------------------------------------

    SimDriver.JobRun submit(JobGraph graph) {
        return driver.submit(graph);
    }

    /** Lets time pass until the job has ended; throws {@link DriverDied} when it cannot any more. */
    void await(SimDriver.JobRun job) {
        while (!job.isEnded()) {
            step();
            long sinceMs = Math.max(quietSinceMs(), job.submittedMs);
            if (world.nowMs() > sinceMs + deadlineMs()) {
                throw new SimViolation("job " + job.graph.jobId() + " has not ended " + (world.nowMs() - sinceMs)
                        + " ms after the last disturbance, or its submission");
            }
        }
    }

    /** As many times longer as there are fewer executors, by the program's own wish, than its jobs were made for. */
    private long deadlineMs() {
        int wanted = Math.max(1, Math.min(executorCount, launcher.wantedCount()));
        return DEADLINE_MS * executorCount / wanted;
    }

    /** Lets so much time pass. */
    void pass(long ms) {
        long untilMs = world.nowMs() + ms;
        while (world.nowMs() < untilMs) {
            step();
        }
    }

    /** As {@link #pass(long)}, and then does something, also in the middle of what takes the driver's shell its time. */
    void pass(long ms, Runnable then) {
        world.in(ms, () -> {
            if (!driver.isDead()) {
                then.run();
            }
        });
        pass(ms);
    }

    /** As {@link #pass(long)} when its driver is gone. */
    void passWithoutDriver(long ms) {
        long untilMs = world.nowMs() + ms;
        while (world.nowMs() < untilMs && world.step()) {
            continue;
        }
    }

    private void step() {
        if (driver.isDead()) {
            throw new DriverDied();
        }
        if (!world.step()) {
            throw new SimViolation("nothing is left to happen");
        }
    }

    long quietSinceMs() {
        return Math.max(faults.healAtMs(), network.lastDisturbanceMs());
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /**
     * After the last job: lets everything settle, then only what the driver knows may be left; forgets the shuffles,
     * then nothing may be left; closes the cluster, then nobody may be left.
     */
    void end(SimJobs ended) {
        // While messages may still be lost: the order to forget it has to be repeated.
        broadcasts.destroy(driver);
        faults.heal();
        settle();
        ended.giveUp(this);
        isGivenUp = true;
        ended.shuffles().forEach(shuffle -> driver.on(new DriverEvent.ForgetShuffle(shuffle)));
        settle();
        closeDriver();
        // Who has not registered yet is not told, and finds out.
        awaitEnds(world.nowMs(), isWaitingOn ? TOLD_MS : ORPHAN_MS);
    }

    /** As soon as all is tidy, after the grace or before, it is over; it has a deadline. */
    private void settle() {
        pass(LOOK_MS);
        while (isWaitingOn && world.nowMs() < quietSinceMs() + Oracles.GRACE_MS) {
            step();
        }
        long settledMs = world.nowMs();
        while (oracles.leftOver().isPresent()
                && world.nowMs() < Math.max(settledMs, quietSinceMs() + Oracles.GRACE_MS) + TIDY_MS) {
            pass(LOOK_MS);
        }
        require(oracles.leftOver().isEmpty(), () -> oracles.leftOver().orElseThrow());
    }

    /** The program closes its context, its jobs finished or not. */
    void close() {
        closeDriver();
        endWithoutDriver();
    }

    private void closeDriver() {
        driver.close();
        while (!driver.isClosed()) {
            step();
        }
        if (driver.isDead()) {
            throw new DriverDied();
        }
        launcher.close();
        require(driver.hasEndedAllJobs(), () -> "a job goes on although its context was closed");
    }

    /** Whether the driver has closed or died: its executors end, those that stand still as soon as they go on. */
    void endWithoutDriver() {
        faults.heal();
        mustEndSince(world.nowMs());
    }

    /** Of a driver that is gone since then. */
    void mustEndSince(long goneMs) {
        awaitEnds(goneMs, ORPHAN_MS);
    }

    private void awaitEnds(long goneMs, long withinMs) {
        while (oracles.orphan().isPresent()
                && world.nowMs() < Math.max(goneMs, network.lastDisturbanceMs()) + withinMs
                && world.step()) {
            continue;
        }
        require(oracles.orphan().isEmpty(), () -> oracles.orphan().orElseThrow());
    }

    private static void require(boolean isTrue, Supplier<String> otherwise) {
        if (!isTrue) {
            throw new SimViolation(otherwise.get());
        }
    }
}
