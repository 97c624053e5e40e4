package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.FileTrees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's directories, one below each scratch directory of the configuration, readable by their owner only.
 * Everything the application writes besides its output lies in them; closing deletes them. A lock in each is held
 * while the driver lives; directories whose lock is free were left by drivers that were killed, and are deleted at the
 * next start.
 */
final class ApplicationScratch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationScratch.class);
    private static final String PREFIX = "kindling-app-";
    private static final String LOCK_FILE = "driver.lock";
    private static final long STARTING_MS = 10_000;
    private static final int DELETE_TRIES = 5;

    // A lock belongs to the process: closing any other channel to its file drops it. So the lock files of this JVM's
    // other contexts are never opened to look.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final List<Path> directories = new ArrayList<>();
    private final List<FileChannel> locks = new ArrayList<>();

    ApplicationScratch(List<Path> below, String applicationId) {
        try {
            for (Path root : below) {
                Files.createDirectories(root);
                Path real = root.toRealPath();
                deleteLeftovers(real);
                open(real.resolve(PREFIX + applicationId));
            }
        } catch (IOException e) {
            close();
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "cannot make a scratch directory: " + e + "; set kindling.scratch.dirs to directories this user may"
                            + " write to",
                    e);
        }
    }

    private void open(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(directory);
        }
        directories.add(directory);
        HELD.add(directory);
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        locks.add(channel);
        channel.lock();
    }

    private static void deleteLeftovers(Path root) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root, PREFIX + "*")) {
            for (Path directory : found) {
                if (!HELD.contains(directory) && isAbandoned(directory)) {
                    LOG.info("deleting {}, left by a driver that was killed", directory);
                    FileTrees.delete(directory);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) {
        Path lockFile = directory.resolve(LOCK_FILE);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            // A driver that is just starting makes the file a moment before it takes the lock.
            long ageMs = System.currentTimeMillis()
                    - Files.getLastModifiedTime(lockFile).toMillis();
            return lock != null && ageMs > STARTING_MS;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // of another user, or of another class loader of this JVM
        }
    }

    /** One for each scratch directory of the configuration. */
    List<Path> directories() {
        return List.copyOf(directories);
    }

    /** The one for what is small. */
    Path first() {
        return directories.get(0);
    }

    /** Deletes all of it; what a process that is just ending still writes is deleted with the next try. */
    @Override
    public void close() {
        for (Path directory : directories) {
            deleteStubborn(directory);
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

    private static void deleteStubborn(Path directory) {
        for (int attempt = 1; attempt <= DELETE_TRIES; attempt++) {
            try {
                FileTrees.delete(directory);
                return;
            } catch (IOException e) {
                if (attempt == DELETE_TRIES) {
                    LOG.warn("cannot delete {}: {}", directory, e.toString());
                }
            }
        }
    }
}
