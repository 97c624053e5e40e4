package dev.kindling.bench.storage;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Reads a stream to its end into one buffer that is used again and again. */
final class Drain {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;

    private Drain() {}

    /** @return how many bytes */
    static long bytes(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
        }
        return bytes;
    }

    /** @return how many ends of line */
    static long lineFeeds(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long found = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            found += lineFeedsIn(buffer, count);
        }
        return found;
    }

    /** @return a checksum of all bytes */
    static long checksum(InputStream in) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            sum.update(buffer, 0, count);
        }
        return sum.getValue();
    }

    private static long lineFeedsIn(byte[] bytes, int count) {
        long found = 0;
        int i = 0;
        for (; i <= count - 8; i += 8) {
            long word = (long) LONG.get(bytes, i) ^ LINE_FEEDS;
            found += Long.bitCount(~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS));
        }
        for (; i < count; i++) {
            found += bytes[i] == '\n' ? 1 : 0;
        }
        return found;
    }
}
