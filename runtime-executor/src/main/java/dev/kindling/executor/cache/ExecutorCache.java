package dev.kindling.executor.cache;

import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Optional;

/** The cache of one executor and the way to those of others, for its attempts. Any thread. */
public final class ExecutorCache implements AttemptCache {
    /** Asks other processes for cached blocks. */
    @FunctionalInterface
    public interface Peers {
        BlockStream fetch(String host, int port, CachedBlockId block, long windowBytes, BlockReceiver receiver);
    }

    private final CacheStore store;
    private final ExecutorAddress own;
    private final Peers peers;
    private final int timeoutMs;

    /** @param timeoutMs how long a peer may send nothing */
    public ExecutorCache(CacheStore store, ExecutorAddress own, Peers peers, int timeoutMs) {
        this.store = store;
        this.own = own;
        this.peers = peers;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public Optional<ChunkReader> openHere(CachedBlockId block) throws IOException {
        try {
            return store.read(block).map(chunks -> new Watched(chunks, block, own));
        } catch (IOException | KindlingException e) {
            throw missed(block, own, e);
        }
    }

    @Override
    public ChunkReader openAt(CachedBlockId block, List<ExecutorAddress> holders) throws IOException {
        CacheMissedException last = null;
        for (ExecutorAddress holder : holders) {
            if (isOwn(holder)) {
                String message = "cached block " + block + " is no longer on executor " + holder.executorId();
                last = new CacheMissedException(block, holder.executorId(), holder.incarnation(), message);
                continue;
            }
            FetchedChunks chunks = new FetchedChunks(block, timeoutMs);
            try {
                chunks.open(receiver ->
                        peers.fetch(holder.host(), holder.port(), block, FetchedChunks.WINDOW_BYTES, receiver));
                return new Watched(chunks, block, holder);
            } catch (IOException e) {
                chunks.close();
                last = missed(block, holder, e);
            }
        }
        throw last;
    }

    /** Says of every failure which copy could not be read. */
    public ChunkReader watched(ChunkReader chunks, CachedBlockId block, ExecutorAddress holder) {
        return new Watched(chunks, block, holder);
    }

    private boolean isOwn(ExecutorAddress holder) {
        return holder.executorId().equals(own.executorId()) && holder.incarnation() == own.incarnation();
    }

    @Override
    public Optional<CacheWriter> begin(CachedBlockId block, StorageLevel level) {
        return store.begin(block, level);
    }

    /** A block of our own that cannot be read is of no use to anybody. */
    private CacheMissedException missed(CachedBlockId block, ExecutorAddress holder, Exception why) throws IOException {
        if (why instanceof InterruptedIOException || why instanceof ClosedByInterruptException) {
            throw (IOException) why; // the attempt is being cancelled
        }
        if (isOwn(holder)) {
            store.drop(block);
        }
        CacheMissedException missed = new CacheMissedException(
                block,
                holder.executorId(),
                holder.incarnation(),
                "cached block " + block + " cannot be read from executor " + holder.executorId() + ": "
                        + why.getMessage());
        missed.initCause(why);
        return missed;
    }

    /** Says of a failure which copy it was. */
    private final class Watched implements ChunkReader {
        private final ChunkReader chunks;
        private final CachedBlockId block;
        private final ExecutorAddress holder;

        Watched(ChunkReader chunks, CachedBlockId block, ExecutorAddress holder) {
            this.chunks = chunks;
            this.block = block;
            this.holder = holder;
        }

        @Override
        public boolean next() throws IOException {
            try {
                return chunks.next();
            } catch (IOException | KindlingException e) {
                throw missed(block, holder, e);
            }
        }

        @Override
        public byte[] bytes() {
            return chunks.bytes();
        }

        @Override
        public int offset() {
            return chunks.offset();
        }

        @Override
        public int rowCount() {
            return chunks.rowCount();
        }

        @Override
        public int length() {
            return chunks.length();
        }

        @Override
        public void close() throws IOException {
            chunks.close();
        }
    }
}
