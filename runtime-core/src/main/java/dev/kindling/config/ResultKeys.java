package dev.kindling.config;

import java.util.List;

/** What actions bring back to the driver. */
public final class ResultKeys {
    public static final ConfigKey<Long> MAX_BYTES = ConfigKey.bytes("kindling.result.maxBytes")
            .defaultsTo(1L << 30)
            .between(0L, 1L << 40)
            .doc(
                    "A job whose results are larger, all partitions together, fails before they are fetched, and as soon as"
                            + " its first tasks show that they will be. 0 for no limit.");

    public static final ConfigKey<Long> DIRECT_BYTES = ConfigKey.bytes("kindling.result.directBytes")
            .defaultsTo(1L << 20)
            .between(0L, 8L << 20)
            .doc("A task's result up to this size travels with the message that the task has ended; a larger one is"
                    + " fetched as a block.");

    /** With a direct result and the rest of the message it must fit into one frame. */
    public static final ConfigKey<Long> ACCUMULATOR_BYTES = ConfigKey.bytes("kindling.accumulator.maxBytes")
            .defaultsTo(4L << 20)
            .between(1L << 10, 7L << 20)
            .doc("A task that has added more to its accumulators, all together, fails its job: what is added travels"
                    + " with the message that the task has ended.");

    static final List<ConfigKey<?>> ALL = List.of(MAX_BYTES, DIRECT_BYTES, ACCUMULATOR_BYTES);

    private ResultKeys() {}
}
