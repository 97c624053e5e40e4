package dev.kindling.protocol;

import java.util.List;

/**
 * Tasks of one stage that one slot computes one after the other, and whose ends are told together: mostly one task;
 * more where each alone would cost more to launch than to run. It is launched, named in heartbeats, cancelled and
 * answered under the name of its first attempt; everything that a task leaves behind has the name of its own.
 */
public record TaskGroup(List<TaskLaunch> tasks) {
    public TaskGroup {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a group of no tasks");
        }
        tasks = List.copyOf(tasks);
    }

    /** The name of the group. */
    public AttemptId attempt() {
        return tasks.get(0).attempt();
    }
}
