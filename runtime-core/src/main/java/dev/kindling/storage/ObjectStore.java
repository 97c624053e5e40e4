package dev.kindling.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reads files of one kind of storage. Safe for many threads. */
public interface ObjectStore {
    /**
     * What the path, directory or glob stands for, sorted by path; hidden files only when named.
     *
     * @param isRecursive whether a directory also stands for the files of those in it; else holding one is an error
     */
    List<StoredFile> list(String path, boolean isRecursive) throws IOException;

    /**
     * A stream over the bytes from {@code offset} to the end of the file; fails when the file is no longer of
     * {@code version}, unless that is empty.
     *
     * @param wanted how many bytes the reader is sure to read, so that these can be fetched ahead; it may read on behind
     *     them, and stop before
     */
    InputStream open(String path, long offset, long wanted, String version) throws IOException;

    /**
     * One file as it was listed.
     *
     * @param blocks where its bytes lie, in their order; none when it does not matter
     */
    record StoredFile(String path, long byteCount, String version, List<Block> blocks) {
        public StoredFile {
            blocks = List.copyOf(blocks);
        }
    }

    /** Bytes of a file and the hosts that have them, best first, by every name they go by. */
    record Block(long offset, long length, List<String> hosts) {
        public Block {
            hosts = List.copyOf(hosts);
        }
    }
}
