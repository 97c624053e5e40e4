package dev.kindling.storage.hdfs;

import dev.kindling.storage.ClaimOwner;
import dev.kindling.storage.TargetFiles;
import dev.kindling.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream.SyncFlag;
import org.apache.hadoop.ipc.RemoteException;

/**
 * This process's right to write a target of HDFS: a file that it holds open for writing. The NameNode lets one process
 * write a file, as long as that process is heard of; one that ended is forgotten after a minute
 * ({@code dfs.namenode.lease.soft-limit}). On the machine of a dead holder nobody has to wait for that. Safe for many
 * threads.
 */
final class HdfsClaim implements TargetFiles.Claim {
    // Taking over a file waits for the DataNodes of its last block, which answer with their next heartbeat.
    private static final long RECOVERY_WITHIN_MS = 30_000;
    private static final long RECOVERY_POLL_MS = 100;

    private static final ConcurrentMap<String, HdfsClaim> HELD = new ConcurrentHashMap<>();

    private final DistributedFileSystem files;
    private final String directory;
    private final Path file;
    private final String token = ClaimOwner.newToken();
    private HdfsDataOutputStream out;
    private List<String> created = List.of();

    private HdfsClaim(DistributedFileSystem files, String directory, Path file) {
        this.files = files;
        this.directory = directory;
        this.file = file;
    }

    static Optional<HdfsClaim> heldFor(String directory) {
        return Optional.ofNullable(HELD.get(directory));
    }

    /** Empty while somebody alive holds it. */
    static Optional<HdfsClaim> tryAcquire(DistributedFileSystem files, String directory, Path file) throws IOException {
        HdfsClaim claim = new HdfsClaim(files, directory, file);
        if (HELD.putIfAbsent(directory, claim) != null) {
            return Optional.empty();
        }
        boolean isAcquired = false;
        try {
            isAcquired = claim.acquire();
        } finally {
            if (!isAcquired) {
                claim.release();
            }
        }
        return isAcquired ? Optional.of(claim) : Optional.empty();
    }

    private boolean acquire() throws IOException {
        try {
            out = (HdfsDataOutputStream) files.createFile(file).overwrite(false).build();
            return true;
        } catch (FileAlreadyExistsException e) {
            return takeOver();
        } catch (RemoteException e) {
            if (isBeingWritten(e)) {
                return takeOver();
            }
            throw e;
        }
    }

    private boolean takeOver() throws IOException {
        Map<?, ?> last = lastEntry();
        if (last.get("created") instanceof List<?> paths) {
            created = paths.stream().map(String.class::cast).toList();
        }
        boolean isDead = ClaimOwner.isOfThisMachine(last) && !ClaimOwner.isAlive(last);
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_WITHIN_MS);
        while (true) {
            try {
                if (!isDead || files.recoverLease(file)) {
                    out = (HdfsDataOutputStream) files.append(file);
                    return true;
                }
            } catch (RemoteException e) {
                if (isHeldByTheLiving(e)) {
                    return false;
                }
                if (!isBeingWritten(e)) {
                    throw e;
                }
                // Its holder is dead, says the NameNode, which has begun to close the file.
            }
            if (System.nanoTime() > deadlineNanos) {
                return false;
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RECOVERY_POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the claim of a dead application was taken over", e);
        }
    }

    private static boolean isBeingWritten(RemoteException e) {
        return isHeldByTheLiving(e) || e.getClassName().endsWith(".RecoveryInProgressException");
    }

    private static boolean isHeldByTheLiving(RemoteException e) {
        return e.getClassName().endsWith(".AlreadyBeingCreatedException");
    }

    /** Every holder wrote a line; empty when the last one died before, or in the middle of it. */
    private Map<?, ?> lastEntry() throws IOException {
        String text;
        try (InputStream in = files.open(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> lines = text.lines().toList();
        try {
            return !lines.isEmpty() && Json.parse(lines.get(lines.size() - 1)) instanceof Map<?, ?> entry
                    ? entry
                    : Map.of();
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    @Override
    public String token() {
        return token;
    }

    @Override
    public List<String> createdDirectories() {
        return new ArrayList<>(created);
    }

    @Override
    public void write(String applicationId, List<String> createdDirectories) throws IOException {
        Map<String, Object> claim = new LinkedHashMap<>();
        claim.put("application", applicationId);
        claim.putAll(ClaimOwner.thisProcess());
        claim.put("created", createdDirectories);
        // The line before may have been torn.
        out.write(("\n" + Json.write(claim) + "\n").getBytes(StandardCharsets.UTF_8));
        out.hsync(EnumSet.of(SyncFlag.UPDATE_LENGTH));
        created = List.copyOf(createdDirectories);
    }

    /** The NameNode is told the file's length, which it takes from the file's one writer only. */
    @Override
    public void check() throws IOException {
        try {
            out.hsync(EnumSet.of(SyncFlag.UPDATE_LENGTH));
        } catch (IOException e) {
            throw new IOException(
                    "this application's claim on it was lost: "
                            + HdfsErrors.of(directory, e).getMessage(),
                    e);
        }
    }

    @Override
    public synchronized void release() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            // Its file is deleted by now, or somebody else's; either way it is given up.
        }
        out = null;
        HELD.remove(directory, this);
    }
}
