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

    public static final ConfigKey<List<String>> JARS = ConfigKey.list("kindling.jars")
            .defaultsTo(List.of())
            .doc("Jars of the program and of what it uses, for driver and executors, searched in this order.");

    public static final ConfigKey<List<String>> FILES = ConfigKey.list("kindling.files")
            .defaultsTo(List.of())
            .doc("Files that every executor finds in its working directory under their own names.");

    public static final ConfigKey<List<String>> KRYO_CLASSES = ConfigKey.list("kindling.kryo.classesToRegister")
            .defaultsTo(List.of())
            .doc("Classes of rows to look at when the application starts: one that is missing or cannot be serialized"
                    + " ends the start. Nothing needs to be registered to be serialized.");

    static final List<ConfigKey<?>> ALL = List.of(NAME, MASTER, DEFAULT_PARALLELISM, JARS, FILES, KRYO_CLASSES);

    private ApplicationKeys() {}
}
