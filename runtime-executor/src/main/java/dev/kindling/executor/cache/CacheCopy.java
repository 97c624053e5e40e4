package dev.kindling.executor.cache;

import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.block.BlockFormat;
import dev.kindling.protocol.CachedBlockId;
import java.io.IOException;
import java.util.Optional;

/** Makes this executor one more holder of a block that another one keeps. */
public final class CacheCopy {
    /** Opens the block where it lies. */
    @FunctionalInterface
    public interface Source {
        ChunkReader open() throws IOException;
    }

    private CacheCopy() {}

    /** Copies the block into the store; when that fails, says to the store's listener that it is not here. */
    public static void copy(CacheStore store, CachedBlockId block, StorageLevel level, Source source) {
        Optional<CacheWriter> begun = store.begin(block, level);
        if (begun.isPresent()) {
            try (CacheWriter writer = begun.get();
                    ChunkReader chunks = source.open()) {
                boolean isKept = true;
                while (isKept && chunks.next()) {
                    byte[] chunk = new byte[BlockFormat.HEADER_BYTES + chunks.length()];
                    System.arraycopy(chunks.bytes(), chunks.offset(), chunk, BlockFormat.HEADER_BYTES, chunks.length());
                    isKept = writer.add(chunk, chunks.rowCount());
                }
                writer.commit();
            } catch (IOException | KindlingException e) {
                // The driver learns that the block is not here, and has another executor copy it.
                store.tellIfAbsent(block);
                return;
            }
        }
        store.tellIfAbsent(block);
    }
}
