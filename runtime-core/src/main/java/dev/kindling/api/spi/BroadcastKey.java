package dev.kindling.api.spi;

import java.io.Serializable;

/**
 * All that is needed to get a broadcast value: travels with the functions that captured it.
 *
 * @param id a number of its own in the application
 * @param place where it was broadcast, such as {@code broadcast at ZipCount.java:12}
 * @param byteCount of the value as it is sent
 * @param blockBytes of each block but the last, which may be shorter
 * @param checksums CRC32C of each block
 */
public record BroadcastKey(long id, String place, long byteCount, int blockBytes, int[] checksums)
        implements Serializable {
    public int blockCount() {
        return checksums.length;
    }

    public int bytesOf(int block) {
        return (int) Math.min(blockBytes, byteCount - (long) block * blockBytes);
    }

    /** As in messages. */
    @Override
    public String toString() {
        return "broadcast " + id + " (" + place + ")";
    }
}
