package dev.kindling.storage.local;

import dev.kindling.config.Config;
import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.Storage;
import dev.kindling.storage.StorageProvider;
import java.util.List;

/** Files of this machine; the same for all applications. */
public final class LocalStorage implements StorageProvider, Storage {
    private final ObjectStore objects = new LocalObjectStore();
    private final OutputStore outputs = new LocalOutputStore();

    @Override
    public List<String> schemes() {
        return List.of("file");
    }

    @Override
    public Storage open(Config config) {
        return this;
    }

    @Override
    public ObjectStore objects() {
        return objects;
    }

    @Override
    public OutputStore outputs() {
        return outputs;
    }
}
