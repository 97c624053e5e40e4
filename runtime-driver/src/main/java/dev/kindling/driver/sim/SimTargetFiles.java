package dev.kindling.driver.sim;

import dev.kindling.storage.TargetFiles;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A file system in memory that all processes of a simulated world share, as one of them sees it: a claim is its own as
 * long as it lives. What was written and renamed stays, whoever ends.
 */
final class SimTargetFiles implements TargetFiles {
    private static final byte[] DIRECTORY = {};
    private static final String SCHEME = "sim:";

    /** What all see. */
    static final class Storage {
        private final TreeMap<String, byte[]> entries = new TreeMap<>();
        private final TreeMap<String, SimTargetFiles> claims = new TreeMap<>();

        Storage() {
            entries.put("/", DIRECTORY);
        }
    }

    /** Asked before each change. */
    interface Failures {
        /** Throws what the change fails with, if it does. */
        void strike() throws IOException;
    }

    private final Storage storage;
    private final BooleanSupplier isAlive;
    private final Failures failures;

    SimTargetFiles(Storage storage, BooleanSupplier isAlive, Failures failures) {
        this.storage = storage;
        this.isAlive = isAlive;
        this.failures = failures;
    }

    @Override
    public String qualify(String path) {
        return path.startsWith(SCHEME) ? path.substring(SCHEME.length()) : path;
    }

    // ---- names --------------------------------------------------------------------------------------------------

    @Override
    public Kind kindOf(String path) {
        byte[] entry = storage.entries.get(path);
        return entry == null ? Kind.MISSING : entry == DIRECTORY ? Kind.DIRECTORY : Kind.FILE;
    }

    /** All below a directory, at any depth: {@code 0} comes next after the slash. */
    private SortedMap<String, byte[]> below(String directory) {
        return storage.entries.subMap(directory + "/", directory + "0");
    }

    @Override
    public SortedSet<String> namesIn(String directory) throws IOException {
        requireDirectory(directory);
        return childrenOf(directory);
    }

    /** None of what is no directory. */
    SortedSet<String> childrenOf(String directory) {
        SortedSet<String> names = new TreeSet<>();
        for (String path : below(directory).keySet()) {
            String name = path.substring(directory.length() + 1);
            if (name.indexOf('/') < 0) {
                names.add(name);
            }
        }
        return names;
    }

    private void requireDirectory(String directory) throws FileNotFoundException {
        if (kindOf(directory) != Kind.DIRECTORY) {
            throw new FileNotFoundException(directory + " does not exist");
        }
    }

    private void requireParentOf(String path) throws FileNotFoundException {
        requireDirectory(path.substring(0, Math.max(1, path.lastIndexOf('/'))));
    }

    @Override
    public boolean createDirectory(String directory) throws IOException {
        requireParentOf(directory);
        if (kindOf(directory) == Kind.FILE) {
            throw new FileAlreadyExistsException(directory);
        }
        return storage.entries.putIfAbsent(directory, DIRECTORY) == null;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        failures.strike();
        requireParentOf(to);
        byte[] moved = storage.entries.remove(from);
        if (moved == null) {
            throw new FileNotFoundException(from + " does not exist");
        }
        storage.entries.put(to, moved);
    }

    @Override
    public void forceNames(String directory) {}

    @Override
    public boolean deleteIfEmpty(String path) {
        if (kindOf(path) == Kind.DIRECTORY && !below(path).isEmpty()) {
            return false;
        }
        storage.entries.remove(path);
        return true;
    }

    @Override
    public void deleteTree(String path) throws IOException {
        failures.strike();
        below(path).clear();
        storage.entries.remove(path);
    }

    // ---- bytes --------------------------------------------------------------------------------------------------

    /** The bytes of a file; null when there is none. */
    byte[] bytes(String file) {
        return storage.entries.get(file);
    }

    @Override
    public OutputStream create(String file) throws IOException {
        failures.strike();
        requireParentOf(file);
        // An array of its own: an empty file is no directory.
        if (storage.entries.putIfAbsent(file, new byte[0]) != null) {
            throw new FileAlreadyExistsException(file);
        }
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                storage.entries.replace(file, toByteArray());
            }
        };
    }

    @Override
    public long byteCount(String file) throws IOException {
        byte[] bytes = bytes(file);
        if (bytes == null) {
            throw new FileNotFoundException(file + " does not exist");
        }
        return bytes.length;
    }

    @Override
    public Optional<String> read(String file) {
        return Optional.ofNullable(bytes(file)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    // ---- claims -------------------------------------------------------------------------------------------------

    @Override
    public Optional<Claim> tryClaim(String directory, String claimFile) {
        SimTargetFiles holder = storage.claims.get(directory);
        if (holder != null && holder.isAlive.getAsBoolean()) {
            return Optional.empty();
        }
        storage.claims.put(directory, this);
        storage.entries.putIfAbsent(claimFile, new byte[0]);
        return Optional.of(new HeldClaim(directory, claimFile));
    }

    @Override
    public Optional<Claim> heldClaim(String directory) {
        return storage.claims.get(directory) == this
                ? Optional.of(new HeldClaim(directory, directory + "/_temporary/" + "_claim"))
                : Optional.empty();
    }

    private final class HeldClaim implements Claim {
        private final String directory;
        private final String file;

        HeldClaim(String directory, String file) {
            this.directory = directory;
            this.file = file;
        }

        @Override
        public List<String> createdDirectories() {
            return read(file).orElse("").lines().skip(1).toList();
        }

        @Override
        public void write(String applicationId, List<String> createdDirectories) {
            String text = applicationId + "\n" + String.join("\n", createdDirectories);
            storage.entries.put(file, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void check() {}

        @Override
        public void release() {
            storage.claims.remove(directory, SimTargetFiles.this);
        }
    }

    @Override
    public String reason(Exception failure) {
        return failure.getMessage();
    }
}
