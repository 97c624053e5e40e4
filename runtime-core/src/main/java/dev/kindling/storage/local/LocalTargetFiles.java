package dev.kindling.storage.local;

import dev.kindling.storage.IoThreads;
import dev.kindling.storage.TargetFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Directories of this machine as targets of output. */
final class LocalTargetFiles implements TargetFiles {
    // A late attempt may still create its directory while ours are deleted; it cannot after the one above is gone.
    private static final int DELETE_TRIES = 10;

    private final IoThreads threads = new IoThreads("local");

    @Override
    public String qualify(String path) {
        return LocalPaths.format(LocalPaths.parse(path));
    }

    @Override
    public Kind kindOf(String path) {
        Path file = LocalPaths.parse(path);
        return Files.isDirectory(file) ? Kind.DIRECTORY : Files.exists(file) ? Kind.FILE : Kind.MISSING;
    }

    @Override
    public SortedSet<String> namesIn(String directory) throws IOException {
        return namesIn(LocalPaths.parse(directory));
    }

    private static SortedSet<String> namesIn(Path directory) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        for (Path child : LocalPaths.childrenOf(directory)) {
            names.add(child.getFileName().toString());
        }
        return names;
    }

    @Override
    public boolean createDirectory(String directory) throws IOException {
        Path path = LocalPaths.parse(directory);
        try {
            Files.createDirectory(path);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path)) {
                throw e;
            }
            return false;
        } catch (NoSuchFileException e) {
            throw gone(e);
        }
    }

    @Override
    public OutputStream create(String file) throws IOException {
        try {
            return new DurableOutput(LocalPaths.parse(file), threads);
        } catch (NoSuchFileException e) {
            throw gone(e);
        }
    }

    private static IOException gone(NoSuchFileException e) {
        return (IOException) new FileNotFoundException(reasonOf(e)).initCause(e);
    }

    @Override
    public long byteCount(String file) throws IOException {
        return Files.size(LocalPaths.parse(file));
    }

    @Override
    public Optional<String> read(String file) throws IOException {
        try {
            return Optional.of(Files.readString(LocalPaths.parse(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(LocalPaths.parse(from), LocalPaths.parse(to), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where the system lets a directory be opened. */
    @Override
    public void forceNames(String directory) {
        try (FileChannel channel = FileChannel.open(LocalPaths.parse(directory), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows and some network file systems refuse; they order names and bytes themselves.
        }
    }

    @Override
    public boolean deleteIfEmpty(String path) throws IOException {
        try {
            Files.deleteIfExists(LocalPaths.parse(path));
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    @Override
    public void deleteTree(String path) throws IOException {
        Path root = LocalPaths.parse(path);
        for (int tries = 1; ; tries++) {
            try {
                deleteOnce(root);
                return;
            } catch (DirectoryNotEmptyException e) {
                if (tries == DELETE_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static void deleteOnce(Path root) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            SortedSet<String> names = namesIn(root);
            boolean hadClaim = names.remove(LocalClaim.NAME);
            for (String name : names) {
                deleteOnce(root.resolve(name));
            }
            if (hadClaim) {
                Files.deleteIfExists(root.resolve(LocalClaim.NAME));
            }
        }
        Files.deleteIfExists(root);
    }

    @Override
    public Optional<Claim> tryClaim(String directory, String claimFile) throws IOException {
        return LocalClaim.tryAcquire(LocalPaths.parse(directory), LocalPaths.parse(claimFile))
                .map(claim -> claim);
    }

    @Override
    public Optional<Claim> heldClaim(String directory) throws IOException {
        return LocalClaim.heldFor(LocalPaths.parse(directory)).map(claim -> claim);
    }

    @Override
    public String reason(Exception failure) {
        return reasonOf(failure);
    }

    private static String reasonOf(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is a file";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
