package dev.kindling.storage.local;

import dev.kindling.storage.ClaimOwner;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.TargetFiles;
import dev.kindling.util.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * This process's right to write a target: a file that it holds locked. The system drops the lock when the process ends,
 * however it ends, so a claim that can be locked is a dead application's. Safe for many threads.
 */
final class LocalClaim implements TargetFiles.Claim {
    static final String NAME = DirectoryOutput.CLAIM;

    private static final int MAX_CLAIM_BYTES = 1 << 20;

    // Within one JVM locks do not exclude each other, and closing a second channel to the file would drop the lock.
    private static final ConcurrentMap<Path, LocalClaim> HELD = new ConcurrentHashMap<>();

    private final Path directory;
    private final String token = ClaimOwner.newToken();
    private FileChannel channel;

    private LocalClaim(Path directory) {
        this.directory = directory;
    }

    static Optional<LocalClaim> heldFor(Path directory) throws IOException {
        return Files.isDirectory(directory) ? Optional.ofNullable(HELD.get(directory.toRealPath())) : Optional.empty();
    }

    /** Empty while somebody alive holds it. */
    static Optional<LocalClaim> tryAcquire(Path directory, Path file) throws IOException {
        LocalClaim claim = new LocalClaim(directory.toRealPath());
        if (HELD.putIfAbsent(claim.directory, claim) != null) {
            return Optional.empty();
        }
        boolean isLocked = false;
        try {
            isLocked = claim.lock(file);
        } finally {
            if (!isLocked) {
                claim.release();
            }
        }
        return isLocked ? Optional.of(claim) : Optional.empty();
    }

    private boolean lock(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            FileLock lock = channel.tryLock();
            // The holder before may have deleted the file between our opening and locking it.
            return lock != null && Files.exists(file);
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public String token() {
        return token;
    }

    /** Directories that were made for the target, deepest first; an unfinished claim names none. */
    @Override
    public List<String> createdDirectories() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), MAX_CLAIM_BYTES));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // reads until full
        }
        List<String> created = new ArrayList<>();
        try {
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            if (Json.parse(text) instanceof Map<?, ?> claim && claim.get("created") instanceof List<?> paths) {
                paths.forEach(path -> created.add((String) path));
            }
        } catch (IllegalArgumentException e) {
            // Torn by a crash: it is not known who made the directory, so it stays.
        }
        return created;
    }

    @Override
    public void write(String applicationId, List<String> created) throws IOException {
        Map<String, Object> claim = new LinkedHashMap<>();
        claim.put("application", applicationId);
        claim.put("process", ProcessHandle.current().pid());
        claim.put("created", created);
        channel.truncate(0);
        ByteBuffer bytes = ByteBuffer.wrap(Json.write(claim).getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
        channel.force(false);
    }

    /** A lock is not lost while its holder lives. */
    @Override
    public void check() {}

    @Override
    public synchronized void release() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The lock ends with the channel, whatever closing says.
        }
        HELD.remove(directory, this);
    }

    /** What the system does when the process ends. */
    static void releaseAll() {
        List.copyOf(HELD.values()).forEach(LocalClaim::release);
    }
}
