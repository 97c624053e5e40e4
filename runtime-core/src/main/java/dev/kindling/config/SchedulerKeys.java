package dev.kindling.config;

import java.util.List;

/** How jobs share the executors, and how they are ended. */
public final class SchedulerKeys {
    public static final ConfigKey<Long> REAPER_LIMIT_MS = ConfigKey.millis("kindling.task.reaper.limitMs")
            .defaultsTo(10_000L)
            .between(0L, 3_600_000L)
            .doc("A cancelled task that ignores its interrupt for so long is reported with its thread's stack, and its"
                    + " executor process is replaced; what else ran there runs again. An executor inside the driver's"
                    + " JVM cannot be replaced: there the task keeps its core. 0 for never.");

    static final List<ConfigKey<?>> ALL = List.of(REAPER_LIMIT_MS);

    private SchedulerKeys() {}
}
