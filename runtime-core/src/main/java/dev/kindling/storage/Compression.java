package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How a file's bytes become its text, told by the end of its name, as Hadoop does. */
enum Compression {
    NONE,
    GZIP;

    private static final int GZIP_BUFFER_BYTES = 64 * 1024;

    /** Refuses what looks compressed in a way that cannot be read here: its bytes would be taken for text. */
    static Compression of(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.endsWith(".gz")) {
            return GZIP;
        }
        for (String other : new String[] {".bz2", ".zst", ".lz4", ".snappy", ".deflate", ".xz", ".zip"}) {
            if (name.endsWith(other)) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        "cannot read " + path + ": of compressed files only .gz is understood, not " + other
                                + "; unpack it first");
            }
        }
        return NONE;
    }

    boolean isCompressed() {
        return this != NONE;
    }

    /** The text from the range's offset on. */
    InputStream open(FileRange range) throws IOException {
        InputStream bytes =
                ObjectStores.forPath(range.path()).open(range.path(), range.offset(), range.length(), range.version());
        if (this == NONE) {
            return bytes;
        }
        try {
            return new GZIPInputStream(new NeverDry(bytes), GZIP_BUFFER_BYTES);
        } catch (IOException e) {
            bytes.close();
            throw new IOException("cannot unpack " + range.path() + ": " + e.getMessage(), e);
        }
    }

    /** GZIPInputStream takes the file for ended after a member when nothing is available at once; here it looks. */
    private static final class NeverDry extends FilterInputStream {
        NeverDry(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
