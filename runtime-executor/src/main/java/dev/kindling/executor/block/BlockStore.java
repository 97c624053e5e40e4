package dev.kindling.executor.block;

import dev.kindling.executor.cache.CacheDisk;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.RangeReceiver;
import dev.kindling.util.FileTrees;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one executor keeps for others: map outputs in files, results of attempts in memory while there is room and in
 * files otherwise. Everything is found by numbers (shuffle, attempt, bucket) and deleted at close. Any thread.
 *
 * <p>A map output becomes visible whole or not at all: it is written under a temporary name and renamed. Nothing is
 * synced to disk, since a machine that dies takes the executor with it and the outputs are computed again. Executors on
 * one host read each other's files through {@link #rangeIn}.
 */
public final class BlockStore implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);

    private final ScratchDirectories directories;
    private final MemoryPool memory;
    private final Map<Integer, Map<AttemptId, Path>> mapOutputs = new ConcurrentHashMap<>();
    private final CacheDisk cacheDisk;
    private final AtomicLong fileNumber = new AtomicLong();
    private final BroadcastBlocks broadcasts;

    /** Results in the order they came: the oldest leaves memory first. Guarded by itself. */
    private final Map<AttemptId, StoredResult> results = new LinkedHashMap<>();

    private record StoredResult(byte[] bytes, Path file) {}

    /**
     * @param localDirectories where scratch files may lie; those that cannot be written to are left out with a warning
     * @param name of the executor, part of its directory's name
     * @param memory where results held in memory are counted; this store gives them up first
     */
    public BlockStore(List<Path> localDirectories, String name, MemoryPool memory) {
        this(localDirectories, name, memory, ScratchCipher.NONE);
    }

    /** As {@link #BlockStore(List, String, MemoryPool)}; nobody else can read files of a cipher that is one. */
    public BlockStore(List<Path> localDirectories, String name, MemoryPool memory, ScratchCipher cipher) {
        this.directories = new ScratchDirectories(localDirectories, name, cipher);
        this.cacheDisk = new ScratchCacheDisk(directories);
        this.memory = memory;
        this.broadcasts = new BroadcastBlocks(directories);
        memory.evictWith(this::evictResults);
    }

    /** The directory to advertise to executors on the same host. */
    public Path scratchDirectory() {
        return directories.first();
    }

    // ---- map outputs ----------------------------------------------------------------------------------------------

    public MapOutputWriter openMapOutput(int shuffleId, AttemptId attempt, int bucketCount) throws IOException {
        ScratchFile file = new ScratchFile(directories, "writing/" + fileNumber.incrementAndGet());
        return new FileMapOutputWriter(
                file, shuffleId, attempt, bucketCount, (written, below) -> publish(shuffleId, attempt, written, below));
    }

    private void publish(int shuffleId, AttemptId attempt, Path written, Path below) {
        Path target = below.resolve(MapOutputFile.relativePath(shuffleId, attempt));
        try {
            Files.createDirectories(target.getParent());
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot rename map output " + written + " to " + target, e);
        }
        mapOutputs.computeIfAbsent(shuffleId, id -> new ConcurrentHashMap<>()).put(attempt, target);
    }

    /** The blocks of buckets {@code firstBucket} to {@code endBucket - 1}; empty when this output is not here. */
    public Optional<FileRange> openRange(int shuffleId, AttemptId attempt, int firstBucket, int endBucket)
            throws IOException {
        Path file = mapOutputs.getOrDefault(shuffleId, Map.of()).get(attempt);
        return file == null
                ? Optional.empty()
                : openIn(file, directories.cipher(), shuffleId, attempt, firstBucket, endBucket);
    }

    /** All of it as it is stored; empty when this output is not here. */
    Optional<BlockRange> whole(int shuffleId, AttemptId attempt) {
        Path file = mapOutputs.getOrDefault(shuffleId, Map.of()).get(attempt);
        return file == null ? Optional.empty() : Optional.of(inFile(file));
    }

    private BlockRange.InFile inFile(Path file) {
        ScratchCipher cipher = directories.cipher();
        return new BlockRange.InFile(file, cipher, 0, ScratchChannel.contentBytes(file, cipher));
    }

    /** Brings the bytes of an output that another executor stores. */
    public interface WholeOutput {
        void bring(RangeReceiver.Taker taker) throws IOException;
    }

    /**
     * Keeps an output of another executor as well, unless it is here already. Index and checksums are looked at before
     * it becomes visible.
     *
     * @throws IOException when it does not come, or is damaged
     */
    public void copyMapOutput(int shuffleId, AttemptId attempt, WholeOutput source) throws IOException {
        if (whole(shuffleId, attempt).isPresent()) {
            return;
        }
        ScratchFile file = new ScratchFile(directories, "writing/" + fileNumber.incrementAndGet());
        boolean isKept = false;
        try {
            source.bring(piece -> file.append(piece, 0, piece.length));
            file.keep();
            if (file.path() == null) {
                throw new EOFException("nothing came of map output " + attempt);
            }
            MapOutputFile.verify(file.path(), directories.cipher(), shuffleId, attempt);
            publish(shuffleId, attempt, file.path(), file.directory());
            isKept = true;
        } finally {
            if (!isKept) {
                file.close();
            }
        }
    }

    /** The same out of another executor's files on this host, which are not encrypted. */
    static Optional<FileRange> openRangeIn(
            Path scratchDirectory, int shuffleId, AttemptId attempt, int firstBucket, int endBucket)
            throws IOException {
        for (Path directory : ScratchDirectories.ofExecutor(scratchDirectory)) {
            Path file = directory.resolve(MapOutputFile.relativePath(shuffleId, attempt));
            Optional<FileRange> range = openIn(file, ScratchCipher.NONE, shuffleId, attempt, firstBucket, endBucket);
            if (range.isPresent()) {
                return range;
            }
        }
        return Optional.empty();
    }

    private static Optional<FileRange> openIn(
            Path file, ScratchCipher cipher, int shuffleId, AttemptId attempt, int first, int end) throws IOException {
        try {
            return Optional.of(MapOutputFile.open(file, cipher, shuffleId, attempt, first, end));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    public void dropShuffle(int shuffleId) {
        mapOutputs.remove(shuffleId);
        for (Path directory : directories.all()) {
            try {
                FileTrees.delete(directory.resolve(MapOutputFile.directoryOf(shuffleId)));
            } catch (IOException e) {
                LOG.warn("cannot delete shuffle {} in {}: {}", shuffleId, directory, e.toString());
            }
        }
    }

    public void dropMapOutput(int shuffleId, AttemptId attempt) {
        Map<AttemptId, Path> ofShuffle = mapOutputs.get(shuffleId);
        Path file = ofShuffle == null ? null : ofShuffle.remove(attempt);
        if (file != null) {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }

    // ---- scratch --------------------------------------------------------------------------------------------------

    /** A file for what an attempt cannot hold in memory. */
    public SpillFile openSpill() {
        return new FileSpill(new ScratchFile(directories, "spill/" + fileNumber.incrementAndGet()));
    }

    /** Where cached blocks lie that are not in memory. */
    public CacheDisk cacheDisk() {
        return cacheDisk;
    }

    // ---- broadcast values -----------------------------------------------------------------------------------------

    BroadcastBlocks broadcasts() {
        return broadcasts;
    }

    /** Nobody here needs the value any more. */
    public void dropBroadcast(long id) {
        broadcasts.drop(id);
    }

    // ---- results --------------------------------------------------------------------------------------------------

    /** Keeps a result until it is dropped; the array belongs to the store from now on. */
    public void putResult(AttemptId attempt, byte[] bytes) throws IOException {
        StoredResult stored = memory.tryAcquireStorage(bytes.length)
                ? new StoredResult(bytes, null)
                : new StoredResult(null, writeResult(bytes));
        keepResult(attempt, stored);
    }

    /** A result that is not held in memory while it is made. */
    public ResultOutput openResult(AttemptId attempt) {
        ScratchFile file = new ScratchFile(directories, "results/" + fileNumber.incrementAndGet());
        return new ResultOutput() {
            private boolean isCommitted;

            @Override
            public void append(byte[] bytes, int offset, int length) throws IOException {
                file.append(bytes, offset, length);
            }

            @Override
            public void commit(byte[] header) throws IOException {
                file.write(header, 0, header.length, 0);
                file.keep();
                isCommitted = true;
                keepResult(attempt, new StoredResult(null, file.path()));
            }

            @Override
            public void close() {
                if (!isCommitted) {
                    file.close();
                }
            }
        };
    }

    private void keepResult(AttemptId attempt, StoredResult stored) {
        StoredResult replaced;
        synchronized (results) {
            replaced = results.put(attempt, stored);
        }
        discard(replaced);
    }

    private Path writeResult(byte[] bytes) throws IOException {
        ScratchFile file = new ScratchFile(directories, "results/" + fileNumber.incrementAndGet());
        file.append(bytes, 0, bytes.length);
        file.keep();
        return file.path();
    }

    public Optional<BlockRange> readResult(AttemptId attempt) {
        StoredResult stored;
        synchronized (results) {
            stored = results.get(attempt);
        }
        if (stored == null) {
            return Optional.empty();
        }
        return Optional.of(
                stored.bytes() != null
                        ? new BlockRange.InMemory(stored.bytes(), 0, stored.bytes().length)
                        : inFile(stored.file()));
    }

    public void dropResult(AttemptId attempt) {
        StoredResult stored;
        synchronized (results) {
            stored = results.remove(attempt);
        }
        discard(stored);
    }

    private void discard(StoredResult stored) {
        if (stored == null) {
            return;
        }
        if (stored.bytes() != null) {
            memory.releaseStorage(stored.bytes().length);
        } else {
            delete(stored.file());
        }
    }

    /** Moves the oldest results to disk; they leave memory for good. */
    private long evictResults(long bytes) {
        long freed = 0;
        synchronized (results) {
            Iterator<Map.Entry<AttemptId, StoredResult>> oldest =
                    results.entrySet().iterator();
            while (freed < bytes && oldest.hasNext()) {
                Map.Entry<AttemptId, StoredResult> entry = oldest.next();
                byte[] evicted = entry.getValue().bytes();
                if (evicted != null) {
                    try {
                        entry.setValue(new StoredResult(null, writeResult(evicted)));
                    } catch (IOException e) {
                        throw new UncheckedIOException("cannot move the result of " + entry.getKey() + " to disk", e);
                    }
                    memory.releaseStorage(evicted.length);
                    freed += evicted.length;
                }
            }
        }
        return freed;
    }

    @Override
    public void close() {
        mapOutputs.clear();
        synchronized (results) {
            results.values().forEach(stored -> {
                if (stored.bytes() != null) {
                    memory.releaseStorage(stored.bytes().length);
                }
            });
            results.clear();
        }
        directories.close();
    }
}
