package dev.kindling.executor.block;

import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ranges of map outputs that lie in files of this host, of this executor and of others. Any thread.
 *
 * <p>Where blocks are tiny, opening their file is what reading them costs, and tasks of one executor read a file's
 * buckets from the first to the last. So a little of what follows a tiny range is read with it and kept for the tasks
 * that want it next. An output never changes under its name, and each index entry's checksum has been looked at.
 *
 * <p>What is kept is counted as storage, is a sixteenth of the pool at most, and is the first to go when a task wants
 * memory that storage has to give back.
 */
final class HostOutputs {
    /** Of a range, up to which more is read than was asked for. */
    private static final int TINY_RANGE_BYTES = 1 << 10;

    /** Whose directories are remembered; beyond them their lists are read each time. */
    private static final int MAX_KNOWN_EXECUTORS = 1_000;

    /** Besides its bytes: key, entry of the table, offsets. */
    private static final int OVERHEAD_BYTES = 256;

    private final MemoryPool memory;
    private final long maxBytes;
    private final Map<Path, List<Path>> directories = new ConcurrentHashMap<>();

    /** Guarded by itself, as the count. */
    private final Map<Key, MapOutputFile.Window> windows = new HashMap<>();

    private long keptBytes;

    /** @param executorDirectory the first one of the executor that wrote the output */
    private record Key(Path executorDirectory, int shuffleId, AttemptId attempt) {
        // Written out for the same reason as those of AttemptId.
        @Override
        public boolean equals(Object other) {
            return other instanceof Key that
                    && shuffleId == that.shuffleId
                    && attempt.equals(that.attempt)
                    && executorDirectory.equals(that.executorDirectory);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * shuffleId + attempt.hashCode()) + executorDirectory.hashCode();
        }
    }

    HostOutputs(MemoryPool memory) {
        this.memory = memory;
        this.maxBytes = memory.poolBytes() / 16;
        memory.evictWith(wanted -> dropAll());
    }

    /** Of another executor of this host, whose files are not encrypted; empty when the output is not there. */
    Optional<ServedRange> openIn(Path executorDirectory, int shuffleId, AttemptId attempt, int first, int end)
            throws IOException {
        Key key = new Key(executorDirectory, shuffleId, attempt);
        Optional<ServedRange> near = kept(key, first, end);
        if (near.isPresent()) {
            return near;
        }
        for (Path directory : directoriesOf(executorDirectory)) {
            Path file = directory.resolve(MapOutputFile.relativePath(shuffleId, attempt));
            Optional<ServedRange> range = open(key, file, ScratchCipher.NONE, first, end);
            if (range.isPresent()) {
                return range;
            }
        }
        return Optional.empty();
    }

    /** Of this executor. */
    Optional<ServedRange> openOwn(
            Path file, ScratchDirectories own, int shuffleId, AttemptId attempt, int first, int end)
            throws IOException {
        Key key = new Key(own.first(), shuffleId, attempt);
        Optional<ServedRange> near = kept(key, first, end);
        return near.isPresent() ? near : open(key, file, own.cipher(), first, end);
    }

    private List<Path> directoriesOf(Path executorDirectory) {
        List<Path> known = directories.get(executorDirectory);
        if (known == null) {
            known = ScratchDirectories.ofExecutor(executorDirectory);
            if (directories.size() < MAX_KNOWN_EXECUTORS) {
                directories.put(executorDirectory, known);
            }
        }
        return known;
    }

    private Optional<ServedRange> open(Key key, Path file, ScratchCipher cipher, int first, int end)
            throws IOException {
        try {
            FileRange range = MapOutputFile.open(file, cipher, key.shuffleId(), key.attempt(), first, end);
            if (range.byteCount() <= TINY_RANGE_BYTES) {
                MapOutputFile.Window window = MapOutputFile.windowFrom(range, key.shuffleId(), key.attempt(), first);
                if (window.has(first, end + 1)) {
                    keep(key, window);
                }
            }
            return Optional.of(range);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    // ---- what was read ahead --------------------------------------------------------------------------------------

    private Optional<ServedRange> kept(Key key, int first, int end) {
        MapOutputFile.Window window;
        synchronized (windows) {
            window = windows.get(key);
        }
        return window != null && window.has(first, end) ? Optional.of(window.range(first, end)) : Optional.empty();
    }

    private void keep(Key key, MapOutputFile.Window window) {
        int bytes = bytesOf(window);
        synchronized (windows) {
            drop(windows.remove(key));
            if (keptBytes + bytes <= maxBytes && memory.tryAcquireStorage(bytes)) {
                windows.put(key, window);
                keptBytes += bytes;
            }
        }
    }

    /** The output was written anew, or nobody wants it any more. */
    void forget(Path executorDirectory, int shuffleId, AttemptId attempt) {
        synchronized (windows) {
            drop(windows.remove(new Key(executorDirectory, shuffleId, attempt)));
        }
    }

    void forgetShuffle(int shuffleId) {
        synchronized (windows) {
            Iterator<Map.Entry<Key, MapOutputFile.Window>> all =
                    windows.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, MapOutputFile.Window> entry = all.next();
                if (entry.getKey().shuffleId() == shuffleId) {
                    all.remove();
                    drop(entry.getValue());
                }
            }
        }
    }

    long dropAll() {
        synchronized (windows) {
            long freed = keptBytes;
            windows.clear();
            memory.releaseStorage(freed);
            keptBytes = 0;
            return freed;
        }
    }

    private void drop(MapOutputFile.Window window) {
        if (window != null) {
            memory.releaseStorage(bytesOf(window));
            keptBytes -= bytesOf(window);
        }
    }

    private static int bytesOf(MapOutputFile.Window window) {
        return window.bytes().length + window.starts().length * Integer.BYTES + OVERHEAD_BYTES;
    }
}
