package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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

    /** Beside each file: its time is that of the last use, to a day. */
    private static final String USED = ".used";

    static final long MARK_EVERY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long CLOCKS_DIFFER_MS = TimeUnit.HOURS.toMillis(1);

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
        FsPermission permission = status.getPermission();
        if (permission.getGroupAction().implies(FsAction.WRITE)
                || permission.getOtherAction().implies(FsAction.WRITE)) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "others than " + user + " may write to " + directory + " (mode " + permission
                            + "), so what lies there cannot be trusted; take that right away (hdfs dfs -chmod go-w),"
                            + " or name another directory by kindling.yarn.stagingDir");
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
        return put(sha256(file), file.getFileName().toString(), () -> file, type);
    }

    /** What is made only when it is not there yet. */
    interface Maker {
        java.nio.file.Path make() throws IOException;
    }

    /**
     * A file that is made of what a text says, and is as good as any other made of that.
     *
     * @param recipe all on which it depends
     */
    LocalResource putMade(String recipe, String name, Maker maker, LocalResourceType type) throws IOException {
        return put(keyOf(recipe), name, maker, type);
    }

    private static String keyOf(String recipe) {
        return HexFormat.of().formatHex(newDigest().digest(recipe.getBytes(StandardCharsets.UTF_8)));
    }

    /** What was made of such a text before; empty when it was not. */
    Optional<LocalResource> made(String recipe, String name, LocalResourceType type) throws IOException {
        Path entry = new Path(directory, keyOf(recipe));
        Path target = new Path(entry, name);
        return use(entry, target).map(there -> resource(target, there, type));
    }

    private LocalResource put(String key, String name, Maker maker, LocalResourceType type) throws IOException {
        Path entry = new Path(directory, key);
        Path target = new Path(entry, name);
        Optional<FileStatus> there = use(entry, target);
        if (there.isEmpty()) {
            send(maker.make(), entry, target);
        }
        return resource(target, there.isPresent() ? there.get() : files.getFileStatus(target), type);
    }

    private LocalResource resource(Path target, FileStatus status, LocalResourceType type) {
        return LocalResource.newInstance(
                URL.fromPath(files.makeQualified(target)),
                type,
                isReachable ? LocalResourceVisibility.PUBLIC : LocalResourceVisibility.PRIVATE,
                status.getLen(),
                status.getModificationTime());
    }

    /** What was sent before, marked as used once a day; empty when it has to be sent. */
    private Optional<FileStatus> use(Path entry, Path target) throws IOException {
        List<FileStatus> found = contentOf(entry);
        Optional<FileStatus> there = found.stream()
                .filter(file -> file.getPath().getName().equals(target.getName()))
                .findFirst();
        if (there.isEmpty() || lastUseMs(found) > System.currentTimeMillis() - MARK_EVERY_MS) {
            return there;
        }
        files.create(new Path(entry, USED), true).close();
        // What was about to be cleared away stays when it is marked in time, and has to be sent when it is not.
        return contentOf(entry).stream()
                .filter(file -> file.getPath().getName().equals(target.getName()))
                .findFirst();
    }

    private List<FileStatus> contentOf(Path entry) throws IOException {
        try {
            return List.of(files.listStatus(entry));
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    /** Containers go by the time of what they fetch, so that must stay: a file beside it is written anew. */
    private static long lastUseMs(List<FileStatus> content) {
        return content.stream().mapToLong(FileStatus::getModificationTime).max().orElse(0);
    }

    // ---- clearing away --------------------------------------------------------------------------------------------

    /**
     * What was used last before this is needed by no application.
     *
     * @param keptMs how long content stays after its last use
     * @param firstStartMs when the oldest application that has not ended began; empty when there is none
     */
    static long usedBeforeMs(long nowMs, long keptMs, OptionalLong firstStartMs) {
        // An application that began finds marks up to a day old, and leaves them as they are.
        return Math.min(nowMs - keptMs, firstStartMs.orElse(nowMs) - MARK_EVERY_MS - CLOCKS_DIFFER_MS);
    }

    /** How many entries were cleared away, of how many, and what they held. */
    record Cleared(int entries, int of, long bytes) {
        Cleared plus(Cleared other) {
            return new Cleared(entries + other.entries, of + other.of, bytes + other.bytes);
        }
    }

    /**
     * Deletes what was used last before this time, beside applications that come and go.
     *
     * @param isTrial nothing is deleted, only counted
     */
    Cleared clear(long usedBeforeMs, boolean isTrial) throws IOException {
        int all = 0;
        int cleared = 0;
        long bytes = 0;
        for (FileStatus entry : files.listStatus(directory)) {
            all++;
            List<FileStatus> content = entry.isDirectory() ? contentOf(entry.getPath()) : List.of(entry);
            long lastUseMs = content.isEmpty() ? entry.getModificationTime() : lastUseMs(content);
            if (lastUseMs < usedBeforeMs && (isTrial || clear(entry.getPath(), usedBeforeMs))) {
                cleared++;
                bytes += content.stream().mapToLong(FileStatus::getLen).sum();
            }
        }
        return new Cleared(cleared, all, bytes);
    }

    /** Taken aside first: who marks it as used after that finds it gone, and who did before is seen. */
    private boolean clear(Path entry, long usedBeforeMs) throws IOException {
        Path aside = new Path(directory, ".cleared-" + UUID.randomUUID());
        if (!files.rename(entry, aside)) {
            return false;
        }
        if (lastUseMs(contentOf(aside)) >= usedBeforeMs && !files.exists(entry) && files.rename(aside, entry)) {
            return false;
        }
        files.delete(aside, true);
        return true;
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
        return sha256(file, 0);
    }

    /** Of a file from there on. */
    static String sha256(java.nio.file.Path file, long from) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            MessageDigest digest = newDigest();
            byte[] buffer = new byte[1 << 16];
            int length = in.read(buffer);
            while (length >= 0) {
                digest.update(buffer, 0, length);
                length = in.read(buffer);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new KindlingException(ErrorCode.INTERNAL, "this Java has no SHA-256", e);
        }
    }
}
