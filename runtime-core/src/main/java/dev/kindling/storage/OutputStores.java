package dev.kindling.storage;

import java.util.List;

/** Finds the {@link OutputStore} that writes to a target, by its scheme. Safe for many threads. */
public final class OutputStores {
    private static final SchemeTable<OutputStore> STORES =
            new SchemeTable<>(OutputStore.class, OutputStore::schemes, "no store writes to");

    private OutputStores() {}

    /** The store of the target's scheme; a target without scheme is a local directory. */
    public static OutputStore forPath(String target) {
        return STORES.forPath(target);
    }

    /** The schemes that can be written here, sorted. */
    public static List<String> schemes() {
        return STORES.schemes();
    }
}
