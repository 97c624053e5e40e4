package dev.kindling.config;

import java.util.List;

/** Directories that an application writes to. */
public final class StorageKeys {
    public static final ConfigKey<List<String>> SCRATCH_DIRS = ConfigKey.list("kindling.scratch.dirs")
            .defaultsTo(List.of())
            .doc("Directories for map outputs and spilled rows, best on different disks; empty for the system's"
                    + " temporary directory. What is written there is deleted when the application ends.");

    public static final ConfigKey<String> EVENT_LOG_DIR = ConfigKey.string("kindling.eventlog.dir")
            .defaultsTo("")
            .doc("Directory in which each application leaves a file of its events; empty for none.");

    static final List<ConfigKey<?>> ALL = List.of(SCRATCH_DIRS, EVENT_LOG_DIR);

    private StorageKeys() {}
}
