package dev.kindling.config;

import java.util.List;

/** What the driver shows on the terminal. */
public final class UiKeys {
    public static final ConfigKey<Boolean> PROGRESS = ConfigKey.booleans("kindling.ui.progress")
            .defaultsTo(false)
            .doc("Whether running stages are shown on a line of the terminal.");

    static final List<ConfigKey<?>> ALL = List.of(PROGRESS);

    private UiKeys() {}
}
