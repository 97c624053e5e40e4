package dev.kindling.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All keys there are. */
public final class ConfigKeys {
    private static final SortedMap<String, ConfigKey<?>> BY_NAME = collect();

    private ConfigKeys() {}

    /** Every declared key, sorted by name. */
    public static List<ConfigKey<?>> all() {
        return List.copyOf(BY_NAME.values());
    }

    static SortedMap<String, ConfigKey<?>> byName() {
        return BY_NAME;
    }

    private static SortedMap<String, ConfigKey<?>> collect() {
        SortedMap<String, ConfigKey<?>> byName = new TreeMap<>();
        Stream.of(
                        ApplicationKeys.ALL,
                        ExecutorKeys.ALL,
                        TaskKeys.ALL,
                        SchedulerKeys.ALL,
                        ResultKeys.ALL,
                        ShuffleKeys.ALL,
                        RpcKeys.ALL,
                        StorageKeys.ALL,
                        UiKeys.ALL)
                .flatMap(List::stream)
                .forEach(key -> {
                    if (byName.put(key.name(), key) != null) {
                        throw new IllegalStateException(key.name() + " is declared twice");
                    }
                });
        return byName;
    }
}
