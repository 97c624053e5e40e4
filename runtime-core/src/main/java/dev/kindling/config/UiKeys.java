package dev.kindling.config;

import java.util.List;

/** What the commands show on the terminal. */
public final class UiKeys {
    public static final ConfigKey<Boolean> PROGRESS = ConfigKey.booleans("kindling.ui.progress")
            .defaultsTo(true)
            .doc("Whether the commands show running stages on a line of the terminal.");

    static final List<ConfigKey<?>> ALL = List.of(PROGRESS);

    private UiKeys() {}
}
