package dev.kindling.executor.block;

import java.io.Closeable;
import java.io.IOException;

/**
 * Receives one attempt's map output, bucket by bucket in rising order, block by block; writes header and CRC32C of
 * each block. Closing without {@link #commit} leaves nothing.
 */
public interface MapOutputWriter extends Closeable {
    /** Starts the block of {@code bucket}; buckets without rows are left out. */
    void startBlock(int bucket, long rowCount) throws IOException;

    /** Appends pages to the block started last. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Makes the output readable; returns stored bytes of each bucket. */
    long[] commit() throws IOException;
}
