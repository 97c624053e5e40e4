package dev.kindling.protocol;

import dev.kindling.block.BlockFormat;
import java.util.List;

/** What a successful attempt leaves behind. */
public sealed interface TaskResult {
    /**
     * A map output on the executor's disk or in its memory.
     *
     * @param partitionBytes stored bytes of each reduce partition
     * @param rowCount rows of the output, counted before they were combined on the map side
     * @param rowDigest order-independent digest of these rows, equal for equal output of another attempt
     * @param hotKeys keys that many of its rows have
     */
    record MapWritten(int shuffleId, long[] partitionBytes, long rowCount, long rowDigest, List<HotKey> hotKeys)
            implements TaskResult {
        public MapWritten {
            hotKeys = List.copyOf(hotKeys);
        }

        /** Without hot keys. */
        public MapWritten(int shuffleId, long[] partitionBytes, long rowCount, long rowDigest) {
            this(shuffleId, partitionBytes, rowCount, rowDigest, List.of());
        }
    }

    /** The action's answer for this partition, encoded as {@code ResultCodec} does. */
    record Direct(byte[] bytes) implements TaskResult {}

    /**
     * The same, too large for a frame: kept by the executor until the driver has fetched and dropped it.
     *
     * @param crc CRC32C of the bytes, taken before they were kept: a disk may change what it holds
     */
    record Stored(long byteCount, int crc) implements TaskResult {
        public static Stored of(byte[] bytes) {
            return new Stored(bytes.length, BlockFormat.crcOf(bytes, 0, bytes.length));
        }

        /** Whether these are the bytes that were kept. */
        public boolean isOf(byte[] bytes) {
            return bytes.length == byteCount && crc == BlockFormat.crcOf(bytes, 0, bytes.length);
        }
    }

    /** A part file of the output waits, invisible, to be published under its final name. */
    record PartWritten(String attemptFile, String finalName, long rowCount, long byteCount) implements TaskResult {}
}
