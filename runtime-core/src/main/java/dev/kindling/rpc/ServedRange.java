package dev.kindling.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * An open range of stored bytes; what it stands on stays readable until it is closed, even if the block is dropped
 * meanwhile. Used by one thread at a time.
 */
public interface ServedRange extends Closeable {
    long byteCount();

    /**
     * Fills {@code target} with the bytes from {@code position} of this range, as many as it has room for; never reads
     * beyond the range.
     *
     * @throws IOException also when the range ends before {@code target} is full
     */
    void read(long position, ByteBuffer target) throws IOException;

    /** The file it lies in, so that the kernel can send it; empty for bytes in memory. */
    Optional<FilePlace> file();

    @Override
    void close() throws IOException;

    /** @param offset where the range begins in the file */
    record FilePlace(FileChannel channel, long offset) {}

    /** Part of an array, which nobody may change. */
    static ServedRange of(byte[] bytes, int offset, int count) {
        return new ServedRange() {
            @Override
            public long byteCount() {
                return count;
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                if (position + target.remaining() > count) {
                    throw new IOException(
                            "byte " + (position + target.remaining()) + " of " + count + " was asked for");
                }
                target.put(bytes, offset + (int) position, target.remaining());
            }

            @Override
            public Optional<FilePlace> file() {
                return Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
