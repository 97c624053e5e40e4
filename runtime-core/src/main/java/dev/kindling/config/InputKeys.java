package dev.kindling.config;

import java.util.List;

/** How input is found and taken apart. */
public final class InputKeys {
    public static final ConfigKey<Boolean> RECURSIVE = ConfigKey.booleans("kindling.input.recursive")
            .defaultsTo(false)
            .doc("Whether an input directory stands for the files of the directories in it, too.");

    static final List<ConfigKey<?>> ALL = List.of(RECURSIVE);

    private InputKeys() {}
}
