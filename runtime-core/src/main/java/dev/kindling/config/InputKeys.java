package dev.kindling.config;

import java.util.List;

/** How input is found and taken apart. */
public final class InputKeys {
    public static final ConfigKey<Boolean> RECURSIVE = ConfigKey.booleans("kindling.input.recursive")
            .defaultsTo(false)
            .doc("Whether an input directory stands for the files of the directories in it, too.");

    static final List<ConfigKey<?>> ALL = List.of(RECURSIVE);

    // Read as it is given: what other keys would lose, white space at its ends, is often all of it.
    private static final String HADOOP_RECORD_DELIMITER = "kindling.hadoop.textinputformat.record.delimiter";

    private InputKeys() {}

    /** What Hadoop's name for it says stands between records of text; empty for ends of lines. */
    public static String recordDelimiter(Config config) {
        return config.entries().getOrDefault(HADOOP_RECORD_DELIMITER, "");
    }
}
