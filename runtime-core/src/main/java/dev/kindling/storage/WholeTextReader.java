package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.storage.Split.FileRange;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The files of a {@link Split}, each as one row {@code (path, content)}: what {@code wholeTextFiles} reads. Bytes become
 * characters as UTF-8, what is malformed as U+FFFD; {@code .gz} files are unpacked. Used by one thread.
 */
public final class WholeTextReader implements Closeable {
    /** The most a file may hold, unpacked: an array of bytes is no longer. */
    private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 16;

    private final Split split;
    private int nextRange;
    private long bytesRead;

    public WholeTextReader(Split split) {
        this.split = split;
    }

    /**
     * Puts the next files into {@code rows[from..to)} as {@code Tuple2<String, String>}; one at a time, since each may
     * be large.
     *
     * @return how many; 0 at the end of the split, and when {@code from == to}
     */
    public int read(Object[] rows, int from, int to) throws IOException {
        if (from == to || nextRange == split.ranges().size()) {
            return 0;
        }
        FileRange range = split.ranges().get(nextRange++);
        rows[from] = new Tuple2<>(range.path(), contentOf(range));
        return 1;
    }

    /** The file of the row read last. */
    public String path() {
        return split.ranges().get(nextRange - 1).path();
    }

    /** Bytes of text read so far. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Holds nothing open between two calls of {@link #read}. */
    @Override
    public void close() {
        nextRange = split.ranges().size();
    }

    private String contentOf(FileRange range) throws IOException {
        Compression compression = Compression.of(range.path());
        byte[] bytes;
        try (InputStream in = compression.open(range)) {
            bytes = in.readNBytes(compression.isCompressed() ? MAX_FILE_BYTES : wantedBytes(range));
            if (in.read() >= 0) {
                throw compression.isCompressed() ? tooLong(range) : Inputs.changed(range, "it is longer");
            }
        } catch (IOException e) {
            throw Inputs.unreadable(range, 0, e);
        }
        if (!compression.isCompressed() && bytes.length < range.fileBytes()) {
            throw Inputs.changed(range, "it ends at byte " + bytes.length);
        }
        bytesRead += bytes.length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int wantedBytes(FileRange range) {
        if (range.fileBytes() > MAX_FILE_BYTES) {
            throw tooLong(range);
        }
        return (int) range.fileBytes();
    }

    private static KindlingException tooLong(FileRange range) {
        return new KindlingException(
                ErrorCode.OUT_OF_RESOURCES,
                range.path() + " holds more than " + MAX_FILE_BYTES + " bytes of text, the most one row can be;"
                        + " read it with textFile, line by line");
    }
}
