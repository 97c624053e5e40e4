package dev.kindling.api;

import java.io.DataInputStream;
import java.io.Serializable;

/**
 * A file of {@code binaryFiles}: where it is, not what it holds, so it may be shuffled and collected at no cost. Its
 * bytes are read when they are asked for, wherever that is. A file that changed since the set was made fails to be read.
 */
public interface BinaryFile extends Serializable {
    /** The bytes from the first one on; the caller closes the stream. */
    DataInputStream open();

    /** All bytes at once, at most 2 GiB of them. */
    byte[] toArray();

    /** The full path, with its scheme. */
    String getPath();
}
