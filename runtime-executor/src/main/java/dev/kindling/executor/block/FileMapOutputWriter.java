package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BlockHeader;
import dev.kindling.protocol.AttemptId;
import java.io.IOException;
import java.util.Arrays;

/**
 * Makes a {@link MapOutputFile}: in memory as long as it is small enough to stay there, then under a temporary name; the
 * commit makes it visible. The block being written stays in a buffer until its length and checksum are known; small
 * blocks leave together.
 */
final class FileMapOutputWriter implements MapOutputWriter {
    private static final int FLUSH_BYTES = 256 << 10;

    /** Makes what is finished visible. */
    interface Publisher {
        void publish(ScratchFile written) throws IOException;

        /** What the file would hold; nothing was written to it. */
        void publish(byte[] whole) throws IOException;
    }

    private final ScratchFile file;
    private final int shuffleId;
    private final AttemptId attempt;
    private final byte[] index;
    private final long[] bucketBytes;
    private final int heldBytes;
    private final Publisher publisher;

    private byte[] buffer = new byte[16 << 10];
    private int buffered;
    private int blockStart = -1;
    private long blockRows;
    private int bucket = -1;

    /** @param heldBytes an output that takes no more is not written to the file */
    FileMapOutputWriter(
            ScratchFile file, int shuffleId, AttemptId attempt, int bucketCount, int heldBytes, Publisher publisher) {
        this.file = file;
        this.shuffleId = shuffleId;
        this.attempt = attempt;
        this.index = new byte[MapOutputFile.indexBytes(bucketCount)];
        this.bucketBytes = new long[bucketCount];
        this.heldBytes = heldBytes;
        this.publisher = publisher;
    }

    @Override
    public void startBlock(int nextBucket, long rowCount) throws IOException {
        endBlock();
        if (nextBucket < bucket || nextBucket >= bucketBytes.length) {
            throw new KindlingException(
                    ErrorCode.INTERNAL,
                    "bucket " + nextBucket + " of " + bucketBytes.length + " is written after bucket " + bucket);
        }
        bucket = nextBucket;
        blockRows = rowCount;
        reserve(BlockFormat.HEADER_BYTES);
        blockStart = buffered;
        buffered += BlockFormat.HEADER_BYTES;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        reserve(length);
        System.arraycopy(bytes, offset, buffer, buffered, length);
        buffered += length;
    }

    private void reserve(int bytes) {
        if (buffered + bytes > buffer.length) {
            int needed = Math.addExact(buffered, bytes);
            buffer = Arrays.copyOf(buffer, (int) Math.max(needed, Math.min(buffer.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }

    private void endBlock() throws IOException {
        if (blockStart < 0) {
            return;
        }
        int pages = blockStart + BlockFormat.HEADER_BYTES;
        int length = buffered - pages;
        BlockHeader header = new BlockHeader(
                shuffleId,
                attempt.stageId(),
                attempt.partition(),
                attempt.attempt(),
                bucket,
                Math.toIntExact(blockRows),
                length);
        BlockFormat.writeHeader(header, BlockFormat.crcOf(buffer, pages, length), buffer, blockStart);
        bucketBytes[bucket] += buffered - blockStart;
        blockStart = -1;
        if (buffered >= FLUSH_BYTES && !isHeld()) {
            flush();
        }
    }

    private boolean isHeld() {
        return file.length() == 0 && (long) index.length + buffered <= heldBytes;
    }

    private void flush() throws IOException {
        if (file.length() == 0) {
            file.append(index, 0, index.length);
        }
        file.append(buffer, 0, buffered);
        buffered = 0;
    }

    @Override
    public long[] commit() throws IOException {
        endBlock();
        boolean isHeld = isHeld();
        if (!isHeld) {
            flush();
        }
        long offset = index.length;
        for (int i = 0; i <= bucketBytes.length; i++) {
            MapOutputFile.writeEntry(index, i, offset, shuffleId, attempt);
            offset += i < bucketBytes.length ? bucketBytes[i] : 0;
        }
        if (isHeld) {
            byte[] whole = Arrays.copyOf(index, index.length + buffered);
            System.arraycopy(buffer, 0, whole, index.length, buffered);
            publisher.publish(whole);
        } else {
            file.write(index, 0, index.length, 0);
            publisher.publish(file);
        }
        return bucketBytes.clone();
    }

    @Override
    public void close() throws IOException {
        file.close();
        buffer = new byte[0];
    }
}
