package dev.kindling.config;

import java.util.List;

/** The executors of an application: how many, how large, when they count as lost. */
public final class ExecutorKeys {
    public static final ConfigKey<Integer> COUNT = ConfigKey.ints("kindling.executor.count")
            .defaultsTo(2)
            .between(1, 10_000)
            .doc("Executors to start, where the master does not say it.");

    public static final ConfigKey<Integer> CORES = ConfigKey.ints("kindling.executor.cores")
            .defaultsTo(1)
            .between(1, 1_024)
            .doc("Tasks an executor runs at a time, where the master does not say it.");

    public static final ConfigKey<Long> MEMORY = ConfigKey.bytes("kindling.executor.memory")
            .defaultsTo(1L << 30)
            .between(32L << 20, 1L << 40)
            .doc("Heap of an executor process (-Xmx), where the master does not say it. Direct memory, metaspace and"
                    + " stacks come on top and are bounded too.");

    public static final ConfigKey<Long> HEARTBEAT_INTERVAL_MS = ConfigKey.millis("kindling.heartbeat.intervalMs")
            .defaultsTo(2_000L)
            .between(100L, 60_000L)
            .doc("How often an executor tells the driver that it lives and what it runs.");

    public static final ConfigKey<Long> LOST_AFTER_MS = ConfigKey.millis("kindling.executor.lostAfterMs")
            .defaultsTo(10_000L)
            .between(500L, 3_600_000L)
            .doc("An executor not heard of for so long is lost: its tasks run again elsewhere. Several times"
                    + " kindling.heartbeat.intervalMs; raise it where garbage collection or the network may pause"
                    + " longer.");

    public static final ConfigKey<List<String>> JAVA_OPTIONS = ConfigKey.list("kindling.executor.javaOptions")
            .defaultsTo(List.of())
            .doc("More options for the Java of executor processes, with commas between them.");

    public static final ConfigKey<List<String>> COMMAND_PREFIX = ConfigKey.list("kindling.executor.commandPrefix")
            .defaultsTo(List.of())
            .doc(
                    "Words before those of the Java of executor processes on this machine, with commas between them, such as"
                            + " nice,-n,10 or ip,netns,exec,net{n}: {n} is the number of the executor. Such executors are taken"
                            + " for ones that do not see each other's files.");

    public static final ConfigKey<Long> SPOT_POLL_MS = ConfigKey.millis("kindling.executor.spotPollMs")
            .defaultsTo(0L)
            .between(0L, 60_000L)
            .doc("How often an executor process asks its machine, an instance of EC2, whether it is about to be taken"
                    + " back; 5s is what AWS advises, 0 is never. When it is, the executor's map outputs and cached"
                    + " blocks move within the two minutes that are left.");

    static final List<ConfigKey<?>> ALL = List.of(
            COUNT, CORES, MEMORY, JAVA_OPTIONS, COMMAND_PREFIX, HEARTBEAT_INTERVAL_MS, LOST_AFTER_MS, SPOT_POLL_MS);

    private ExecutorKeys() {}
}
