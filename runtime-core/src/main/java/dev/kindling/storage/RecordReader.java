package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The records of a {@link Split}, all of the same number of bytes. A range owns the records that begin in it, so ranges
 * may be cut at any byte. Used by one thread.
 */
public final class RecordReader implements Closeable {
    private static final int BUFFER_BYTES = 128 << 10;

    private final Stores stores;
    private final Split split;
    private final int recordBytes;
    private int nextRange;
    private FileRange range;
    private InputStream in;
    private long position;
    private long bytesRead;

    public RecordReader(Stores stores, Split split, int recordBytes) {
        this.stores = stores;
        this.split = split;
        this.recordBytes = recordBytes;
    }

    /** Refuses files that cannot be cut into such records; before any task reads them. */
    public static void check(List<Split> splits, int recordBytes) {
        for (Split split : splits) {
            for (FileRange file : split.ranges()) {
                if (Compression.of(file.path()).isCompressed()) {
                    throw new KindlingException(
                            ErrorCode.BAD_ARGUMENT,
                            file.path() + " is compressed: records of fixed length are read from plain files; unpack"
                                    + " it first");
                }
                if (file.fileBytes() % recordBytes != 0) {
                    throw new KindlingException(
                            ErrorCode.BAD_ARGUMENT,
                            file.path() + " has " + file.fileBytes() + " bytes, which is no multiple of the record's "
                                    + recordBytes);
                }
            }
        }
    }

    /**
     * Puts the next records into {@code rows[from..to)} as {@code byte[]}s; all of one call are from one file.
     *
     * @return how many, at least 1; 0 at the end of the split, and when {@code from == to}
     */
    public int read(Object[] rows, int from, int to) throws IOException {
        int count = 0;
        while (count == 0 && from < to && (in != null || openNextRange())) {
            long end = range.offset() + range.length();
            for (; count < to - from && position < end; count++) {
                rows[from + count] = next();
            }
            if (position >= end) {
                closeRange();
            }
        }
        return count;
    }

    private boolean openNextRange() throws IOException {
        if (nextRange == split.ranges().size()) {
            return false;
        }
        range = split.ranges().get(nextRange++);
        position = (range.offset() + recordBytes - 1) / recordBytes * recordBytes;
        long wanted = Math.max(0, range.offset() + range.length() - position);
        in = new BufferedInputStream(
                stores.reading(range.path()).open(range.path(), position, wanted, range.version()), BUFFER_BYTES);
        return true;
    }

    private byte[] next() throws IOException {
        byte[] record;
        try {
            record = in.readNBytes(recordBytes);
        } catch (IOException e) {
            throw Inputs.unreadable(range, position, e);
        }
        if (record.length < recordBytes) {
            throw Inputs.changed(range, "it ends at byte " + (position + record.length));
        }
        position += recordBytes;
        bytesRead += recordBytes;
        return record;
    }

    /** The file of the records read last. */
    public String path() {
        return range.path();
    }

    /** Where in it the record behind the last one begins. */
    public long position() {
        return position;
    }

    /** Bytes of all records read so far. */
    public long bytesRead() {
        return bytesRead;
    }

    private void closeRange() throws IOException {
        if (in != null) {
            InputStream closing = in;
            in = null;
            closing.close();
        }
    }

    @Override
    public void close() throws IOException {
        nextRange = split.ranges().size();
        closeRange();
    }
}
