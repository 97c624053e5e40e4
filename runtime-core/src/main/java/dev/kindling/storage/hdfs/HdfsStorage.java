package dev.kindling.storage.hdfs;

import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.Storage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One application's connections to HDFS, one for each file system, made by the first path that leads there. */
final class HdfsStorage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsStorage.class);

    private final SortedMap<String, String> settings;
    private final int readAheadStreams;
    private final ObjectStore objects = new HdfsObjectStore(this);
    private final OutputStore outputs = new HdfsOutputStore(this);
    private final Map<String, HdfsClient> clients = new HashMap<>();

    /**
     * @param settings the application's, for Hadoop's client
     * @param readAheadStreams see {@code ReadAhead}
     */
    HdfsStorage(SortedMap<String, String> settings, int readAheadStreams) {
        this.settings = settings;
        this.readAheadStreams = readAheadStreams;
    }

    @Override
    public ObjectStore objects() {
        return objects;
    }

    @Override
    public OutputStore outputs() {
        return outputs;
    }

    /** The client of the file system that a path names. */
    synchronized HdfsClient client(String path) throws IOException {
        HdfsLibrary.require(path);
        String authority = HdfsPaths.authorityOf(path);
        HdfsClient client = clients.get(authority);
        if (client == null) {
            client = HdfsClient.connect(path, authority, settings, readAheadStreams);
            clients.put(authority, client);
        }
        return client;
    }

    @Override
    public void close() {
        List<HdfsClient> left;
        synchronized (this) {
            left = List.copyOf(clients.values());
            clients.clear();
        }
        for (HdfsClient client : left) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.warn("cannot close the connection to HDFS: {}", e.toString());
            }
        }
    }
}
