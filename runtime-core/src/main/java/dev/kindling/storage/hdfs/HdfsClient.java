package dev.kindling.storage.hdfs;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.IoThreads;
import dev.kindling.storage.ReadAhead;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** A connection to one HDFS as one user. Safe for many threads. */
final class HdfsClient implements AutoCloseable {
    private final DistributedFileSystem files;
    /** Such as {@code namenode:8020}, or the name of several NameNodes in the configuration. */
    private final String authority;

    private final IoThreads threads = new IoThreads("hdfs");
    private final ReadAhead readAhead;

    HdfsClient(DistributedFileSystem files, String authority, int readAheadStreams) {
        this.files = files;
        this.authority = authority;
        this.readAhead = new ReadAhead(threads, readAheadStreams);
    }

    /** Hadoop looks for classes of its own through the thread, whose program may bring another Hadoop. */
    static HdfsClient connect(String path, String authority, SortedMap<String, String> settings, int readAheadStreams)
            throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(HdfsClient.class.getClassLoader());
        try {
            return connect(path, authority, HadoopSettings.load(settings), readAheadStreams);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private static HdfsClient connect(String path, String namedAuthority, Configuration settings, int readAheadStreams)
            throws IOException {
        String authority = namedAuthority.isEmpty() ? defaultAuthority(path, settings) : namedAuthority;
        HadoopSettings.useKerberosWhereAsked(settings);
        DistributedFileSystem files = new DistributedFileSystem();
        try {
            files.initialize(URI.create(HdfsLibrary.SCHEME + "://" + authority), settings);
        } catch (IOException | IllegalArgumentException e) {
            throw HdfsErrors.of(path, e);
        }
        return new HdfsClient(files, authority, readAheadStreams);
    }

    private static String defaultAuthority(String path, Configuration settings) {
        URI defaultFiles = URI.create(settings.get("fs.defaultFS", "file:///"));
        if (!HdfsLibrary.SCHEME.equals(defaultFiles.getScheme()) || defaultFiles.getAuthority() == null) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    path + " names no NameNode, and fs.defaultFS is " + defaultFiles + " (HADOOP_CONF_DIR is "
                            + HadoopSettings.directory().map(Object::toString).orElse("not set")
                            + "): write hdfs://namenode:port/path, or set HADOOP_CONF_DIR to the directory of core-site.xml");
        }
        return defaultFiles.getAuthority();
    }

    DistributedFileSystem files() {
        return files;
    }

    /** For many requests at once. */
    IoThreads threads() {
        return threads;
    }

    @Override
    public void close() throws IOException {
        threads.close();
        files.close();
    }

    /** The path as Hadoop has it, of this file system. */
    Path parse(String path) {
        return new Path(HdfsLibrary.SCHEME, authority, HdfsPaths.nameOf(path));
    }

    /** The path as we have it. */
    String format(Path path) {
        return HdfsLibrary.SCHEME + "://" + authority + path.toUri().getPath();
    }

    /** Changes with every change of the file: it counts as another file after it was written anew. */
    static String versionOf(HdfsFileStatus file) {
        return file.getModificationTime() + "/" + file.getLen() + "/" + file.getFileId();
    }

    /** See {@code ObjectStore}. What is open goes on reading the blocks that it began with, from any holder. */
    InputStream open(String path, long offset, long wanted, String version) throws IOException {
        Path file = parse(path);
        FSDataInputStream in;
        try {
            in = files.open(file);
        } catch (FileNotFoundException e) {
            throw new KindlingException(ErrorCode.INPUT_NOT_FOUND, path + " does not exist any more", e);
        } catch (IOException e) {
            throw HdfsErrors.ofInput(path, e);
        }
        try {
            if (!version.isEmpty()) {
                checkVersion(path, file, version);
            }
            if (offset > 0) {
                in.seek(offset);
            }
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
        return ahead(path, in, wanted);
    }

    InputStream ahead(String path, FSDataInputStream in, long wanted) {
        return readAhead.of(new HdfsInput(path, in, wanted), wanted);
    }

    private void checkVersion(String path, Path file, String planned) throws IOException {
        String found;
        try {
            found = files.getFileStatus(file) instanceof HdfsFileStatus status ? versionOf(status) : "unknown";
        } catch (FileNotFoundException e) {
            found = "it is gone";
        } catch (IOException e) {
            throw HdfsErrors.ofInput(path, e);
        }
        if (!planned.equals(found)) {
            throw new KindlingException(
                    ErrorCode.INPUT_CHANGED,
                    path + " changed after the job was planned: its time, size and id were " + planned + ", now "
                            + found + ". Run the job again when nobody writes to it");
        }
    }
}
