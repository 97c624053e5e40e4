package dev.kindling.driver.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC32C of each block of a stream, while it is written. Owned by one thread. */
final class BlockChecksums {
    private final int blockBytes;
    private final CRC32C crc = new CRC32C();
    private final List<Integer> full = new ArrayList<>();
    private long byteCount;

    BlockChecksums(int blockBytes) {
        this.blockBytes = blockBytes;
    }

    /** What is written to the answer goes on to {@code target}, counted. */
    OutputStream over(OutputStream target) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                count(bytes, offset, length);
                target.write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                target.flush();
            }
        };
    }

    private void count(byte[] bytes, int offset, int length) {
        int at = offset;
        while (at < offset + length) {
            int inBlock = (int) (byteCount % blockBytes);
            int count = Math.min(offset + length - at, blockBytes - inBlock);
            crc.update(bytes, at, count);
            at += count;
            byteCount += count;
            if (inBlock + count == blockBytes) {
                full.add((int) crc.getValue());
                crc.reset();
            }
        }
    }

    long byteCount() {
        return byteCount;
    }

    /** Of all blocks, the last one included. */
    int[] checksums() {
        List<Integer> all = new ArrayList<>(full);
        if (byteCount % blockBytes > 0) {
            all.add((int) crc.getValue());
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }
}
