package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExitReasons;
import java.util.Optional;
import java.util.SplittableRandom;

/** Hosts on which an executor is started when one is asked for, at once or late. */
final class SimHosts implements SimSupply {
    /** What a launcher hears of an end it tells within so long. */
    static final int MAX_NEWS_MS = 200;

    private static final int MAX_START_MS = 2_200;
    /** A cluster that has no room just then. */
    private static final int MAX_LATE_START_MS = 25_000;

    private static final int STARTS_TO_A_LATE_ONE = 3;

    private final SimCluster cluster;
    private final SimLauncher launcher;
    private final SplittableRandom random;
    /** Of those that were asked for later, how many will come, and how many will not. */
    private int unbegun;

    private int cancelled;
    private int nextExecutorNumber;

    SimHosts(SimCluster cluster, SimLauncher launcher, SplittableRandom random) {
        this.cluster = cluster;
        this.launcher = launcher;
        this.random = random;
    }

    @Override
    public void begin(int executors) {
        for (int executor = 0; executor < executors; executor++) {
            launcher.launch("e" + ++nextExecutorNumber, MAX_START_MS);
        }
    }

    /** As a cluster does: at once or when it has room. */
    @Override
    public void more(int executors) {
        for (int i = 0; i < executors; i++) {
            unbegun++;
            boolean isLate = random.nextInt(STARTS_TO_A_LATE_ONE) == 0;
            cluster.world.in(1 + random.nextInt(isLate ? MAX_LATE_START_MS : 50), this::beginOne);
        }
    }

    private void beginOne() {
        if (cancelled > 0) {
            cancelled--;
        } else {
            unbegun--;
            begin(1);
        }
    }

    @Override
    public void fewer(int executors) {
        int possible = Math.min(executors, unbegun);
        unbegun -= possible;
        cancelled += possible;
        launcher.cancelled(possible);
    }

    /** As launchers do: under a new name, or the same name is started again. */
    @Override
    public void replace(String lostExecutorId) {
        // One that is about to leave is replaced under another name; one that is lost may live on all the same.
        boolean isSameName = random.nextBoolean() && !launcher.isRegistered(lostExecutorId);
        String executorId = isSameName ? lostExecutorId : "e" + ++nextExecutorNumber;
        boolean isLate = random.nextInt(STARTS_TO_A_LATE_ONE) == 0;
        cluster.world.in(
                1 + random.nextInt(50), () -> launcher.launch(executorId, isLate ? MAX_LATE_START_MS : MAX_START_MS));
    }

    @Override
    public boolean mayStart(String executorId) {
        return true;
    }

    @Override
    public void registered(String executorId) {}

    /** One that is not reached goes on until it learns that it was given up. */
    @Override
    public void release(String executorId, long incarnation, String reason) {
        SimExecutor process = launcher.process(executorId, incarnation);
        int reach = random.nextInt(3);
        if (process == null || reach == 0) {
            return;
        }
        cluster.world.in(1 + random.nextInt(100), () -> {
            if (reach == 1) {
                process.end(SimLauncher.KILLED, "killed by the launcher: " + reason);
            } else {
                process.driverGone("closed by the driver");
            }
        });
    }

    @Override
    public void neverBegan(String executorId, int launchNumber) {
        cluster.world.in(MAX_NEWS_MS / 2, () -> exited(executorId, launchNumber, 1, "no such jar"));
    }

    @Override
    public long endToldWithinMs(boolean isSeen) {
        return isSeen ? MAX_NEWS_MS : Long.MAX_VALUE;
    }

    @Override
    public void ended(SimExecutor executor, int exitCode, String output, boolean isSeen) {
        if (isSeen) {
            cluster.world.in(
                    1 + random.nextInt(MAX_NEWS_MS),
                    () -> exited(executor.id, executor.launchNumber, exitCode, output));
        }
    }

    /** A launcher that has started a name again tells no more of the process before. */
    private void exited(String executorId, int launchNumber, int exitCode, String lastOutput) {
        if (launcher.isLastLaunch(executorId, launchNumber)) {
            cluster.driver.on(new DriverEvent.ExecutorExited(
                    executorId, ExitReasons.ofProcess(exitCode, SimExecutor.MEMORY, lastOutput)));
        }
    }

    @Override
    public Optional<String> leftOver(int alive) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
