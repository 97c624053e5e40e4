package dev.kindling.yarn.core;

import dev.kindling.config.MemoryMap;
import java.util.Set;
import java.util.TreeSet;

/** What a world around the core, in which drivers and executors live, needs to make it and to look into it. */
public final class Masters {
    /** Longer than an executor takes to start, where there is room. */
    public static final long LAUNCH_TIMEOUT_MS = 20_000;

    public static final long PREEMPTION_NOTICE_MS = 10_000;

    public static final int ALL_ALIKE = AppMasterSettings.ALL_ALIKE;

    private static final int MAX_FAILURES = 1_000;
    private static final int MAX_FAILURES_ON_NODE = 3;

    private Masters() {}

    public static AppMasterCore of(MemoryMap memory, int baseExecutors, Set<String> bugs) {
        Set<PlantedBug> planted = new TreeSet<>();
        bugs.forEach(bug -> planted.add(PlantedBug.valueOf(bug)));
        AppMasterSettings settings = new AppMasterSettings(
                memory,
                2 * memory.heapBytes(),
                LAUNCH_TIMEOUT_MS,
                1_000_000,
                MAX_FAILURES,
                MAX_FAILURES_ON_NODE,
                PREEMPTION_NOTICE_MS,
                0,
                0,
                baseExecutors);
        return new AppMasterCore(settings, planted);
    }

    public static int wanted(AppMasterCore core) {
        return core.wanted();
    }

    public static int asked(AppMasterCore core) {
        return core.asked();
    }

    /** Containers in which executors start or run. */
    public static int held(AppMasterCore core) {
        return core.held().size();
    }

    /** Containers of executors that are to stay. */
    public static int staying(AppMasterCore core) {
        return core.held().size() - core.leavingCount();
    }
}
