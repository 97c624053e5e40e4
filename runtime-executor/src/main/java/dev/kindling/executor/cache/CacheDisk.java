package dev.kindling.executor.cache;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.ServedRange;
import java.io.Closeable;
import java.io.IOException;

/** Where blocks lie that are not in memory: the executor's scratch files, or the simulation's disk. Any thread. */
public interface CacheDisk {
    /** A new file for a block; nothing is on disk before the first bytes. */
    Writer create(CachedBlockId block);

    /** Takes a block's chunks; closing it without {@link #finish} leaves nothing. Owned by one thread. */
    interface Writer extends Closeable {
        void append(byte[] bytes) throws IOException;

        /** The whole block, readable from now on. */
        Stored finish() throws IOException;
    }

    /** A block on disk. Any thread. */
    interface Stored {
        long byteCount();

        /** Stays readable until it is closed, also when the block is deleted meanwhile. */
        ServedRange open() throws IOException;

        void delete();
    }
}
