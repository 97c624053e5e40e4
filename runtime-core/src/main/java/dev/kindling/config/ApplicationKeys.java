package dev.kindling.config;

import java.util.List;

/** What an application is and where it runs. */
public final class ApplicationKeys {
    public static final ConfigKey<String> NAME = ConfigKey.string("kindling.app.name")
            .defaultsTo("kindling")
            .doc("Name of the application, as status, logs and the event log show it.");

    public static final ConfigKey<String> MASTER = ConfigKey.string("kindling.master")
            .defaultsTo("local[*]")
            .doc("Where tasks run: `local[n]` on n threads of the driver's JVM (`*`: one a processor), or"
                    + " `local-cluster[executors,cores,memoryMb]` in processes of their own on this machine.");

    public static final ConfigKey<Integer> DEFAULT_PARALLELISM = ConfigKey.ints("kindling.default.parallelism")
            .defaultsTo(0)
            .between(0, 100_000)
            .doc("Partitions of a set when the program names no number; 0 for as many as the executors have cores.");

    static final List<ConfigKey<?>> ALL = List.of(NAME, MASTER, DEFAULT_PARALLELISM);

    private ApplicationKeys() {}
}
