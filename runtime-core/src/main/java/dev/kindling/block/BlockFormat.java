package dev.kindling.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A block: 36 bytes of header, then pages.
 *
 * <pre>
 * int shuffle | int stage | int map partition | int attempt | int bucket | int rows | int length
 * int CRC32C of the pages | int CRC32C of the 32 bytes before it
 * </pre>
 *
 * All little-endian. The header has a checksum of its own, so that a length is believed only after it was checked; the
 * header's covers the pages' checksum, so that nothing is left uncovered. The blocks of a map output lie in bucket
 * order, several in a row for a large bucket: any range of buckets is one contiguous range of bytes.
 */
public final class BlockFormat {
    public static final int HEADER_BYTES = 36;

    /** Writers cut blocks here, so that a receiver never has to hold more at once; a larger single page goes alone. */
    public static final int TARGET_BLOCK_BYTES = 256 << 10;

    /** No block is larger: the bound a receiver checks before it makes room. */
    public static final int MAX_BLOCK_BYTES = 1 << 30;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private BlockFormat() {}

    /** Writes the header into {@code target} from {@code offset}. */
    public static void writeHeader(BlockHeader header, int pagesCrc, byte[] target, int offset) {
        INT.set(target, offset, header.shuffleId());
        INT.set(target, offset + 4, header.stageId());
        INT.set(target, offset + 8, header.mapPartition());
        INT.set(target, offset + 12, header.attempt());
        INT.set(target, offset + 16, header.bucket());
        INT.set(target, offset + 20, header.rowCount());
        INT.set(target, offset + 24, header.length());
        INT.set(target, offset + 28, pagesCrc);
        INT.set(target, offset + 32, crcOf(target, offset, HEADER_BYTES - 4));
    }

    /** Reads and checks a header; its pages are still unchecked. */
    public static BlockHeader readHeader(byte[] bytes, int offset) {
        int stored = (int) INT.get(bytes, offset + 32);
        if (stored != crcOf(bytes, offset, HEADER_BYTES - 4)) {
            throw new KindlingException(ErrorCode.CORRUPT_DATA, "the header of a shuffle block fails its checksum");
        }
        BlockHeader header = new BlockHeader(
                (int) INT.get(bytes, offset),
                (int) INT.get(bytes, offset + 4),
                (int) INT.get(bytes, offset + 8),
                (int) INT.get(bytes, offset + 12),
                (int) INT.get(bytes, offset + 16),
                (int) INT.get(bytes, offset + 20),
                (int) INT.get(bytes, offset + 24));
        if (header.length() < 0 || header.length() > MAX_BLOCK_BYTES || header.rowCount() < 0) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "a shuffle block claims " + header.length() + " bytes of pages");
        }
        return header;
    }

    /** Checks the pages that follow {@code header}, found at {@code headerOffset}, lying from {@code pagesOffset}. */
    public static void checkPages(BlockHeader header, byte[] headerBytes, int headerOffset, byte[] pages, int offset) {
        int stored = (int) INT.get(headerBytes, headerOffset + 28);
        if (stored != crcOf(pages, offset, header.length())) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA,
                    "bucket " + header.bucket() + " of map partition " + header.mapPartition() + " of shuffle "
                            + header.shuffleId() + " fails its checksum over " + header.length() + " bytes");
        }
    }

    public static int crcOf(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
