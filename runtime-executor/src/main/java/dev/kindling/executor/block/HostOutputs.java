package dev.kindling.executor.block;

import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
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
 * <p>What is kept is counted as storage, is an eighth of the pool at most, and is the first to go when a task wants
 * memory that storage has to give back. Where it has no room for more, what is kept of the shuffle goes that has not been
 * read ahead for longest: a program may hold on to shuffles long after it has read them.
 */
final class HostOutputs {
    /** Of a range, up to which more is read than was asked for. */
    private static final int TINY_RANGE_BYTES = 1 << 10;

    /** Read at once where many outputs are wanted, or nobody knows how many. */
    static final int SMALL_WINDOW_BYTES = 4 << 10;

    /** Of a thousand outputs of tiny blocks each is opened once for some 250 of them, and they take sixteen megabytes. */
    private static final int MAX_WINDOW_BYTES = 16 << 10;

    /** Whose directories are remembered; beyond them lists are read each time, and nothing ahead. */
    private static final int MAX_KNOWN_EXECUTORS = 1_000;

    /** Besides its bytes: key, entry of the table, offsets. */
    private static final int OVERHEAD_BYTES = 256;

    private final MemoryPool memory;
    private final long maxBytes;
    private final Map<Path, OfExecutor> executors = new ConcurrentHashMap<>();

    /** Guarded by this, as all windows are. */
    private long keptBytes;

    /** Those of which something may be kept; the one read ahead last at the end. Guarded by this. */
    private final LinkedHashSet<Integer> keptShuffles = new LinkedHashSet<>();

    HostOutputs(MemoryPool memory) {
        this.memory = memory;
        this.maxBytes = memory.poolBytes() / 8;
        memory.evictWith(wanted -> dropAll());
    }

    /** Outputs of the executor whose first directory this is; of another one, since they are not encrypted. */
    OfExecutor of(Path executorDirectory) {
        OfExecutor known = executors.get(executorDirectory);
        if (known != null) {
            return known;
        }
        List<Path> directories = ScratchDirectories.ofExecutor(executorDirectory);
        if (executors.size() >= MAX_KNOWN_EXECUTORS) {
            return new OfExecutor(directories, ScratchCipher.NONE, false);
        }
        return executors.computeIfAbsent(
                executorDirectory, first -> new OfExecutor(directories, ScratchCipher.NONE, true));
    }

    /** Outputs of this executor. */
    OfExecutor own(ScratchDirectories directories) {
        OfExecutor own = new OfExecutor(directories.all(), directories.cipher(), true);
        executors.put(directories.first(), own);
        return own;
    }

    /** How much of each had better be read at once by a task that wants tiny ranges of so many outputs. */
    int windowBytesFor(int outputs) {
        // Half, for offsets come on top, and what tasks before these have left.
        long share = maxBytes / 2 / Math.max(1, outputs);
        return (int) Math.max(SMALL_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, share));
    }

    synchronized void forgetShuffle(int shuffleId) {
        keptShuffles.remove(shuffleId);
        executors.values().forEach(executor -> executor.forgetShuffle(shuffleId));
    }

    /** Whether so much more may be kept of this shuffle; what is kept of others may go for it. */
    private synchronized boolean makeRoom(int bytes, int shuffleId) {
        keptShuffles.remove(shuffleId);
        while (keptBytes + bytes > maxBytes && !keptShuffles.isEmpty()) {
            forgetShuffle(keptShuffles.iterator().next());
        }
        keptShuffles.add(shuffleId);
        return keptBytes + bytes <= maxBytes;
    }

    synchronized long dropAll() {
        keptShuffles.clear();
        long freed = 0;
        for (OfExecutor executor : executors.values()) {
            freed += executor.dropAll();
        }
        return freed;
    }

    /** Those that one executor has written. */
    final class OfExecutor {
        private final List<Path> directories;
        private final ScratchCipher cipher;
        private final boolean readsAhead;
        private final Map<MapOutput, MapOutputFile.Window> windows = new HashMap<>();

        private OfExecutor(List<Path> directories, ScratchCipher cipher, boolean readsAhead) {
            this.directories = directories;
            this.cipher = cipher;
            this.readsAhead = readsAhead;
        }

        /**
         * The blocks of buckets {@code first} to {@code end - 1}; empty when the output is in none of the directories.
         *
         * @param windowBytes read at once where the range is tiny
         */
        Optional<ServedRange> open(int shuffleId, AttemptId attempt, int first, int end, int windowBytes)
                throws IOException {
            MapOutput key = new MapOutput(shuffleId, attempt);
            Optional<ServedRange> range = kept(key, first, end);
            for (int i = 0; range.isEmpty() && i < directories.size(); i++) {
                Path file = directories.get(i).resolve(key.relativePath());
                range = openFile(file, key, first, end, windowBytes);
            }
            return range;
        }

        /** The same, where it is known in which file. */
        Optional<ServedRange> open(Path file, int shuffleId, AttemptId attempt, int first, int end, int windowBytes)
                throws IOException {
            MapOutput key = new MapOutput(shuffleId, attempt);
            Optional<ServedRange> range = kept(key, first, end);
            return range.isPresent() ? range : openFile(file, key, first, end, windowBytes);
        }

        private Optional<ServedRange> openFile(Path file, MapOutput key, int first, int end, int windowBytes)
                throws IOException {
            try {
                FileRange range = MapOutputFile.open(file, cipher, key.shuffleId(), key.attempt(), first, end);
                // With its offsets a window takes at most about twice its bytes; what cannot be kept is not read.
                if (readsAhead && range.byteCount() <= TINY_RANGE_BYTES && makeRoom(2 * windowBytes, key.shuffleId())) {
                    readAhead(range, key, first, end, windowBytes);
                }
                return Optional.of(range);
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        private void readAhead(FileRange range, MapOutput key, int first, int end, int windowBytes) throws IOException {
            try {
                MapOutputFile.Window window =
                        MapOutputFile.windowFrom(range, key.shuffleId(), key.attempt(), first, windowBytes);
                if (window.has(first, end + 1)) {
                    keep(key, window);
                }
            } catch (IOException | RuntimeException e) {
                range.close();
                throw e;
            }
        }

        private Optional<ServedRange> kept(MapOutput key, int first, int end) {
            MapOutputFile.Window window;
            synchronized (HostOutputs.this) {
                window = windows.get(key);
            }
            return window != null && window.has(first, end) ? Optional.of(window.range(first, end)) : Optional.empty();
        }

        private void keep(MapOutput key, MapOutputFile.Window window) {
            int bytes = bytesOf(window);
            synchronized (HostOutputs.this) {
                giveBack(windows.remove(key));
                if (makeRoom(bytes, key.shuffleId()) && memory.tryAcquireStorage(bytes)) {
                    windows.put(key, window);
                    keptBytes += bytes;
                }
            }
        }

        /** It was written anew, or nobody wants it any more. */
        void forget(int shuffleId, AttemptId attempt) {
            synchronized (HostOutputs.this) {
                giveBack(windows.remove(new MapOutput(shuffleId, attempt)));
            }
        }

        private void forgetShuffle(int shuffleId) {
            synchronized (HostOutputs.this) {
                windows.entrySet().removeIf(entry -> {
                    boolean isOfShuffle = entry.getKey().shuffleId() == shuffleId;
                    if (isOfShuffle) {
                        giveBack(entry.getValue());
                    }
                    return isOfShuffle;
                });
            }
        }

        private long dropAll() {
            synchronized (HostOutputs.this) {
                long before = keptBytes;
                windows.values().forEach(HostOutputs.this::giveBack);
                windows.clear();
                return before - keptBytes;
            }
        }
    }

    /** Under the lock. */
    private void giveBack(MapOutputFile.Window window) {
        if (window != null) {
            memory.releaseStorage(bytesOf(window));
            keptBytes -= bytesOf(window);
        }
    }

    private static int bytesOf(MapOutputFile.Window window) {
        return window.bytes().length + window.starts().length * Integer.BYTES + OVERHEAD_BYTES;
    }
}
