package dev.kindling.executor.block;

import dev.kindling.executor.cache.CacheDisk;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.RangeReceiver;
import dev.kindling.rpc.ServedRange;
import dev.kindling.util.FileTrees;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one executor keeps for others: map outputs in files, results of attempts in memory while there is room and in
 * files otherwise. Everything is found by numbers (shuffle, attempt, bucket) and deleted at close. Any thread.
 *
 * <p>A map output becomes visible whole or not at all: it is written under a temporary name and renamed. Nothing is
 * synced to disk, since a machine that dies takes the executor with it and the outputs are computed again. Executors on
 * one host read each other's files through {@link HostOutputs}.
 */
public final class BlockStore implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);

    private final ScratchDirectories directories;
    private final int heldOutputBytes;
    private final HostOutputs hostOutputs;
    private final HostOutputs.OfExecutor ownFiles;
    private final Shelf<MapOutput> mapOutputs;
    private final Shelf<AttemptId> results;
    private final CacheDisk cacheDisk;
    private final AtomicLong fileNumber = new AtomicLong();
    private final BroadcastBlocks broadcasts;

    /**
     * @param localDirectories where scratch files may lie; those that cannot be written to are left out with a warning
     * @param name of the executor, part of its directory's name
     * @param memory where results and map outputs held in memory are counted; this store gives them up first
     */
    public BlockStore(List<Path> localDirectories, String name, MemoryPool memory) {
        this(localDirectories, name, memory, ScratchCipher.NONE, 0);
    }

    /**
     * As {@link #BlockStore(List, String, MemoryPool)}.
     *
     * @param cipher nobody else can read files of one
     * @param heldOutputBytes map outputs up to this size are held in memory while there is room; no other process may
     *     look for them in files
     */
    public BlockStore(
            List<Path> localDirectories, String name, MemoryPool memory, ScratchCipher cipher, int heldOutputBytes) {
        this.heldOutputBytes = heldOutputBytes;
        this.directories = new ScratchDirectories(localDirectories, name, cipher);
        this.cacheDisk = new ScratchCacheDisk(directories);
        this.broadcasts = new BroadcastBlocks(directories);
        this.hostOutputs = new HostOutputs(memory);
        this.ownFiles = hostOutputs.own(directories);
        this.results = new Shelf<>(memory, (attempt, bytes) -> writeResult(bytes));
        this.mapOutputs = new Shelf<>(memory, (output, bytes) -> writeMapOutput(output, bytes));
    }

    /** The directory to advertise to executors on the same host. */
    public Path scratchDirectory() {
        return directories.first();
    }

    // ---- map outputs ----------------------------------------------------------------------------------------------

    public MapOutputWriter openMapOutput(int shuffleId, AttemptId attempt, int bucketCount) throws IOException {
        MapOutput output = new MapOutput(shuffleId, attempt);
        return new FileMapOutputWriter(
                newFile(), shuffleId, attempt, bucketCount, heldOutputBytes, new FileMapOutputWriter.Publisher() {
                    @Override
                    public void publish(ScratchFile written) throws IOException {
                        ownFiles.forget(shuffleId, attempt);
                        mapOutputs.put(output, written.keepAs(output.relativePath()));
                    }

                    @Override
                    public void publish(byte[] whole) throws IOException {
                        mapOutputs.put(output, whole);
                    }
                });
    }

    private ScratchFile newFile() {
        return new ScratchFile(directories, "writing/" + fileNumber.incrementAndGet());
    }

    private Path writeMapOutput(MapOutput output, byte[] bytes) throws IOException {
        try (ScratchFile file = newFile()) {
            file.append(bytes, 0, bytes.length);
            return file.keepAs(output.relativePath());
        }
    }

    /** The blocks of buckets {@code firstBucket} to {@code endBucket - 1}; empty when this output is not here. */
    public Optional<ServedRange> openRange(int shuffleId, AttemptId attempt, int firstBucket, int endBucket)
            throws IOException {
        return openRange(shuffleId, attempt, firstBucket, endBucket, HostOutputs.SMALL_WINDOW_BYTES);
    }

    /** @param windowBytes read at once where the range is tiny */
    Optional<ServedRange> openRange(int shuffleId, AttemptId attempt, int firstBucket, int endBucket, int windowBytes)
            throws IOException {
        Shelf.Stored stored = mapOutputs.find(new MapOutput(shuffleId, attempt)).orElse(null);
        if (stored == null) {
            return Optional.empty();
        }
        if (stored.bytes() != null) {
            return Optional.of(MapOutputFile.rangeOf(stored.bytes(), firstBucket, endBucket));
        }
        return ownFiles.open(stored.file(), shuffleId, attempt, firstBucket, endBucket, windowBytes);
    }

    /** All of it as it is stored; empty when this output is not here. */
    Optional<BlockRange> whole(int shuffleId, AttemptId attempt) {
        return mapOutputs.find(new MapOutput(shuffleId, attempt)).map(this::rangeOf);
    }

    private BlockRange rangeOf(Shelf.Stored stored) {
        return stored.bytes() == null
                ? inFile(stored.file())
                : new BlockRange.InMemory(stored.bytes(), 0, stored.bytes().length);
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
        try (ScratchFile file = newFile()) {
            source.bring(piece -> file.append(piece, 0, piece.length));
            file.keep();
            if (file.path() == null) {
                throw new EOFException("nothing came of map output " + attempt);
            }
            MapOutputFile.verify(file.path(), directories.cipher(), shuffleId, attempt);
            MapOutput output = new MapOutput(shuffleId, attempt);
            mapOutputs.put(output, file.keepAs(output.relativePath()));
        }
    }

    /** Map outputs of executors on this host. */
    HostOutputs hostOutputs() {
        return hostOutputs;
    }

    public void dropShuffle(int shuffleId) {
        mapOutputs.dropIf(output -> output.shuffleId() == shuffleId);
        hostOutputs.forgetShuffle(shuffleId);
        for (Path directory : directories.all()) {
            try {
                FileTrees.delete(directory.resolve(MapOutputFile.directoryOf(shuffleId)));
            } catch (IOException e) {
                LOG.warn("cannot delete shuffle {} in {}: {}", shuffleId, directory, e.toString());
            }
        }
    }

    public void dropMapOutput(int shuffleId, AttemptId attempt) {
        mapOutputs.drop(new MapOutput(shuffleId, attempt));
        ownFiles.forget(shuffleId, attempt);
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
        results.put(attempt, bytes);
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
                results.put(attempt, file.path());
            }

            @Override
            public void close() {
                if (!isCommitted) {
                    file.close();
                }
            }
        };
    }

    private Path writeResult(byte[] bytes) throws IOException {
        ScratchFile file = new ScratchFile(directories, "results/" + fileNumber.incrementAndGet());
        file.append(bytes, 0, bytes.length);
        file.keep();
        return file.path();
    }

    public Optional<BlockRange> readResult(AttemptId attempt) {
        return results.find(attempt).map(this::rangeOf);
    }

    public void dropResult(AttemptId attempt) {
        results.drop(attempt);
    }

    @Override
    public void close() {
        hostOutputs.dropAll();
        mapOutputs.close();
        results.close();
        directories.close();
    }
}
