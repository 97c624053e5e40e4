package dev.kindling.storage.hdfs;

import dev.kindling.storage.IoThreads;
import dev.kindling.storage.TargetFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** Directories of HDFS as targets of output. What it throws says itself what to do. */
final class HdfsTargetFiles implements TargetFiles {
    private final HdfsClient client;
    private final DistributedFileSystem files;

    HdfsTargetFiles(HdfsClient client) {
        this.client = client;
        this.files = client.files();
    }

    /** One request to the NameNode. */
    private interface Request<T> {
        T answer(Path path) throws IOException;
    }

    private <T> T ask(String path, Request<T> request) throws IOException {
        try {
            return request.answer(client.parse(path));
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }

    @Override
    public String qualify(String path) {
        return client.format(client.parse(path));
    }

    @Override
    public Kind kindOf(String path) throws IOException {
        try {
            return ask(path, files::getFileStatus).isDirectory() ? Kind.DIRECTORY : Kind.FILE;
        } catch (FileNotFoundException e) {
            return Kind.MISSING;
        }
    }

    @Override
    public SortedSet<String> namesIn(String directory) throws IOException {
        return ask(directory, path -> {
            SortedSet<String> names = new TreeSet<>();
            RemoteIterator<FileStatus> listed = files.listStatusIterator(path);
            while (listed.hasNext()) {
                names.add(listed.next().getPath().getName());
            }
            return names;
        });
    }

    @Override
    public boolean createDirectory(String directory) throws IOException {
        boolean wasThere = kindOf(directory) == Kind.DIRECTORY;
        // Not with those above it: an attempt that comes late must not make a target again.
        return ask(directory, path -> files.mkdir(path, FsPermission.getDirDefault())) && !wasThere;
    }

    @Override
    public OutputStream create(String file) throws IOException {
        return new HdfsOutput(
                file, ask(file, path -> files.createFile(path).overwrite(false).build()));
    }

    @Override
    public long byteCount(String file) throws IOException {
        return ask(file, files::getFileStatus).getLen();
    }

    @Override
    public Optional<String> read(String file) throws IOException {
        try {
            return Optional.of(ask(file, path -> {
                try (InputStream in = files.open(path)) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        ask(from, path -> {
            files.rename(path, client.parse(to), Options.Rename.NONE);
            return true;
        });
    }

    @Override
    public <A> void each(List<A> items, IoThreads.Step<A, Boolean> step) throws IOException {
        client.threads().each(items, step);
    }

    /** The NameNode's journal has each change before it answers. */
    @Override
    public void forceNames(String directory) {}

    @Override
    public boolean deleteIfEmpty(String path) throws IOException {
        return ask(path, file -> {
            try {
                files.delete(file, false);
                return true;
            } catch (PathIsNotEmptyDirectoryException e) {
                return false;
            }
        });
    }

    /** In one step. */
    @Override
    public void deleteTree(String path) throws IOException {
        ask(path, file -> files.delete(file, true));
    }

    @Override
    public Optional<Claim> tryClaim(String directory, String claimFile) throws IOException {
        return ask(
                claimFile, file -> HdfsClaim.tryAcquire(files, directory, file).map(claim -> claim));
    }

    @Override
    public Optional<Claim> heldClaim(String directory) {
        return HdfsClaim.heldFor(directory).map(claim -> claim);
    }

    @Override
    public String reason(Exception failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
