package dev.kindling.storage.hdfs;

import dev.kindling.storage.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Files of HDFS, with the rules of local ones: see {@code LocalObjectStore}. Hadoop's client is loaded by the first path.
 */
final class HdfsObjectStore implements ObjectStore {
    private final HdfsStorage storage;

    HdfsObjectStore(HdfsStorage storage) {
        this.storage = storage;
    }

    @Override
    public List<StoredFile> list(String path, boolean isRecursive) throws IOException {
        return new HdfsListing(storage.client(path)).list(path, isRecursive);
    }

    @Override
    public InputStream open(String path, long offset, long wanted, String version) throws IOException {
        return storage.client(path).open(path, offset, wanted, version);
    }
}
