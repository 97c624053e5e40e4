package dev.kindling.executor.cache;

import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import java.util.List;

/**
 * One block of a {@link CacheStore}: in memory, on disk, or both while it is read and written out at once. All fields
 * are guarded by the store's lock.
 */
final class CachedBlock {
    final CachedBlockId id;
    final StorageLevel level;

    /** In memory: chunks with their headers; null when it is on disk only. */
    List<byte[]> chunks;

    long memoryBytes;
    /** On disk; null when it is in memory only. */
    CacheDisk.Stored stored;

    /** Those who read it from memory now: as long as there are any, its memory is not given to others. */
    int readers;
    /** Being written to disk, to leave memory then. */
    boolean isLeaving;
    /** No longer in the store. */
    boolean isDropped;

    /** Functions added to accumulators while it was computed. */
    boolean hasUpdates;

    long version;

    CachedBlock(CachedBlockId id, StorageLevel level) {
        this.id = id;
        this.level = level;
    }

    /** Whether its memory can be given to others now. */
    boolean isEvictable() {
        return chunks != null && readers == 0 && !isLeaving;
    }

    CachedBlockStatus status() {
        return new CachedBlockStatus(
                id, version, true, memoryBytes, stored == null ? 0 : stored.byteCount(), hasUpdates);
    }
}
