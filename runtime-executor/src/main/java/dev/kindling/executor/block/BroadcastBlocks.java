package dev.kindling.executor.block;

import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.BroadcastValues;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an executor holds of broadcast values: blocks in files, for itself and for others, and the object made of them.
 * The object is held softly: it goes when the heap is short and no task uses it, and is then made again from the files,
 * which the machine's page cache keeps near. Any thread.
 */
final class BroadcastBlocks {
    private static final Logger LOG = LoggerFactory.getLogger(BroadcastBlocks.class);

    private final ScratchDirectories directories;
    private final Map<Long, Held> values = new ConcurrentHashMap<>();
    private final AtomicLong fileNumber = new AtomicLong();

    BroadcastBlocks(ScratchDirectories directories) {
        this.directories = directories;
    }

    /** Of this value; nothing yet when it is asked for the first time. */
    Held of(BroadcastKey key) {
        return values.computeIfAbsent(key.id(), id -> new Held(key.blockCount()));
    }

    /** Bits of the blocks that are here; empty when none is. */
    BitSet heldOf(long id) {
        Held held = values.get(id);
        return held == null ? new BitSet() : held.present();
    }

    Optional<BlockRange> range(long id, int block) {
        Held held = values.get(id);
        return held == null ? Optional.empty() : held.range(block);
    }

    /** Whoever is fetching the value now sees that it must begin again. */
    void drop(long id) {
        Held held = values.remove(id);
        if (held != null) {
            held.drop();
        }
    }

    /** One value. */
    final class Held {
        /** Held by the one thread that fetches or reads the value; others wait for it. */
        final ReentrantLock reading = new ReentrantLock();

        // Guarded by this.
        private final Path[] files;
        private final long[] lengths;
        private final BitSet present = new BitSet();
        private SoftReference<BroadcastValues.Value> value = new SoftReference<>(null);
        private boolean isDropped;

        private Held(int blockCount) {
            files = new Path[blockCount];
            lengths = new long[blockCount];
        }

        /** Null when it is not here, or has gone for want of memory. */
        synchronized BroadcastValues.Value value() {
            return value.get();
        }

        /** From now on everybody gets this object; false when the value was dropped meanwhile. */
        synchronized boolean keep(BroadcastValues.Value made) {
            value = new SoftReference<>(made);
            return !isDropped;
        }

        synchronized BitSet present() {
            return (BitSet) present.clone();
        }

        synchronized boolean isDropped() {
            return isDropped;
        }

        synchronized Optional<BlockRange> range(int block) {
            return block >= 0 && present.get(block)
                    ? Optional.of(new BlockRange.InFile(files[block], directories.cipher(), 0, lengths[block]))
                    : Optional.empty();
        }

        /** Keeps a block whose checksum was found right, unless the value was dropped meanwhile. */
        void put(int block, byte[] bytes) throws IOException {
            ScratchFile file = new ScratchFile(directories, "broadcast/" + fileNumber.incrementAndGet());
            boolean isKept = false;
            try {
                file.append(bytes, 0, bytes.length);
                file.keep();
                isKept = keep(block, file.path(), bytes.length);
            } finally {
                if (!isKept) {
                    file.close();
                }
            }
        }

        private synchronized boolean keep(int block, Path file, int length) {
            if (isDropped) {
                return false;
            }
            files[block] = file;
            lengths[block] = length;
            present.set(block);
            return true;
        }

        /** The block's file turned out to be bad. */
        synchronized void discard(int block) {
            if (present.get(block)) {
                present.clear(block);
                delete(files[block]);
            }
        }

        private synchronized void drop() {
            isDropped = true;
            value = new SoftReference<>(null);
            for (int block = present.nextSetBit(0); block >= 0; block = present.nextSetBit(block + 1)) {
                delete(files[block]);
            }
            present.clear();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }
}
