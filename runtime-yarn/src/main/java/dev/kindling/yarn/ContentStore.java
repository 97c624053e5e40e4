package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.URL;

/**
 * Files of this machine on the cluster's file system, each in a directory named by the SHA-256 of its content: what is
 * there is never sent again, by no application of this user, and nodes that have fetched it once keep it.
 *
 * <p>Shared files can be read by everybody and are fetched once a node; others by their owner only, and are fetched once
 * a node and user. Safe for many threads.
 */
final class ContentStore {
    private static final FsPermission SHARED_DIRECTORY = new FsPermission((short) 0755);
    private static final FsPermission SHARED_FILE = new FsPermission((short) 0644);
    private static final FsPermission OWN_DIRECTORY = new FsPermission((short) 0700);
    private static final FsPermission OWN_FILE = new FsPermission((short) 0600);

    private final FileSystem files;
    private final Path directory;
    private final boolean isShared;
    private final boolean isReachable;
    private long sentBytes;
    private int sentFiles;

    private ContentStore(FileSystem files, Path directory, boolean isShared, boolean isReachable) {
        this.files = files;
        this.directory = directory;
        this.isShared = isShared;
        this.isReachable = isReachable;
    }

    /**
     * Opens, or makes, the store in this directory.
     *
     * @param user who must own it: from a directory of somebody else no code is run
     */
    static ContentStore open(FileSystem files, Path directory, String user, boolean isShared) throws IOException {
        FileStatus status;
        try {
            status = files.getFileStatus(directory);
        } catch (FileNotFoundException e) {
            FileSystem.mkdirs(files, directory, isShared ? SHARED_DIRECTORY : OWN_DIRECTORY);
            status = files.getFileStatus(directory);
        }
        if (!status.getOwner().equals(user)) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    directory + " belongs to " + status.getOwner() + ", not to " + user
                            + ", so what lies there cannot be"
                            + " trusted; name a directory of your own by kindling.yarn.stagingDir");
        }
        return new ContentStore(files, directory, isShared, isShared && isReachableByAll(files, directory));
    }

    /** Whether nodes fetch what is here for all users together. */
    boolean isReachable() {
        return isReachable;
    }

    /** NodeManagers fetch public files as nobody in particular: all directories above must let them pass. */
    private static boolean isReachableByAll(FileSystem files, Path directory) throws IOException {
        for (Path above = directory; above != null; above = above.getParent()) {
            if (!files.getFileStatus(above).getPermission().getOtherAction().implies(FsAction.EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    /** The file as containers get it; sent only when its content is not there yet. */
    LocalResource put(java.nio.file.Path file, LocalResourceType type) throws IOException {
        Path entry = new Path(directory, sha256(file));
        Path target = new Path(entry, file.getFileName().toString());
        FileStatus status;
        try {
            status = files.getFileStatus(target);
        } catch (FileNotFoundException e) {
            send(file, entry, target);
            status = files.getFileStatus(target);
        }
        return LocalResource.newInstance(
                URL.fromPath(files.makeQualified(target)),
                type,
                isReachable ? LocalResourceVisibility.PUBLIC : LocalResourceVisibility.PRIVATE,
                status.getLen(),
                status.getModificationTime());
    }

    /** It appears whole, under a name that tells its content. */
    private void send(java.nio.file.Path file, Path entry, Path target) throws IOException {
        FileSystem.mkdirs(files, entry, isShared ? SHARED_DIRECTORY : OWN_DIRECTORY);
        Path next = new Path(entry, "." + UUID.randomUUID());
        try (OutputStream out = files.create(next, false)) {
            Files.copy(file, out);
        }
        files.setPermission(next, isShared ? SHARED_FILE : OWN_FILE);
        if (!files.rename(next, target)) {
            // Another submission of the same moment was quicker; what it sent is the same.
            files.delete(next, false);
        }
        sent(Files.size(file));
    }

    private synchronized void sent(long bytes) {
        sentBytes += bytes;
        sentFiles++;
    }

    synchronized long sentBytes() {
        return sentBytes;
    }

    synchronized int sentFiles() {
        return sentFiles;
    }

    private static String sha256(java.nio.file.Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            int length = in.read(buffer);
            while (length >= 0) {
                digest.update(buffer, 0, length);
                length = in.read(buffer);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new KindlingException(ErrorCode.INTERNAL, "this Java has no SHA-256", e);
        }
    }
}
