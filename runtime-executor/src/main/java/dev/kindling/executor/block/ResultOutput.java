package dev.kindling.executor.block;

import java.io.Closeable;
import java.io.IOException;

/** A result written while it is made, for others to fetch under its attempt. Owned by the attempt's thread. */
public interface ResultOutput extends Closeable {
    void append(byte[] bytes, int offset, int length) throws IOException;

    /** Puts {@code header} over the first bytes appended; from here on the result can be fetched until it is dropped. */
    void commit(byte[] header) throws IOException;

    /** Deletes it unless it was committed. */
    @Override
    void close();
}
