package dev.kindling.driver.launch;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.block.BroadcastResource;
import dev.kindling.executor.block.BlockRange;
import dev.kindling.executor.block.FileRange;
import dev.kindling.executor.block.ScratchCipher;
import dev.kindling.executor.block.ScratchOutput;
import dev.kindling.rpc.BlockAbsentException;
import dev.kindling.rpc.ServedRange;
import dev.kindling.serde.ValueStream;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The driver's broadcast values: for executors in this JVM the objects themselves, for others a file of their bytes, cut
 * into blocks. Also remembers which executors have begun to fetch a value, so that those who come later ask them first.
 * Any thread.
 */
public final class BroadcastShelf implements BroadcastValues {
    /** One request and answer each; small enough for many peers to share a value of some hundred megabytes. */
    private static final int BLOCK_BYTES = 4 << 20;

    private static final int PEERS_NAMED = 16;
    private static final int PEERS_KEPT = 256;
    private static final int GONE_KEPT = 10_000;

    private final Path directory;
    private final ClassLoader userClasses;
    private final boolean isInThisJvm;
    private final ScratchCipher cipher;
    private final int blockBytes;
    private final SplittableRandom random = new SplittableRandom(1);
    private final TreeMap<Long, Shelved> values = new TreeMap<>();
    private final Map<Long, String> gone = new LinkedHashMap<>();
    private long lastId = -1;

    private static final class Shelved {
        private final Value value;
        private final Path file;
        private final BroadcastKey key;
        /** By the executor's id, in the order in which they began. */
        private final LinkedHashMap<String, String> peers = new LinkedHashMap<>();

        Shelved(Value value, Path file, BroadcastKey key) {
            this.value = value;
            this.file = file;
            this.key = key;
        }
    }

    /**
     * A shelf in a directory.
     *
     * @param scratch the application's directory
     * @param isInThisJvm whether executors share this JVM: then the bytes are only counted, not kept
     * @param isEncrypted whether files are encrypted, by a key that lies in this shelf alone
     */
    public BroadcastShelf(Path scratch, ClassLoader userClasses, boolean isInThisJvm, boolean isEncrypted) {
        this(scratch, userClasses, isInThisJvm, isEncrypted, BLOCK_BYTES);
    }

    BroadcastShelf(Path scratch, ClassLoader userClasses, boolean isInThisJvm, boolean isEncrypted, int blockBytes) {
        this.directory = scratch.resolve("broadcast");
        this.userClasses = userClasses;
        this.isInThisJvm = isInThisJvm;
        this.cipher = isEncrypted ? ScratchCipher.random() : ScratchCipher.NONE;
        this.blockBytes = blockBytes;
    }

    // ---- the program's side ---------------------------------------------------------------------------------------

    /** @throws KindlingException when it cannot be serialized, or its bytes cannot be kept */
    public BroadcastKey put(Object value, String place) {
        long id;
        synchronized (this) {
            id = ++lastId;
        }
        Path file = directory.resolve(Long.toString(id));
        BlockChecksums sums = new BlockChecksums(blockBytes);
        try (OutputStream target = isInThisJvm ? OutputStream.nullOutputStream() : open(file)) {
            ValueStream.write(value, userClasses, sums.over(target));
        } catch (KindlingException e) {
            delete(file);
            throw new KindlingException(e.code(), place + ": " + e.getMessage(), e.getCause());
        } catch (IOException e) {
            delete(file);
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    place + ": the bytes of the value, " + ByteSizes.format(sums.byteCount())
                            + " so far, cannot be kept in " + file + ": " + e,
                    e);
        } catch (OutOfMemoryError e) {
            delete(file);
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    place + ": the heap of "
                            + ByteSizes.format(Runtime.getRuntime().maxMemory())
                            + " does not hold the value and what is needed to write it; give the driver more memory, or"
                            + " read the value where it is used",
                    e);
        }
        BroadcastKey key = new BroadcastKey(id, place, sums.byteCount(), blockBytes, sums.checksums());
        synchronized (this) {
            values.put(id, new Shelved(isInThisJvm ? new Value(value) : null, file, key));
        }
        return key;
    }

    private OutputStream open(Path file) throws IOException {
        Files.createDirectories(directory);
        return ScratchOutput.create(file, cipher);
    }

    /** @param why said to those who ask for it later */
    public synchronized void remove(long id, String why) {
        Shelved removed = values.remove(id);
        if (removed != null) {
            delete(removed.file);
            gone.put(id, why);
            if (gone.size() > GONE_KEPT) {
                gone.remove(gone.keySet().iterator().next());
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file, e);
        }
    }

    /** Its blocks went with it. */
    public synchronized void executorGone(String executorId) {
        values.values().forEach(shelved -> shelved.peers.remove(executorId));
    }

    // ---- executors in this JVM ------------------------------------------------------------------------------------

    @Override
    public synchronized Value valueOf(BroadcastKey key) {
        Shelved shelved = values.get(key.id());
        if (shelved == null) {
            throw new KindlingException(ErrorCode.CLOSED, key + " cannot be used any more: " + whyGone(key.id()));
        }
        return shelved.value;
    }

    private String whyGone(long id) {
        return gone.getOrDefault(id, "the driver does not have it");
    }

    // ---- executors in other processes -----------------------------------------------------------------------------

    /** @throws BlockAbsentException when the value is gone; its message says why */
    public synchronized ServedRange open(BroadcastResource asked) throws IOException {
        Shelved shelved = values.get(asked.id());
        if (shelved == null) {
            throw new BlockAbsentException(whyGone(asked.id()));
        }
        if (asked instanceof BroadcastResource.Peers peer) {
            byte[] lines = peersFor(peer, shelved).getBytes(StandardCharsets.UTF_8);
            return ServedRange.of(lines, 0, lines.length);
        }
        if (asked instanceof BroadcastResource.Block block
                && block.block() >= 0
                && block.block() < shelved.key.blockCount()) {
            long from = (long) block.block() * blockBytes;
            return FileRange.open(
                    new BlockRange.InFile(shelved.file, cipher, from, shelved.key.bytesOf(block.block())));
        }
        throw new BlockAbsentException("the value has no such block");
    }

    private String peersFor(BroadcastResource.Peers asking, Shelved shelved) {
        List<String> others = new ArrayList<>();
        shelved.peers.forEach((executorId, place) -> {
            if (!executorId.equals(asking.executorId())) {
                others.add(place);
            }
        });
        while (others.size() > PEERS_NAMED) {
            others.remove(random.nextInt(others.size()));
        }
        shelved.peers.put(asking.executorId(), asking.host() + " " + asking.port());
        if (shelved.peers.size() > PEERS_KEPT) {
            shelved.peers.remove(shelved.peers.keySet().iterator().next());
        }
        return String.join("\n", others);
    }
}
