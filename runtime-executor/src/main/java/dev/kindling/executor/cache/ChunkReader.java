package dev.kindling.executor.cache;

import java.io.Closeable;
import java.io.IOException;

/**
 * The chunks of one cached block, one after the other: pages of rows as {@code RowReader} reads them, checked. What it
 * reads stays where it is until it is closed. Owned by the attempt's thread.
 */
public interface ChunkReader extends Closeable {
    /**
     * Moves to the next chunk; false when there are no more.
     *
     * @throws CacheMissedException when the rest of the block cannot be had
     */
    boolean next() throws IOException;

    /** The array that holds the chunk's pages; nobody may change it. */
    byte[] bytes();

    int offset();

    int rowCount();

    int length();
}
