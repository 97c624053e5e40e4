package dev.kindling.executor.block;

import java.io.Closeable;
import java.io.IOException;

/**
 * A scratch file of one attempt: appended to, then read by ranges any number of times. Owned by the attempt's thread.
 * Chunks carry a CRC32C that is checked when they are read.
 */
public interface SpillFile extends Closeable {
    /** Appends one chunk; returns its position. */
    long append(byte[] bytes, int offset, int length) throws IOException;

    /** Reads back the chunk that was appended at {@code position}, into {@code target}; returns its length. */
    int read(long position, byte[] target) throws IOException;

    /** The same for who knows the chunk's length: not more is read for it than that. */
    default int read(long position, byte[] target, int length) throws IOException {
        return read(position, target);
    }

    /** Bytes appended so far. */
    long byteCount();

    /** Deletes it. */
    @Override
    void close() throws IOException;
}
