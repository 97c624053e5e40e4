package dev.kindling.config;

import java.util.List;

/** Directories that an application writes to, and how it reaches file systems. */
public final class StorageKeys {
    public static final ConfigKey<List<String>> SCRATCH_DIRS = ConfigKey.list("kindling.scratch.dirs")
            .defaultsTo(List.of())
            .doc("Directories for map outputs and spilled rows, best on different disks; empty for the system's"
                    + " temporary directory. What is written there is deleted when the application ends.");

    public static final ConfigKey<Boolean> SCRATCH_ENCRYPT = ConfigKey.booleans("kindling.scratch.encrypt")
            .defaultsTo(false)
            .doc(
                    "Whether executors and driver encrypt what they write there, with keys in their memory alone: map outputs,"
                            + " spilled rows, results, and what is persisted or broadcast. Executors of one machine then fetch"
                            + " from each other instead of reading files.");

    public static final ConfigKey<String> EVENT_LOG_DIR = ConfigKey.string("kindling.eventlog.dir")
            .defaultsTo("")
            .doc("Directory in which each application leaves a file of its events; empty for none.");

    public static final ConfigKey<Long> EVENT_LOG_MAX_BYTES = ConfigKey.bytes("kindling.eventlog.maxBytes")
            .defaultsTo(512L << 20)
            .between(64L << 10, 1L << 40)
            .doc("How large the file of events may grow. From three quarters of it on, events about tasks and"
                    + " blocks are left out and counted; at the end, all but the end of the application.");

    public static final ConfigKey<String> JOURNAL_DIR = ConfigKey.string("kindling.journal.dir")
            .defaultsTo("")
            .doc(
                    "Directory in which each driver leaves a journal of all that it decided by, at most 4 GiB, for `kindling"
                            + " replay`; empty for none.");

    public static final ConfigKey<String> HADOOP = ConfigKey.string("kindling.hadoop.<name>")
            .defaultsTo("")
            .doc("A property of Hadoop's client, such as kindling.hadoop.dfs.replication: it wins over what the"
                    + " files in HADOOP_CONF_DIR say, and reaches every executor.");

    public static final ConfigKey<List<String>> PREPARE = ConfigKey.list("kindling.storage.prepare")
            .defaultsTo(List.of())
            .doc(
                    "Schemes of paths, such as s3, whose clients are made ready by driver and executor processes while these"
                            + " start: the first path costs less time then. `demo` and `submit` name those that they find among"
                            + " the program's arguments.");

    public static final ConfigKey<Integer> READ_AHEAD_STREAMS = ConfigKey.ints("kindling.storage.readAheadStreams")
            .defaultsTo(-1)
            .between(-1, 1_024)
            .doc(
                    "A process that has not more streams of S3 or HDFS open than so many reads each by a thread ahead of its"
                            + " task. With more, tasks read themselves: a hand-over to a busy processor costs a tenth of reading"
                            + " lines and gains nothing. -1 for half as many as there are processors.");

    static final List<ConfigKey<?>> ALL = List.of(
            SCRATCH_DIRS,
            SCRATCH_ENCRYPT,
            EVENT_LOG_DIR,
            EVENT_LOG_MAX_BYTES,
            JOURNAL_DIR,
            HADOOP,
            PREPARE,
            READ_AHEAD_STREAMS);

    private StorageKeys() {}
}
