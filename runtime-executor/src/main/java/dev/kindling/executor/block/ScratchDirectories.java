package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.FileTrees;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories an executor writes to: one of its own, mode 0700, below each local directory it was given. A lock
 * file in each is held for as long as the process lives; at start, directories of this kind whose lock is free belong
 * to dead processes and are deleted. Any thread.
 */
final class ScratchDirectories implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectories.class);
    private static final String PREFIX = "kindling-scratch-";
    private static final String LOCK_FILE = "alive.lock";

    /** In the first directory, for readers in other processes: all directories, one a line. */
    private static final String LIST_FILE = "directories";

    private static final int MAX_NAMES = 100;

    private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    // A lock belongs to the process: closing any other channel to its file drops it. So the lock files of this JVM's
    // other executors are never opened to look.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final List<Path> directories = new ArrayList<>();
    private final ScratchCipher cipher;
    private final List<FileChannel> locks = new ArrayList<>();

    ScratchDirectories(List<Path> localDirectories, String name, ScratchCipher cipher) {
        this.cipher = cipher;
        List<String> refusals = new ArrayList<>();
        for (Path local : localDirectories) {
            try {
                Files.createDirectories(local);
                Path real = local.toRealPath();
                deleteLeftovers(real);
                open(real, name);
            } catch (IOException e) {
                refusals.add(local + ": " + e);
            }
        }
        if (directories.isEmpty()) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "no local directory can be used for scratch files: " + String.join("; ", refusals)
                            + ". Set kindling.scratch.dirs to a directory this user may write to.");
        }
        if (!refusals.isEmpty()) {
            LOG.warn("local directories left out: {}", String.join("; ", refusals));
        }
        try {
            List<String> lines = directories.stream().map(Path::toString).toList();
            Files.write(directories.get(0).resolve(LIST_FILE), lines, StandardCharsets.UTF_8);
        } catch (IOException e) {
            // Readers in other processes then look into the first directory only, and fetch the rest over the network.
            LOG.warn("cannot write {} in {}: {}", LIST_FILE, directories.get(0), e.toString());
        }
    }

    private void open(Path local, String name) throws IOException {
        Path directory = createDirectory(local, PREFIX + name + "-");
        HELD.add(directory);
        try {
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
        } catch (UnsupportedOperationException e) {
            LOG.debug("{} knows no POSIX permissions", directory);
        }
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException("the lock of " + directory + " is taken");
        }
        locks.add(channel);
        directories.add(directory);
    }

    /**
     * A name that is not there yet. The JDK's own temporary directories draw it from a secure source, whose providers
     * a starting program needs for nothing else; here the name keeps no secret: only the owner can enter.
     */
    private static Path createDirectory(Path local, String prefix) throws IOException {
        boolean isPosix = local.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
        for (int tries = 1; ; tries++) {
            String number = Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
            try {
                return Files.createDirectory(local.resolve(prefix + number), attributes);
            } catch (FileAlreadyExistsException e) {
                if (tries == MAX_NAMES) {
                    throw e;
                }
            }
        }
    }

    private static void deleteLeftovers(Path local) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(local, PREFIX + "*")) {
            for (Path directory : found) {
                if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                        && !HELD.contains(directory)
                        && isAbandoned(directory)) {
                    LOG.info("deleting {}, left over from a process that is gone", directory);
                    FileTrees.delete(directory);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) {
        try (FileChannel channel = FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // of another class loader of this JVM
        } catch (IOException e) {
            return false; // of another user, or just being made
        }
    }

    /** Of all files in them. */
    ScratchCipher cipher() {
        return cipher;
    }

    Path first() {
        return directories.get(0);
    }

    List<Path> all() {
        return directories;
    }

    /** The directories of another executor on this host, from its first one. */
    static List<Path> ofExecutor(Path first) {
        try {
            return Files.readAllLines(first.resolve(LIST_FILE), StandardCharsets.UTF_8).stream()
                    .map(Path::of)
                    .toList();
        } catch (IOException e) {
            return List.of(first);
        }
    }

    /** A directory to write to, drawn by free space, none of {@code excluded}; null when all are excluded. */
    Path choose(Set<Path> excluded) {
        List<Path> candidates =
                directories.stream().filter(d -> !excluded.contains(d)).toList();
        if (candidates.size() < 2) {
            return candidates.isEmpty() ? null : candidates.get(0);
        }
        long[] freeBytes = candidates.stream()
                .mapToLong(directory -> directory.toFile().getUsableSpace())
                .toArray();
        return candidates.get(drawn(freeBytes, ThreadLocalRandom.current().nextDouble()));
    }

    /** One of the directories, each as likely as it has space; {@code random} is from 0 to below 1. */
    static int drawn(long[] freeBytes, double random) {
        double total = 0;
        for (long free : freeBytes) {
            total += weight(free);
        }
        double left = random * total;
        int chosen = 0;
        while (chosen < freeBytes.length - 1 && left >= weight(freeBytes[chosen])) {
            left -= weight(freeBytes[chosen++]);
        }
        return chosen;
    }

    /** One that is full is still possible: the file system may say so wrongly. */
    private static double weight(long freeBytes) {
        return (1 << 20) + (double) freeBytes;
    }

    @Override
    public void close() {
        for (Path directory : directories) {
            try {
                FileTrees.delete(directory);
            } catch (IOException e) {
                LOG.warn("cannot delete {}: {}", directory, e.toString());
            }
        }
        for (FileChannel lock : locks) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.debug("closing a lock: {}", e.toString());
            }
        }
        directories.forEach(HELD::remove);
    }
}
