package dev.kindling.executor.cache;

import dev.kindling.api.StorageLevel;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.rpc.ServedRange;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The blocks of persisted sets that one executor keeps. A block is written once, chunk by chunk, by the attempt that
 * computes it, and becomes visible whole or not at all. In memory it is the very bytes that others would be sent,
 * counted exactly.
 *
 * <p>Memory is given up in the order of last reading: to blocks of other sets that come (never to those of the same
 * set, which would only chase each other round), and to running tasks as far as storage is not protected. A block whose
 * level allows it then goes to disk, another one is gone. One that is being read stays until its readers have closed
 * it, so that what is counted as free is free.
 *
 * <p>Every change has a number, higher than any before it, and is told to the listener; changes may reach it in another
 * order. Any thread; the lock is never held while files are read or written.
 */
public final class CacheStore implements Closeable {
    private final MemoryPool memory;
    private final CacheDisk disk;
    private final Consumer<CachedBlockStatus> changes;
    private final Object lock = new Object();

    // All guarded by the lock.
    private final TreeMap<CachedBlockId, CachedBlock> blocks = new TreeMap<>();
    /** Those in memory, the least recently read first. */
    private final LinkedHashMap<CachedBlockId, CachedBlock> inMemory = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<CachedBlockId> beingWritten = new HashSet<>();
    /** The highest epoch of each set of which nothing is wanted any more. */
    private final Map<Integer, Integer> droppedEpochs = new HashMap<>();

    private long lastVersion;

    /** @param changes told of every change, on the thread that made it */
    public CacheStore(MemoryPool memory, CacheDisk disk, Consumer<CachedBlockStatus> changes) {
        this.memory = memory;
        this.disk = disk;
        this.changes = changes;
        memory.evictWith(this::evict);
    }

    // ---- read -----------------------------------------------------------------------------------------------------

    /** The block's chunks; empty when it is not here. */
    public Optional<ChunkReader> read(CachedBlockId id) throws IOException {
        CacheDisk.Stored stored;
        synchronized (lock) {
            CachedBlock block = blocks.get(id);
            if (block == null) {
                return Optional.empty();
            }
            if (block.chunks != null) {
                return Optional.of(new MemoryChunks(block.chunks, pin(block)));
            }
            stored = block.stored;
        }
        return Optional.of(new RangeChunks(id, stored.open()));
    }

    /** The block's bytes as they are sent to others; empty when it is not here. */
    public Optional<ServedRange> serve(CachedBlockId id) throws IOException {
        CacheDisk.Stored stored;
        synchronized (lock) {
            CachedBlock block = blocks.get(id);
            if (block == null) {
                return Optional.empty();
            }
            if (block.chunks != null) {
                return Optional.of(new ServedChunks(block.chunks, pin(block)));
            }
            stored = block.stored;
        }
        return Optional.of(stored.open());
    }

    /** Keeps the block's memory until the returned action has run; also counts as reading it. */
    private Runnable pin(CachedBlock block) {
        block.readers++;
        inMemory.get(block.id);
        return () -> unpin(block);
    }

    private void unpin(CachedBlock block) {
        synchronized (lock) {
            if (--block.readers == 0 && block.isDropped) {
                forgetMemory(block);
            }
        }
    }

    // ---- written --------------------------------------------------------------------------------------------------

    /** To keep a block that is being computed; empty when it is here, being written, or no longer wanted. */
    public Optional<CacheWriter> begin(CachedBlockId id, StorageLevel level) {
        synchronized (lock) {
            if (isUnwanted(id) || blocks.containsKey(id) || !beingWritten.add(id)) {
                return Optional.empty();
            }
        }
        return Optional.of(new CacheWriter(this, disk, id, level));
    }

    private boolean isUnwanted(CachedBlockId id) {
        return id.epoch() <= droppedEpochs.getOrDefault(id.setId(), -1);
    }

    /** Memory for a block of {@code setId}; blocks of other sets give way. */
    boolean reserve(long bytes, int setId) {
        while (!memory.tryAcquireStorage(bytes)) {
            CachedBlock victim;
            synchronized (lock) {
                victim = leastRecentlyRead(setId);
            }
            if (victim == null) {
                return false;
            }
            evict(victim);
        }
        return true;
    }

    void release(long bytes) {
        memory.releaseStorage(bytes);
    }

    /** The block is whole; its memory belongs to the store from now on. */
    void commit(CachedBlock block) {
        CachedBlockStatus status;
        synchronized (lock) {
            beingWritten.remove(block.id);
            if (isUnwanted(block.id)) {
                block.isDropped = true;
                forgetMemory(block);
                status = null;
            } else {
                blocks.put(block.id, block);
                if (block.chunks != null) {
                    inMemory.put(block.id, block);
                }
                block.version = ++lastVersion;
                status = block.status();
            }
        }
        if (status != null) {
            changes.accept(status);
        } else if (block.stored != null) {
            block.stored.delete();
        }
    }

    /** The block will not become whole. */
    void abandon(CachedBlockId id) {
        synchronized (lock) {
            beingWritten.remove(id);
        }
    }

    // ---- evicted --------------------------------------------------------------------------------------------------

    /** Gives up memory that running tasks want; returns how much. */
    public long evict(long bytes) {
        long freed = 0;
        while (freed < bytes) {
            CachedBlock victim;
            synchronized (lock) {
                victim = leastRecentlyRead(-1);
            }
            if (victim == null) {
                break;
            }
            freed += evict(victim);
        }
        return freed;
    }

    private CachedBlock leastRecentlyRead(int butNotOfSet) {
        for (CachedBlock block : inMemory.values()) {
            if (block.isEvictable() && block.id.setId() != butNotOfSet) {
                return block;
            }
        }
        return null;
    }

    /** Takes the block out of memory, if nobody reads it; returns the bytes that became free. */
    private long evict(CachedBlock block) {
        Left left = Left.NOTHING;
        List<byte[]> chunks = null;
        synchronized (lock) {
            if (block.isDropped || !block.isEvictable()) {
                return 0;
            }
            if (block.stored != null || !block.level.useDisk()) {
                left = leave(block);
            } else {
                block.isLeaving = true;
                chunks = block.chunks;
            }
        }
        if (chunks != null) {
            left = leaveFor(block, write(block.id, chunks));
        }
        left.status.ifPresent(changes);
        return left.bytes;
    }

    /** What leaving memory came to. */
    private record Left(long bytes, Optional<CachedBlockStatus> status) {
        private static final Left NOTHING = new Left(0, Optional.empty());
    }

    /** @param written null when the disk did not take it */
    private Left leaveFor(CachedBlock block, CacheDisk.Stored written) {
        synchronized (lock) {
            block.isLeaving = false;
            if (!block.isDropped) {
                block.stored = written;
                // Who began to read it meanwhile keeps it in memory; next time it is on disk already.
                return block.readers == 0 ? leave(block) : Left.NOTHING;
            }
            if (block.readers == 0) {
                forgetMemory(block);
            }
        }
        if (written != null) {
            written.delete();
        }
        return Left.NOTHING;
    }

    /** Null when the disk does not take it: then the block is lost, which costs its computation. */
    private CacheDisk.Stored write(CachedBlockId id, List<byte[]> chunks) {
        try (CacheDisk.Writer writer = disk.create(id)) {
            for (byte[] chunk : chunks) {
                writer.append(chunk);
            }
            return writer.finish();
        } catch (IOException | RuntimeException e) {
            // The disk has said why.
            return null;
        }
    }

    /** Out of memory: on disk only, if it is there, else gone. Lock held. */
    private Left leave(CachedBlock block) {
        long bytes = block.memoryBytes;
        forgetMemory(block);
        block.version = ++lastVersion;
        if (block.stored != null) {
            return new Left(bytes, Optional.of(block.status()));
        }
        block.isDropped = true;
        blocks.remove(block.id);
        return new Left(bytes, Optional.of(CachedBlockStatus.gone(block.id, block.version)));
    }

    private void forgetMemory(CachedBlock block) {
        if (block.chunks != null) {
            inMemory.remove(block.id, block);
            memory.releaseStorage(block.memoryBytes);
            block.chunks = null;
            block.memoryBytes = 0;
        }
    }

    // ---- dropped --------------------------------------------------------------------------------------------------

    /** Nothing of the set up to this epoch is wanted any more, also not what is being written. */
    public void dropSet(int setId, int epoch) {
        List<CachedBlock> dropped = new ArrayList<>();
        synchronized (lock) {
            droppedEpochs.merge(setId, epoch, Math::max);
            CachedBlockId first = new CachedBlockId(setId, 0, 0);
            CachedBlockId end = new CachedBlockId(setId, epoch + 1, 0);
            dropped.addAll(blocks.subMap(first, end).values());
            dropped.forEach(this::take);
        }
        dropped.forEach(this::deleteAndTell);
    }

    /** The block is not wanted here; that it is gone is told also when it was not there. */
    public void drop(CachedBlockId id) {
        CachedBlock dropped;
        synchronized (lock) {
            dropped = blocks.containsKey(id) ? blocks.get(id) : new CachedBlock(id, StorageLevel.NONE);
            take(dropped);
        }
        deleteAndTell(dropped);
    }

    /** What functions added for this partition is lost: a block that says it comes is not to be read. */
    public void dropWithUpdates(int setId, int partition) {
        List<CachedBlock> dropped = new ArrayList<>();
        synchronized (lock) {
            for (CachedBlock block : blocks.values()) {
                if (block.hasUpdates && block.id.setId() == setId && block.id.partition() == partition) {
                    dropped.add(block);
                }
            }
            dropped.forEach(this::take);
        }
        dropped.forEach(this::deleteAndTell);
    }

    private void take(CachedBlock block) {
        blocks.remove(block.id);
        block.isDropped = true;
        block.version = ++lastVersion;
        if (block.readers == 0 && !block.isLeaving) {
            forgetMemory(block);
        } else {
            inMemory.remove(block.id, block);
        }
    }

    private void deleteAndTell(CachedBlock block) {
        if (block.stored != null) {
            block.stored.delete();
        }
        changes.accept(CachedBlockStatus.gone(block.id, block.version));
    }

    /** Tells that the block is not here, unless it is. */
    void tellIfAbsent(CachedBlockId id) {
        CachedBlockStatus gone;
        synchronized (lock) {
            if (blocks.containsKey(id)) {
                return;
            }
            gone = CachedBlockStatus.gone(id, ++lastVersion);
        }
        changes.accept(gone);
    }

    /** What is kept now. */
    public List<CachedBlockStatus> statuses() {
        synchronized (lock) {
            return blocks.values().stream().map(CachedBlock::status).toList();
        }
    }

    /** Gives everything back; files are deleted with the executor's directories. */
    @Override
    public void close() {
        synchronized (lock) {
            for (CachedBlock block : blocks.values()) {
                block.isDropped = true;
                if (block.readers == 0 && !block.isLeaving) {
                    forgetMemory(block);
                }
            }
            blocks.clear();
            inMemory.clear();
        }
    }
}
