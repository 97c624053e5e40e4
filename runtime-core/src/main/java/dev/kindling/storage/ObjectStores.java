package dev.kindling.storage;

import java.util.List;

/** Finds the {@link ObjectStore} that serves a path, by its scheme. Safe for many threads. */
public final class ObjectStores {
    private static final SchemeTable<ObjectStore> STORES =
            new SchemeTable<>(ObjectStore.class, ObjectStore::schemes, "no store serves");

    private ObjectStores() {}

    /** The store of the path's scheme; a path without scheme is a local file. */
    public static ObjectStore forPath(String path) {
        return STORES.forPath(path);
    }

    /** The schemes that can be read here, sorted. */
    public static List<String> schemes() {
        return STORES.schemes();
    }
}
