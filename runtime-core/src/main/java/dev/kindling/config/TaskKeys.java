package dev.kindling.config;

import java.util.List;

/** How tasks are placed, repeated and run. */
public final class TaskKeys {
    public static final ConfigKey<Integer> MAX_FAILURES = ConfigKey.ints("kindling.task.maxFailures")
            .defaultsTo(4)
            .between(1, 1_000)
            .doc("A task that failed so often by its own fault fails the job. Lost executors are not counted.");

    public static final ConfigKey<Long> LOCALITY_WAIT_MS = ConfigKey.millis("kindling.locality.waitMs")
            .defaultsTo(500L)
            .between(0L, 600_000L)
            .doc("The longest a free core waits for a task whose input lies there, before it takes one whose input"
                    + " lies elsewhere. It waits for half of the time that the stage's median task takes, or 100 ms,"
                    + " at most; where it does not matter, it does not wait.");

    public static final ConfigKey<Integer> BATCH_ROWS = ConfigKey.ints("kindling.task.batchRows")
            .defaultsTo(1_024)
            .between(1, 65_536)
            .doc("Rows that pass together from one step of a task to the next. Smaller reacts faster to slow functions,"
                    + " larger saves calls.");

    static final List<ConfigKey<?>> ALL = List.of(MAX_FAILURES, LOCALITY_WAIT_MS, BATCH_ROWS);

    private TaskKeys() {}
}
