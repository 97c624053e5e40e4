package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.JoinedCrc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One value as bytes: what an action's function returned, or a slice of the program's own rows. The elements of a list
 * are written as rows in pages, so a result of numbers is packed like a shuffle; it comes back as an {@code ArrayList}.
 * Any thread.
 */
public final class ResultCodec {
    private static final byte ONE_VALUE = 1;
    private static final byte LIST = 2;
    private static final int CRC_BYTES = 4;

    /** CRC32C of all that follows, then the kind; the pages behind them. */
    private static final int HEADER_BYTES = CRC_BYTES + 1;

    private static final int PAGE_BYTES = 64 << 10;
    private static final long MAX_BYTES = Integer.MAX_VALUE - 64;
    private static final int BATCH_ROWS = 1024;
    private static final long BATCH_HEAP_BYTES = 1 << 20;

    private ResultCodec() {}

    /** @throws KindlingException {@code NOT_SERIALIZABLE} when a part of the value cannot be written */
    public static byte[] encode(Object value) {
        return encode(value, Long.MAX_VALUE);
    }

    /**
     * As {@link #encode(Object)}, with a bound for the value, or each element of a list.
     *
     * @throws KindlingException {@code OUT_OF_RESOURCES} when it takes more
     */
    public static byte[] encode(Object value, long maxRowBytes) {
        RowWriter rows = new RowCodecs(ResultCodec.class.getClassLoader())
                .refuseRowsAbove(maxRowBytes)
                .newWriter(PAGE_BYTES);
        if (value instanceof List<?> list) {
            for (Object row : list) {
                rows.append(row);
            }
        } else {
            rows.append(value);
        }
        return encode(value instanceof List ? LIST : ONE_VALUE, rows);
    }

    /** The rows appended to {@code rows}, as a list; the writer is empty then. */
    public static byte[] encodeList(RowWriter rows) {
        return encode(LIST, rows);
    }

    /** An encoded list whose pages go elsewhere as they come: its bytes are {@link #header}, then all pages. */
    public static final class ListPages {
        private final CRC32C crc = new CRC32C();
        private long byteCount = HEADER_BYTES;

        public ListPages() {
            crc.update(LIST);
        }

        public void add(byte[] page, int offset, int length) {
            crc.update(page, offset, length);
            byteCount += length;
        }

        /** All bytes so far, those of the header included: that is as long before the first page as in the end. */
        public long byteCount() {
            return byteCount;
        }

        /** CRC32C of header and pages together. */
        public int crc() {
            CRC32C first = new CRC32C();
            first.update(header(), 0, CRC_BYTES);
            return JoinedCrc.of((int) first.getValue(), (int) crc.getValue(), byteCount - CRC_BYTES);
        }

        public byte[] header() {
            byte[] header = new byte[HEADER_BYTES];
            BitPacking.INT.set(header, 0, (int) crc.getValue());
            header[CRC_BYTES] = LIST;
            return header;
        }
    }

    private static byte[] encode(byte kind, RowWriter rows) {
        long pageBytes = rows.byteCount();
        if (pageBytes > MAX_BYTES) {
            throw new KindlingException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "a partition's result takes " + pageBytes + " bytes, at most " + MAX_BYTES
                            + " can be sent. Write it with saveAsTextFile, or cut it into more partitions.");
        }
        byte[] bytes = new byte[(int) pageBytes + HEADER_BYTES];
        int[] end = {HEADER_BYTES};
        try {
            rows.drainTo((page, offset, length) -> {
                System.arraycopy(page, offset, bytes, end[0], length);
                end[0] += length;
            });
        } catch (IOException e) {
            throw new UncheckedIOException("copying pages reads and writes no file", e);
        }
        bytes[CRC_BYTES] = kind;
        BitPacking.INT.set(bytes, 0, crcOf(bytes));
        return bytes;
    }

    private static int crcOf(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, CRC_BYTES, bytes.length - CRC_BYTES);
        return (int) crc.getValue();
    }

    /**
     * @param userClasses loads the classes of the value
     * @throws KindlingException {@code CORRUPT_DATA} when the bytes are not those that were encoded
     */
    public static Object decode(byte[] bytes, ClassLoader userClasses) {
        return decode(bytes, userClasses, Long.MAX_VALUE).value();
    }

    /**
     * A decoded value.
     *
     * @param heapBytes what it takes, as {@link HeapSize} counts
     */
    public record Decoded(Object value, long heapBytes) {}

    /**
     * As {@link #decode(byte[], ClassLoader)}, given up as soon as the value takes more than is allowed: packed numbers
     * may take twenty times as much once they are objects.
     *
     * @throws KindlingException {@code RESULT_TOO_LARGE} then
     */
    public static Decoded decode(byte[] bytes, ClassLoader userClasses, long maxHeapBytes) {
        RowReader rows = open(bytes, userClasses).readAtOnce(BATCH_HEAP_BYTES);
        List<Object> all = new ArrayList<>();
        Object[] batch = new Object[BATCH_ROWS];
        for (int n = rows.read(batch, 0, BATCH_ROWS); n > 0; n = rows.read(batch, 0, BATCH_ROWS)) {
            all.addAll(Arrays.asList(batch).subList(0, n));
            if (rows.heapBytes() + (long) all.size() * HeapSize.REFERENCE > maxHeapBytes) {
                throw new KindlingException(
                        ErrorCode.RESULT_TOO_LARGE,
                        "the first " + all.size() + " rows of a result that came as "
                                + ByteSizes.format(bytes.length) + " take more than the "
                                + ByteSizes.format(maxHeapBytes) + " that are left for them");
            }
        }
        Object value = bytes[CRC_BYTES] == LIST ? all : all.get(0);
        return new Decoded(value, rows.heapBytes() + (long) all.size() * HeapSize.REFERENCE);
    }

    /** The rows of an encoded list one after the other, for those who do not want them all at once. */
    public static RowReader open(byte[] bytes, ClassLoader userClasses) {
        if (bytes.length < HEADER_BYTES || (int) BitPacking.INT.get(bytes, 0) != crcOf(bytes)) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "an encoded result of " + bytes.length + " bytes fails its checksum");
        }
        RowReader rows = new RowReader(userClasses);
        rows.reset(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return rows;
    }
}
