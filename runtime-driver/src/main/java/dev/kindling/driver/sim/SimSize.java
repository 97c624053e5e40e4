package dev.kindling.driver.sim;

import dev.kindling.sim.SimWorld;
import java.util.List;

/**
 * How much there is of everything in a seed's world. Most mistakes show in a small one, which costs a fraction of a
 * large one, so most worlds are small.
 */
public enum SimSize {
    /** A few tasks of one job or two on up to three executors, and faults for some seconds. */
    SMALL,
    /** Up to five executors, stages of many tasks, programs of many jobs, faults for up to half a minute. */
    LARGE;

    private static final int LARGE_IN = 8;
    /** Few mistakes with cached blocks show in a small world. */
    private static final int CACHED_LARGE_IN = 2;

    private static final int WAITING_ON_IN = 6;
    private static final int LARGE_WAITING_ON_IN = 2;

    static SimSize drawnBy(SimWorld world, SimOptions.Workload jobs) {
        int largeIn = jobs == SimOptions.Workload.CACHED ? CACHED_LARGE_IN : LARGE_IN;
        return world.random("size").nextInt(largeIn) == 0 ? LARGE : SMALL;
    }

    private <T> T pick(T small, T large) {
        return this == SMALL ? small : large;
    }

    /** Numbers of executors to begin with, each as likely. */
    List<Integer> executorCounts() {
        return pick(List.of(1, 2, 2, 2, 3), List.of(1, 2, 2, 2, 2, 3, 3, 3, 4, 5));
    }

    int minChaosMs() {
        return pick(1_000, 3_000);
    }

    int maxChaosMs() {
        return pick(8_000, 30_000);
    }

    /** Tasks of the first stage of {@link SyntheticJobs}. */
    int maxMaps() {
        return pick(3, SyntheticTasks.MAX_MAPS);
    }

    /** Of their first shuffle, where nobody named the number: several partitions may be one task, then. */
    int manyReduces() {
        return pick(8, 16);
    }

    /** Of their first shuffle, where the number was named. */
    int maxReduces() {
        return pick(3, 4);
    }

    int maxSecondReduces() {
        return pick(2, 3);
    }

    /** One in so many worlds has a job of many tasks that bring more than the driver may hold. */
    int tooMuchIn() {
        return pick(24, 8);
    }

    /** Whether some worlds have a job that keeps all slots busy for long. */
    boolean canBeBusy() {
        return this == LARGE;
    }

    /** Of a {@link PlannedProgram}. */
    int maxPartitions() {
        return pick(3, 6);
    }

    /** Whether about half of the jobs are left out. */
    boolean isLeavingOut() {
        return this == SMALL;
    }

    /** Whether time goes on when all is tidy in the end: most of what comes late has come by then. */
    boolean isWaitingOn(SimWorld world) {
        return world.random("end").nextInt(pick(WAITING_ON_IN, LARGE_WAITING_ON_IN)) == 0;
    }
}
