package dev.kindling.config;

import java.util.List;
import java.util.Optional;
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

    /** The key of this name, or the family that it belongs to. */
    static Optional<ConfigKey<?>> find(String name) {
        ConfigKey<?> key = BY_NAME.get(name);
        if (key != null && !key.isFamily()) {
            return Optional.of(key);
        }
        for (ConfigKey<?> family : BY_NAME.values()) {
            if (family.isFamily() && family.memberOf(name).isPresent()) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }

    static SortedMap<String, ConfigKey<?>> byName() {
        return BY_NAME;
    }

    private static SortedMap<String, ConfigKey<?>> collect() {
        SortedMap<String, ConfigKey<?>> byName = new TreeMap<>();
        Stream.of(
                        ApplicationKeys.ALL,
                        ExecutorKeys.ALL,
                        AllocationKeys.ALL,
                        TaskKeys.ALL,
                        SchedulerKeys.ALL,
                        ResultKeys.ALL,
                        ShuffleKeys.ALL,
                        RpcKeys.ALL,
                        StorageKeys.ALL,
                        S3Keys.ALL,
                        InputKeys.ALL,
                        YarnKeys.ALL,
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
