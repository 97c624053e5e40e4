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
        private final TreeMap<String, HeldClaim> claims = new TreeMap<>();
        private int claimCount;

        Storage() {
            entries.put("/", DIRECTORY);
        }
    }

    /** How what a process asks reaches the storage. */
    interface Requests {
        /** Has it carried out, once in the best case, or fails. */
        <T> T send(Kind kind, Request<T> request) throws IOException;

        /** What matters of a request when it goes wrong. */
        enum Kind {
            READ,
            /** It needs a file that is its sender's alone, so that it may as well come after its sender's end. */
            MOVE,
            CHANGE
        }

        /** A request, as the storage carries it out. */
        interface Request<T> {
            T answer() throws IOException;
        }

        /** Nothing goes wrong. */
        Requests SURE = new Requests() {
            @Override
            public <T> T send(Kind kind, Request<T> request) throws IOException {
                return request.answer();
            }
        };
    }

    private final Storage storage;
    private final BooleanSupplier isAlive;
    private final Requests requests;

    SimTargetFiles(Storage storage, BooleanSupplier isAlive, Requests requests) {
        this.storage = storage;
        this.isAlive = isAlive;
        this.requests = requests;
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
        return requests.send(Requests.Kind.READ, () -> {
            requireDirectory(directory);
            return childrenOf(directory);
        });
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
        return requests.send(Requests.Kind.CHANGE, () -> {
            requireParentOf(directory);
            if (kindOf(directory) == Kind.FILE) {
                throw new FileAlreadyExistsException(directory);
            }
            return storage.entries.putIfAbsent(directory, DIRECTORY) == null;
        });
    }

    @Override
    public void rename(String from, String to) throws IOException {
        requests.send(Requests.Kind.MOVE, () -> {
            requireParentOf(to);
            if (!storage.entries.containsKey(from)) {
                throw new FileNotFoundException(from + " does not exist");
            }
            if (storage.entries.putIfAbsent(to, bytes(from)) != null) {
                throw new FileAlreadyExistsException(to);
            }
            return storage.entries.remove(from);
        });
    }

    @Override
    public void forceNames(String directory) {}

    @Override
    public boolean deleteIfEmpty(String path) throws IOException {
        return requests.send(Requests.Kind.CHANGE, () -> {
            if (kindOf(path) == Kind.DIRECTORY && !below(path).isEmpty()) {
                return false;
            }
            storage.entries.remove(path);
            return true;
        });
    }

    @Override
    public void deleteTree(String path) throws IOException {
        requests.send(Requests.Kind.CHANGE, () -> {
            below(path).clear();
            return storage.entries.remove(path);
        });
    }

    // ---- bytes --------------------------------------------------------------------------------------------------

    /** The bytes of a file; null when there is none. */
    byte[] bytes(String file) {
        return storage.entries.get(file);
    }

    @Override
    public OutputStream create(String file) throws IOException {
        requests.send(Requests.Kind.CHANGE, () -> {
            requireParentOf(file);
            // An array of its own: an empty file is no directory.
            if (storage.entries.putIfAbsent(file, new byte[0]) != null) {
                throw new FileAlreadyExistsException(file);
            }
            return file;
        });
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                storage.entries.replace(file, toByteArray());
            }
        };
    }

    @Override
    public long byteCount(String file) throws IOException {
        return requests.send(Requests.Kind.READ, () -> {
            byte[] bytes = bytes(file);
            if (bytes == null) {
                throw new FileNotFoundException(file + " does not exist");
            }
            return (long) bytes.length;
        });
    }

    @Override
    public Optional<String> read(String file) throws IOException {
        return requests.send(
                Requests.Kind.READ,
                () -> Optional.ofNullable(bytes(file)).map(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }

    // ---- claims -------------------------------------------------------------------------------------------------

    @Override
    public Optional<Claim> tryClaim(String directory, String claimFile) throws IOException {
        return requests.send(Requests.Kind.CHANGE, () -> {
            HeldClaim held = storage.claims.get(directory);
            if (held != null && !held.isOf(this) && held.isOfTheLiving()) {
                return Optional.empty();
            }
            requireParentOf(claimFile);
            HeldClaim claim = new HeldClaim(directory, claimFile, Integer.toString(++storage.claimCount));
            storage.claims.put(directory, claim);
            storage.entries.putIfAbsent(claimFile, new byte[0]);
            return Optional.of(claim);
        });
    }

    @Override
    public Optional<Claim> heldClaim(String directory) {
        return Optional.<Claim>ofNullable(storage.claims.get(directory))
                .filter(claim -> ((HeldClaim) claim).isOf(this));
    }

    private final class HeldClaim implements Claim {
        private final String directory;
        private final String file;
        private final String token;

        HeldClaim(String directory, String file, String token) {
            this.directory = directory;
            this.file = file;
            this.token = token;
        }

        boolean isOf(SimTargetFiles process) {
            return process == SimTargetFiles.this;
        }

        boolean isOfTheLiving() {
            return isAlive.getAsBoolean();
        }

        @Override
        public String token() {
            return token;
        }

        @Override
        public List<String> createdDirectories() throws IOException {
            return read(file).orElse("").lines().skip(1).toList();
        }

        @Override
        public void write(String applicationId, List<String> createdDirectories) throws IOException {
            String text = applicationId + "\n" + String.join("\n", createdDirectories);
            requests.send(
                    Requests.Kind.CHANGE, () -> storage.entries.replace(file, text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void check() throws IOException {
            requests.send(Requests.Kind.READ, () -> {
                if (storage.claims.get(directory) != this) {
                    throw new IOException("this application's claim on it was lost");
                }
                return this;
            });
        }

        @Override
        public void release() {
            storage.claims.remove(directory, this);
        }
    }

    @Override
    public String reason(Exception failure) {
        return failure.getMessage();
    }
}
