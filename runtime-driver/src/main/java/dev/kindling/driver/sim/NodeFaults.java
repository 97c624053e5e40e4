package dev.kindling.driver.sim;

import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What strikes executors and the driver from second to second, until all heals. */
final class NodeFaults {
    private static final int EACH_MS = 1_000;
    private static final int MAX_PAUSE_MS = 60_000;
    private static final int MAX_DRIVER_PAUSE_MS = 20_000;
    private static final int MAX_CLOG_MS = 40_000;
    private static final int MAX_SLOW_MS = 30_000;
    private static final int MAX_FULL_MS = 30_000;
    private static final int MAX_LEAP_MS = 60_000;
    private static final int MAX_DRAIN_MS = 60_000;
    /** Longer than any run: who is to leave goes because nothing is left to keep it. */
    private static final int PATIENT_DRAIN_MS = 3_600_000;

    private static final int PATIENT_DRAIN_IN = 4;

    private final SimCluster cluster;
    private final Faults faults;

    NodeFaults(SimCluster cluster) {
        this.cluster = cluster;
        this.faults = cluster.faults;
    }

    void start() {
        cluster.world.in(EACH_MS, this::strike);
    }

    private void strike() {
        if (cluster.world.nowMs() >= faults.healAtMs() || cluster.isClosed()) {
            return;
        }
        for (SimExecutor executor : living()) {
            strikeLink(executor);
            strikeDisk(executor);
            strikeProcess(executor);
        }
        if (faults.strikes(FaultKind.JOIN)) {
            cluster.launcher.join();
        }
        strikeDriver();
        cluster.world.in(EACH_MS, this::strike);
    }

    private List<SimExecutor> living() {
        List<SimExecutor> living = new ArrayList<>();
        for (SimExecutor executor : cluster.launcher.processes()) {
            if (executor.isAlive()) {
                living.add(executor);
            }
        }
        return living;
    }

    // ---- executors ------------------------------------------------------------------------------------------------

    private void strikeProcess(SimExecutor executor) {
        if (faults.strikes(FaultKind.SLOW_NODE)) {
            executor.slowDown(
                    2 + faults.random(FaultKind.SLOW_NODE).nextInt(19), span(FaultKind.SLOW_NODE, MAX_SLOW_MS));
        }
        if (faults.strikes(FaultKind.PAUSE)) {
            executor.pause(span(FaultKind.PAUSE, MAX_PAUSE_MS));
        }
        if (faults.strikes(FaultKind.CLOCK)) {
            long ms = span(FaultKind.CLOCK, MAX_LEAP_MS);
            if (faults.random(FaultKind.CLOCK).nextBoolean()) {
                executor.standStill(ms);
            } else {
                executor.leap(ms);
            }
        }
        if (faults.strikes(FaultKind.TERMINATE)) {
            cluster.launcher.terminate(executor);
        }
        if (faults.strikes(FaultKind.DRAIN)) {
            SplittableRandom details = faults.random(FaultKind.DRAIN);
            boolean isPatient = details.nextInt(PATIENT_DRAIN_IN) == 0;
            cluster.driver.drain(executor, details, isPatient ? PATIENT_DRAIN_MS : span(FaultKind.DRAIN, MAX_DRAIN_MS));
        }
        if (executor.isAlive() && faults.strikes(FaultKind.KILL)) {
            cluster.launcher.kill(executor, "killed");
        }
    }

    private void strikeDisk(SimExecutor executor) {
        if (faults.strikes(FaultKind.EVICT)) {
            executor.evict(faults.random(FaultKind.EVICT));
        }
        if (faults.strikes(FaultKind.LOSE_FILE) && executor.loseAny(faults.random(FaultKind.LOSE_FILE))) {
            cluster.world.note(executor.name(), "loses a file");
        }
        if (faults.strikes(FaultKind.ROT) && executor.rotAny(faults.random(FaultKind.ROT))) {
            cluster.world.note(executor.name(), "has a bit flipped on its disk");
        }
        if (faults.strikes(FaultKind.DISK_FULL)) {
            long ms = span(FaultKind.DISK_FULL, MAX_FULL_MS);
            cluster.world.note(executor.name(), "has no room on its disk for " + ms + " ms");
            executor.disk.fillUntil(cluster.world.nowMs() + ms);
            cluster.network.disturbedUntil(cluster.world.nowMs() + ms);
        }
    }

    private void strikeLink(SimExecutor executor) {
        if (!cluster.network.hasStalled() && faults.strikes(FaultKind.STALL)) {
            stall(executor);
        }
        if (!faults.strikes(FaultKind.CLOG)) {
            return;
        }
        SplittableRandom details = faults.random(FaultKind.CLOG);
        List<SimExecutor> others = living();
        int index = details.nextInt(others.size() + 1);
        boolean isDriver = index == others.size();
        String name = isDriver ? "driver" : others.get(index).name();
        int other = isDriver ? SimCluster.DRIVER : others.get(index).node();
        long ms = span(FaultKind.CLOG, MAX_CLOG_MS);
        int direction = details.nextInt(3);
        String what =
                List.of("cannot send to ", "cannot hear ", "is cut off from ").get(direction);
        cluster.world.note(executor.name(), what + name + " for " + ms + " ms");
        if (direction != 1) {
            cluster.network.clog(executor.node(), other, ms);
        }
        if (direction != 0) {
            cluster.network.clog(other, executor.node(), ms);
        }
    }

    private void stall(SimExecutor executor) {
        List<SimExecutor> others = living();
        others.remove(executor);
        if (!others.isEmpty()) {
            SimExecutor other = others.get(faults.random(FaultKind.STALL).nextInt(others.size()));
            cluster.world.note(executor.name(), "and " + other.name() + " do not reach each other any more");
            cluster.network.stall(executor.node(), other.node());
        }
    }

    // ---- the driver -----------------------------------------------------------------------------------------------

    private void strikeDriver() {
        if (faults.strikes(FaultKind.DRIVER_PAUSE)) {
            cluster.driver.pause(span(FaultKind.DRIVER_PAUSE, MAX_DRIVER_PAUSE_MS));
        }
        if (faults.strikes(FaultKind.CLOCK)) {
            long ms = span(FaultKind.CLOCK, MAX_DRIVER_PAUSE_MS);
            if (faults.random(FaultKind.CLOCK).nextBoolean()) {
                cluster.driver.standStill(ms);
            } else {
                cluster.driver.leap(ms);
            }
        }
        if (faults.strikes(FaultKind.DRIVER_DEATH)) {
            cluster.driver.die("killed");
        }
    }

    private long span(FaultKind kind, int maxMs) {
        return faults.span(kind, maxMs);
    }
}
