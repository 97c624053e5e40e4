package dev.kindling.config;

import java.util.List;

/** Writing map outputs and fetching their blocks. */
public final class ShuffleKeys {
    public static final ConfigKey<Long> PAGE_BYTES = ConfigKey.bytes("kindling.shuffle.pageBytes")
            .defaultsTo(64L << 10)
            .between(16L << 10, 256L << 10)
            .doc("The most a page of rows of one bucket holds before it is packed; tasks with little memory take"
                    + " less.");

    public static final ConfigKey<Long> FETCH_TIMEOUT_MS = ConfigKey.millis("kindling.fetch.timeoutMs")
            .defaultsTo(4_000L)
            .between(100L, 600_000L)
            .doc("How long a request for blocks may stay without a byte of answer before it is tried again.");

    public static final ConfigKey<Integer> FETCH_TRIES = ConfigKey.ints("kindling.fetch.tries")
            .defaultsTo(3)
            .between(1, 100)
            .doc("How often a block is asked for before its map output is given up and computed again.");

    public static final ConfigKey<Long> FETCH_BYTES_IN_FLIGHT = ConfigKey.bytes("kindling.fetch.bytesInFlight")
            .defaultsTo(16L << 20)
            .between(64L << 10, 1L << 30)
            .doc("The most a task asks for ahead of what it has read; tasks with little memory take less.");

    public static final ConfigKey<Integer> SKEW_FACTOR = ConfigKey.ints("kindling.shuffle.skewFactor")
            .defaultsTo(5)
            .between(2, 10_000)
            .doc("A reduce partition that is so many times larger than the median one, and not small, is reported as"
                    + " skewed, with the names of its heavy keys.");

    public static final ConfigKey<Long> SKEW_BYTES = ConfigKey.bytes("kindling.shuffle.skewBytes")
            .defaultsTo(64L << 20)
            .between(1L << 10, 1L << 50)
            .doc("A reduce partition below this size is never reported as skewed.");

    /** A task of so much data takes a tenth of a second: a hundred times what it costs to launch it. */
    public static final ConfigKey<Long> TARGET_PARTITION_BYTES = ConfigKey.bytes(
                    "kindling.shuffle.targetPartitionBytes")
            .defaultsTo(16L << 20)
            .between(0L, 1L << 40)
            .doc(
                    "After a shuffle for which the program named no number of partitions, neighbouring partitions that read"
                            + " no more than this together are computed by one core, one after the other, as one task. Their"
                            + " number, their order and their part files stay. Of any stage with many tasks, those that"
                            + " are seen to take milliseconds are launched several at a time. 0 for one task for each"
                            + " partition.");

    public static final ConfigKey<Long> HELD_BYTES = ConfigKey.bytes("kindling.shuffle.heldBytes")
            .defaultsTo(256L << 10)
            .between(0L, 64L << 20)
            .doc("Executors inside the driver's process hold map outputs up to this size in memory while there is room,"
                    + " and write larger ones to files. Executors with a process of their own write all of them. 0 for"
                    + " files always.");

    static final List<ConfigKey<?>> ALL = List.of(
            HELD_BYTES,
            TARGET_PARTITION_BYTES,
            SKEW_FACTOR,
            SKEW_BYTES,
            PAGE_BYTES,
            FETCH_TIMEOUT_MS,
            FETCH_TRIES,
            FETCH_BYTES_IN_FLIGHT);

    private ShuffleKeys() {}
}
