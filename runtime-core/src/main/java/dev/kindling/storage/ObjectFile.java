package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Files of rows as the engine writes them: blocks of pages, each behind a mark that is drawn anew for every file. Whoever
 * reads a part of a file begins at the first mark in it, so files can be cut at any byte.
 *
 * <pre>
 * file:  8 bytes "KINDROWS"   4 bytes version   16 bytes mark   block ...
 * block: 16 bytes mark   4 bytes length   4 bytes CRC32C of the pages   pages
 * </pre>
 */
public final class ObjectFile {
    private static final byte[] MAGIC = {'K', 'I', 'N', 'D', 'R', 'O', 'W', 'S'};
    private static final int VERSION = 1;
    private static final int MARK_BYTES = 16;
    private static final int HEADER_BYTES = MAGIC.length + Integer.BYTES + MARK_BYTES;
    private static final int BLOCK_HEADER_BYTES = MARK_BYTES + 2 * Integer.BYTES;

    private ObjectFile() {}

    private static int crcOf(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Writes one file. Owned by one thread; the stream stays open. */
    public static final class Writer {
        private final DataOutputStream out;
        private final byte[] mark;

        public Writer(OutputStream stream) throws IOException {
            out = new DataOutputStream(stream);
            UUID drawn = UUID.randomUUID();
            mark = ByteBuffer.allocate(MARK_BYTES)
                    .putLong(drawn.getMostSignificantBits())
                    .putLong(drawn.getLeastSignificantBits())
                    .array();
            out.write(MAGIC);
            out.writeInt(VERSION);
            out.write(mark);
        }

        /** One block of whole pages. */
        public void write(byte[] pages) throws IOException {
            out.write(mark);
            out.writeInt(pages.length);
            out.writeInt(crcOf(pages));
            out.write(pages);
        }

        public void flush() throws IOException {
            out.flush();
        }
    }

    /** Reads the blocks that begin in the ranges of a split. Owned by one thread. */
    public static final class Reader implements Closeable {
        private static final int BUFFER_BYTES = 128 << 10;

        private final Stores stores;
        private final Split split;
        private int nextRange;
        private FileRange range;
        private DataInputStream in;
        private byte[] mark;
        private long position;
        private long bytesRead;

        public Reader(Stores stores, Split split) {
            this.stores = stores;
            this.split = split;
        }

        /** The pages of the next block; none at the end. */
        public byte[] next() throws IOException {
            while (in != null || nextRange < split.ranges().size()) {
                try {
                    if (in == null) {
                        open(split.ranges().get(nextRange++));
                    }
                    if (position < range.offset() + range.length() && position < range.fileBytes()) {
                        return readBlock();
                    }
                } catch (EOFException e) {
                    throw Inputs.changed(range, "it ends before byte " + range.fileBytes());
                } catch (IOException e) {
                    throw Inputs.unreadable(range, position, e);
                }
                closeRange();
            }
            return new byte[0];
        }

        private void open(FileRange next) throws IOException {
            range = next;
            boolean isHead = range.offset() <= HEADER_BYTES;
            openAt(0, isHead ? range.offset() + range.length() : HEADER_BYTES);
            readHeader();
            if (!isHead) {
                closeRange();
                openAt(range.offset(), range.length());
                skipToMark();
            }
        }

        private void openAt(long offset, long wanted) throws IOException {
            in = new DataInputStream(new BufferedInputStream(
                    stores.reading(range.path()).open(range.path(), offset, wanted, range.version()), BUFFER_BYTES));
            position = offset;
        }

        private void readHeader() throws IOException {
            byte[] header = in.readNBytes(HEADER_BYTES);
            if (header.length < HEADER_BYTES || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT, range.path() + " was not written by saveAsObjectFile");
            }
            int version = ByteBuffer.wrap(header).getInt(MAGIC.length);
            if (version != VERSION) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        range.path() + " has version " + version + " of its format; this release reads " + VERSION);
            }
            mark = Arrays.copyOfRange(header, HEADER_BYTES - MARK_BYTES, HEADER_BYTES);
            position = HEADER_BYTES;
        }

        /** Leaves the stream in front of the first mark from here on, or at the end of what this range owns. */
        private void skipToMark() throws IOException {
            long end = Math.min(range.fileBytes(), range.offset() + range.length() + MARK_BYTES - 1);
            long high = ByteBuffer.wrap(mark).getLong(0);
            long low = ByteBuffer.wrap(mark).getLong(Long.BYTES);
            long lastHigh = ~high;
            long lastLow = ~low;
            for (long at = position; at < end; at++) {
                lastHigh = lastHigh << 8 | lastLow >>> 56;
                lastLow = lastLow << 8 | in.readUnsignedByte();
                boolean isWhole = at - position >= MARK_BYTES - 1;
                if (isWhole && lastHigh == high && lastLow == low) {
                    closeRange();
                    long marked = at - MARK_BYTES + 1;
                    openAt(marked, range.offset() + range.length() - marked);
                    return;
                }
            }
            position = end;
        }

        private byte[] readBlock() throws IOException {
            byte[] found = new byte[MARK_BYTES];
            in.readFully(found);
            int length = in.readInt();
            int crc = in.readInt();
            long left = range.fileBytes() - position - BLOCK_HEADER_BYTES;
            if (!Arrays.equals(found, mark) || length < 0 || length > left) {
                throw damaged();
            }
            byte[] pages = new byte[length];
            in.readFully(pages);
            if (crcOf(pages) != crc) {
                throw damaged();
            }
            position += BLOCK_HEADER_BYTES + length;
            bytesRead += BLOCK_HEADER_BYTES + length;
            return pages;
        }

        private KindlingException damaged() {
            return new KindlingException(
                    ErrorCode.CORRUPT_DATA, "the block at byte " + position + " of " + range.path() + " is damaged");
        }

        /** The file of the block read last. */
        public String path() {
            return range.path();
        }

        /** Where in it the block behind the last one begins. */
        public long position() {
            return position;
        }

        public long bytesRead() {
            return bytesRead;
        }

        private void closeRange() throws IOException {
            if (in != null) {
                DataInputStream closing = in;
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
}
