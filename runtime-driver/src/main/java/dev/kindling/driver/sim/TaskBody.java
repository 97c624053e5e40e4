package dev.kindling.driver.sim;

import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.TaskLaunch;

/** What the tasks of a simulated job compute, at one instant, over inputs that were fetched before. */
interface TaskBody {
    /** How many fine buckets the leaf's shuffle has for each of its partitions. */
    int bucketsPerPartition(byte[] program, int leafId);

    TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment);
}
