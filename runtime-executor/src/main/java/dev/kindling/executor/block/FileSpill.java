package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockFormat;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A {@link SpillFile} on disk: chunks of {@code int length | int CRC32C | bytes}, written through one buffer and read
 * through another, so that many small chunks in a row cost few system calls. The file appears with the first full
 * buffer; a spill that stays below it never touches the disk.
 */
final class FileSpill implements SpillFile {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final ScratchFile file;

    /** Null before the first chunk, and once reading has begun: many files may be open at a time. */
    private byte[] unwritten;

    private int unwrittenBytes;
    private byte[] window;
    private long windowStart;
    private int windowBytes;

    FileSpill(ScratchFile file) {
        this.file = file;
    }

    @Override
    public long append(byte[] bytes, int offset, int length) throws IOException {
        long position = byteCount();
        if (unwritten == null) {
            unwritten = new byte[BUFFER_BYTES];
        }
        if (unwrittenBytes + CHUNK_HEADER_BYTES + length > BUFFER_BYTES) {
            flush();
        }
        INT.set(unwritten, unwrittenBytes, length);
        INT.set(unwritten, unwrittenBytes + 4, BlockFormat.crcOf(bytes, offset, length));
        unwrittenBytes += CHUNK_HEADER_BYTES;
        if (unwrittenBytes + length > BUFFER_BYTES) {
            flush();
            file.append(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, unwritten, unwrittenBytes, length);
            unwrittenBytes += length;
        }
        return position;
    }

    private void flush() throws IOException {
        if (unwrittenBytes > 0) {
            file.append(unwritten, 0, unwrittenBytes);
            unwrittenBytes = 0;
        }
    }

    @Override
    public int read(long position, byte[] target, int length) throws IOException {
        int chunkBytes = CHUNK_HEADER_BYTES + length;
        // Small chunks are mostly read in a row; large ones by turns, as when runs are merged.
        if (chunkBytes > BUFFER_BYTES / 16 && chunkBytes <= BUFFER_BYTES && !isInWindow(position, chunkBytes)) {
            startReading();
            fillWindow(position, chunkBytes);
        }
        return read(position, target);
    }

    private void startReading() throws IOException {
        flush();
        unwritten = null;
        if (window == null) {
            window = new byte[BUFFER_BYTES];
        }
    }

    private boolean isInWindow(long position, int count) {
        return position >= windowStart && position + count <= windowStart + windowBytes;
    }

    private void fillWindow(long position, int count) throws IOException {
        windowBytes = (int) Math.min(count, file.length() - position);
        windowStart = position;
        file.read(position, window, 0, windowBytes);
    }

    @Override
    public int read(long position, byte[] target) throws IOException {
        byte[] header = new byte[CHUNK_HEADER_BYTES];
        readBytes(position, header, CHUNK_HEADER_BYTES);
        int length = (int) INT.get(header, 0);
        if (length < 0 || length > byteCount() - position - CHUNK_HEADER_BYTES) {
            throw corrupt(position);
        }
        if (length > target.length) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "a spilled chunk of " + length + " bytes is read into " + target.length);
        }
        readBytes(position + CHUNK_HEADER_BYTES, target, length);
        if (BlockFormat.crcOf(target, 0, length) != (int) INT.get(header, 4)) {
            throw corrupt(position);
        }
        return length;
    }

    private void readBytes(long position, byte[] target, int count) throws IOException {
        startReading();
        if (!isInWindow(position, count)) {
            if (count > BUFFER_BYTES / 2) {
                file.read(position, target, 0, count);
                return;
            }
            fillWindow(position, BUFFER_BYTES);
        }
        System.arraycopy(window, (int) (position - windowStart), target, 0, count);
    }

    private KindlingException corrupt(long position) {
        return new KindlingException(
                ErrorCode.CORRUPT_DATA,
                "spill file " + file.path() + " fails its checksum at byte " + position
                        + ": the disk changed what was written. The attempt is run again.");
    }

    @Override
    public long byteCount() {
        return file.length() + unwrittenBytes;
    }

    @Override
    public void close() throws IOException {
        unwritten = null;
        window = null;
        file.close();
    }
}
