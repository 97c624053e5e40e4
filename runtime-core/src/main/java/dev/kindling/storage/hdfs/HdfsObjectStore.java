package dev.kindling.storage.hdfs;

import dev.kindling.storage.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Files of HDFS, with the rules of local ones: see {@code LocalObjectStore}. Hadoop's client is loaded by the first path.
 */
public final class HdfsObjectStore implements ObjectStore {
    @Override
    public List<String> schemes() {
        return List.of(HdfsLibrary.SCHEME);
    }

    @Override
    public List<StoredFile> list(String path, boolean isRecursive) throws IOException {
        HdfsLibrary.require(path);
        return new HdfsListing(HdfsClient.of(path)).list(path, isRecursive);
    }

    @Override
    public InputStream open(String path, long offset, long wanted, String version) throws IOException {
        HdfsLibrary.require(path);
        return HdfsClient.of(path).open(path, offset, version);
    }
}
