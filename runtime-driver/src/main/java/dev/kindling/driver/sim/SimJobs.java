package dev.kindling.driver.sim;

import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.TaskLaunch;
import java.util.List;

/** A program on a simulated cluster: the jobs it submits, what its tasks compute, and what must come of it. */
interface SimJobs {
    /** Runs the jobs to their ends and compares their results with the expected ones; returns how many succeeded. */
    int run(SimCluster cluster);

    /** The shuffles that may be forgotten when all is over. */
    List<Integer> shuffles();

    /** How many fine buckets the leaf's shuffle has for each of its partitions. */
    int bucketsPerPartition(TaskLaunch task, byte[] program, int leafId);

    /** Does a task at one instant, over inputs that were fetched before. */
    TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment);
}
