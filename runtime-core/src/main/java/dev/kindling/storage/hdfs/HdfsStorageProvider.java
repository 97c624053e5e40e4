package dev.kindling.storage.hdfs;

import dev.kindling.config.Config;
import dev.kindling.config.StorageKeys;
import dev.kindling.storage.Storage;
import dev.kindling.storage.StorageProvider;
import java.util.List;

/** HDFS, where Hadoop's client is on the class path; it is loaded by the first path. */
public final class HdfsStorageProvider implements StorageProvider {
    @Override
    public List<String> schemes() {
        return List.of(HdfsLibrary.SCHEME);
    }

    @Override
    public Storage open(Config config) {
        return new HdfsStorage(config.members(StorageKeys.HADOOP), config.get(StorageKeys.READ_AHEAD_STREAMS));
    }
}
