package dev.kindling.driver.sim;

import java.util.List;

/**
 * One thing for a class to look at, on a cluster where nothing goes wrong but what is said here: pairs, groupByKey,
 * count, sortByKey, collect, with tasks that take time by how much they read.
 *
 * @param tasks of each stage
 * @param skewPercent of all rows have one and the same key
 * @param losses executors that are killed
 * @param slowNodes executors that take longer for everything
 */
public record Lesson(int tasks, int skewPercent, List<Loss> losses, List<SlowNode> slowNodes) {
    public static final int MAX_TASKS = 400;

    public Lesson {
        losses = List.copyOf(losses);
        slowNodes = List.copyOf(slowNodes);
        if (tasks < 1 || tasks > MAX_TASKS || skewPercent < 0 || skewPercent > 100) {
            throw new IllegalArgumentException(tasks + " tasks, " + skewPercent + " % of rows with one key");
        }
    }

    /** Killed at that virtual time, or as soon as it is there. */
    public record Loss(String executorId, long atMs) {}

    /** Everything takes it so many times as long. */
    public record SlowNode(String executorId, int times) {}
}
