package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.util.ByteSizes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The files of a {@link Split}, each as one row {@code (path, content)}: what {@code wholeTextFiles} reads. Bytes become
 * characters as UTF-8, what is malformed as U+FFFD; {@code .gz} files are unpacked. Used by one thread.
 */
public final class WholeTextReader implements Closeable {
    // An array of bytes is no longer.
    private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 16;

    // A file is held as bytes, and as characters of two bytes while it becomes a String: half of the heap for one row.
    private static final int HEAP_SHARE = 8;

    private final Stores stores;
    private final Split split;
    private final int maxFileBytes;
    private int nextRange;
    private long bytesRead;

    public WholeTextReader(Stores stores, Split split) {
        this(stores, split, maxFileBytes());
    }

    /** @param maxFileBytes the most a file may hold, unpacked */
    WholeTextReader(Stores stores, Split split, int maxFileBytes) {
        this.stores = stores;
        this.split = split;
        this.maxFileBytes = maxFileBytes;
    }

    private static int maxFileBytes() {
        return (int) Math.min(MAX_FILE_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
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
        try (InputStream in = compression.open(stores, range)) {
            bytes = compression.isCompressed() ? in.readNBytes(maxFileBytes) : allOf(in, wantedBytes(range));
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

    /** What is there of so many bytes: known in advance, they need no second copy. */
    private static byte[] allOf(InputStream in, int wanted) throws IOException {
        byte[] bytes = new byte[wanted];
        int count = in.readNBytes(bytes, 0, wanted);
        return count == wanted ? bytes : Arrays.copyOf(bytes, count);
    }

    private int wantedBytes(FileRange range) {
        if (range.fileBytes() > maxFileBytes) {
            throw tooLong(range);
        }
        return (int) range.fileBytes();
    }

    private KindlingException tooLong(FileRange range) {
        return new KindlingException(
                ErrorCode.OUT_OF_RESOURCES,
                range.path() + " holds more than " + ByteSizes.format(maxFileBytes)
                        + " of text, the most one row can be with a heap of "
                        + ByteSizes.format(Runtime.getRuntime().maxMemory())
                        + "; read it with textFile, line by line, or raise kindling.executor.memory");
    }
}
