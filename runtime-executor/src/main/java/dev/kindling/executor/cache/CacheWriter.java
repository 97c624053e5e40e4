package dev.kindling.executor.cache;

import dev.kindling.api.StorageLevel;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BlockHeader;
import dev.kindling.protocol.CachedBlockId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;

/**
 * A block on its way into a {@link CacheStore}, chunk by chunk: in memory as long as there is room, then, if its level
 * allows, all of it on disk; else it is given up, and whoever computes it goes on without. Closing it before
 * {@link #commit} leaves nothing. Owned by the attempt's thread.
 */
public final class CacheWriter implements Closeable {
    private final CacheStore store;
    private final CacheDisk disk;
    private final CachedBlock block;
    private int chunkCount;
    private CacheDisk.Writer file;
    private boolean isOver;

    CacheWriter(CacheStore store, CacheDisk disk, CachedBlockId id, StorageLevel level) {
        this.store = store;
        this.disk = disk;
        this.block = new CachedBlock(id, level);
        if (level.useMemory()) {
            block.chunks = new ArrayList<>();
        }
    }

    /**
     * Adds a chunk.
     *
     * @param chunk {@link BlockFormat#HEADER_BYTES} to be filled in, then pages; the array belongs to the cache from now
     *     on
     * @return false when the block has been given up: nothing more is wanted of it
     */
    public boolean add(byte[] chunk, int rowCount) throws IOException {
        if (isOver) {
            return false;
        }
        writeHeader(chunk, rowCount);
        if (block.chunks != null && store.reserve(chunk.length, block.id.setId())) {
            block.chunks.add(chunk);
            block.memoryBytes += chunk.length;
            return true;
        }
        if (block.level.useDisk() && append(chunk)) {
            return true;
        }
        giveUp();
        return false;
    }

    private void writeHeader(byte[] chunk, int rowCount) {
        int length = chunk.length - BlockFormat.HEADER_BYTES;
        BlockHeader header = new BlockHeader(
                block.id.setId(), block.id.epoch(), block.id.partition(), 0, chunkCount++, rowCount, length);
        int crc = BlockFormat.crcOf(chunk, BlockFormat.HEADER_BYTES, length);
        BlockFormat.writeHeader(header, crc, chunk, 0);
    }

    /** Onto disk, after what was in memory so far. False when the disk takes no more. */
    private boolean append(byte[] chunk) throws IOException {
        try {
            if (file == null) {
                file = disk.create(block.id);
                List<byte[]> before = block.chunks == null ? List.of() : block.chunks;
                for (byte[] earlier : before) {
                    file.append(earlier);
                }
                forgetMemory();
            }
            file.append(chunk);
            return true;
        } catch (ClosedByInterruptException e) {
            throw e; // the attempt is being cancelled; the disk is well
        } catch (IOException | RuntimeException e) {
            // The disk has said why; the rows go on.
            return false;
        }
    }

    private void forgetMemory() {
        store.release(block.memoryBytes);
        block.memoryBytes = 0;
        block.chunks = null;
    }

    /** As {@link #commit}, for a block whose functions added to accumulators: others read it once that was counted. */
    public void commitWithUpdates() throws IOException {
        block.hasUpdates = true;
        commit();
    }

    /** All rows are in: the block can be read from now on. */
    public void commit() throws IOException {
        if (isOver) {
            return;
        }
        if (block.chunks == null && file == null) {
            file = disk.create(block.id); // an empty partition
        }
        if (file != null) {
            block.stored = file.finish();
        }
        isOver = true;
        store.commit(block);
    }

    private void giveUp() {
        isOver = true;
        forgetMemory();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // Its file is deleted with the directory.
        }
        store.abandon(block.id);
    }

    @Override
    public void close() {
        if (!isOver) {
            giveUp();
        }
    }
}
