package dev.kindling.executor.cache;

import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.ExecutorAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The cached blocks as an attempt uses them. Called by the attempt's own thread. */
public interface AttemptCache {
    /** The block, if this executor keeps it. */
    Optional<ChunkReader> openHere(CachedBlockId block) throws IOException;

    /**
     * The block from one of its holders, the first that answers.
     *
     * @throws CacheMissedException when none does; names the last that was asked
     */
    ChunkReader openAt(CachedBlockId block, List<ExecutorAddress> holders) throws IOException;

    /** To keep a block that is being computed; empty when it is kept, being computed by another attempt, or unwanted. */
    Optional<CacheWriter> begin(CachedBlockId block, StorageLevel level);

    /** For processes that cache nothing. */
    static AttemptCache none() {
        return new AttemptCache() {
            @Override
            public Optional<ChunkReader> openHere(CachedBlockId block) {
                return Optional.empty();
            }

            @Override
            public ChunkReader openAt(CachedBlockId block, List<ExecutorAddress> holders) throws IOException {
                ExecutorAddress last = holders.get(holders.size() - 1);
                throw new CacheMissedException(
                        block, last.executorId(), last.incarnation(), "this process reads no cached blocks");
            }

            @Override
            public Optional<CacheWriter> begin(CachedBlockId block, StorageLevel level) {
                return Optional.empty();
            }
        };
    }
}
