package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.TaskLaunch;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A program on a simulated cluster: the jobs it submits, what its tasks compute, and what must come of it. */
interface SimJobs {
    /** Runs the jobs to their ends and compares their results with the expected ones; returns how many succeeded. */
    int run(SimCluster cluster);

    /** Looks at what came of the jobs, also when they were cut short by the end of the driver. */
    default void check(SimCluster cluster) {}

    /** Whether something of it outlives its driver, so that the program is started again when the driver dies. */
    default boolean isSaving() {
        return false;
    }

    /** What the driver tells of the application. */
    default void hear(Event event) {}

    /** Lets go of everything that the jobs keep beyond their ends. */
    default void giveUp(SimCluster cluster) {}

    /** The shuffles that may be forgotten when all is over. */
    List<Integer> shuffles();

    /** How many fine buckets the leaf's shuffle has for each of its partitions. */
    int bucketsPerPartition(TaskLaunch task, byte[] program, int leafId);

    /** The broadcast value that the program's tasks read. */
    default Optional<BroadcastKey> broadcastOf(byte[] program) {
        return Optional.empty();
    }

    /** How long a task takes before it is done, where the jobs say so; else it is drawn. */
    default OptionalLong runMs(TaskLaunch task) {
        return OptionalLong.empty();
    }

    /** Whether a task that runs keeps its processor busy. */
    default boolean usesProcessor(TaskLaunch task) {
        return true;
    }

    /** Does a task at one instant, over inputs that were fetched before. */
    TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment);
}
