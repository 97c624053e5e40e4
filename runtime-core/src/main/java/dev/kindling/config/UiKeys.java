package dev.kindling.config;

import java.util.List;

/** What people see of a run: on the terminal, and afterwards. */
public final class UiKeys {
    public static final ConfigKey<Boolean> PROGRESS = ConfigKey.booleans("kindling.ui.progress")
            .defaultsTo(true)
            .doc("Whether the commands show running stages on a line of the terminal.");

    public static final ConfigKey<Boolean> ENABLED = ConfigKey.booleans("kindling.ui.enabled")
            .defaultsTo(false)
            .doc("Whether the driver shows the run while it goes on, at an address of this machine that it prints once:"
                    + " a page, and its status by the paths of Spark's /api/v1. On YARN also through the cluster's proxy, for"
                    + " those whom kindling.yarn.viewAcl names.");

    public static final ConfigKey<Integer> PORT = ConfigKey.ints("kindling.ui.port")
            .defaultsTo(4040)
            .between(0, 65_535)
            .doc("The port of that address, or the first of the 15 after it that is free; 0 for any.");

    public static final ConfigKey<Integer> RUNS_KEPT = ConfigKey.ints("kindling.runs.kept")
            .defaultsTo(20)
            .between(0, 10_000)
            .doc("Event logs and pages of how many of the last runs the commands demo and submit keep in a directory of"
                    + " the user's own, for kindling runs, page and story; 0 for none. Where kindling.eventlog.dir is set,"
                    + " the log lies there instead.");

    public static final ConfigKey<Long> RUNS_MAX_BYTES = ConfigKey.bytes("kindling.runs.maxBytes")
            .defaultsTo(256L << 20)
            .between(1L << 20, 1L << 40)
            .doc(
                    "How large the kept logs and pages may be together; the oldest go first. One log may have a quarter of it.");

    static final List<ConfigKey<?>> ALL = List.of(PROGRESS, ENABLED, PORT, RUNS_KEPT, RUNS_MAX_BYTES);

    private UiKeys() {}
}
