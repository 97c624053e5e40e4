package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockParser;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.ServedRange;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Layout of a map output file: an index, then the blocks in bucket order. The index has one entry of 12 bytes for the
 * start of each bucket and one for the end of the last: {@code long offset | int CRC32C} over the offset, the entry's
 * number, the shuffle and the attempt. So a range costs one small read, and an entry that is damaged, or of another
 * file, is never believed. All little-endian.
 */
final class MapOutputFile {
    static final int ENTRY_BYTES = 12;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int WINDOW_BUCKETS = 512;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private MapOutputFile() {}

    /** Below a scratch directory; made of numbers only, never of a name from the wire. */
    static String relativePath(int shuffleId, AttemptId attempt) {
        return directoryOf(shuffleId) + "/s" + attempt.stageId() + "p" + attempt.partition() + "a" + attempt.attempt()
                + ".blocks";
    }

    static String directoryOf(int shuffleId) {
        return "shuffle-" + shuffleId;
    }

    static int indexBytes(int bucketCount) {
        return Math.multiplyExact(bucketCount + 1, ENTRY_BYTES);
    }

    static void writeEntry(byte[] index, int bucket, long offset, int shuffleId, AttemptId attempt) {
        int at = bucket * ENTRY_BYTES;
        LONG.set(index, at, offset);
        INT.set(index, at + 8, crcOf(offset, bucket, shuffleId, attempt));
    }

    private static int crcOf(long offset, int bucket, int shuffleId, AttemptId attempt) {
        ByteBuffer bytes = ByteBuffer.allocate(28);
        bytes.putLong(offset).putInt(bucket).putInt(shuffleId);
        bytes.putInt(attempt.stageId()).putInt(attempt.partition()).putInt(attempt.attempt());
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        return (int) crc.getValue();
    }

    /**
     * The blocks of buckets {@code first} to {@code end - 1}. The file is opened once, for its index and its blocks: of
     * many small blocks that is most of what reading them costs.
     */
    static FileRange open(Path file, ScratchCipher cipher, int shuffleId, AttemptId attempt, int first, int end)
            throws IOException {
        ScratchChannel channel = ScratchChannel.open(file, cipher);
        try {
            byte[] index = new byte[2 * ENTRY_BYTES];
            if (end == first + 1) {
                readIndex(channel, first, index, 0, 2 * ENTRY_BYTES);
            } else {
                readIndex(channel, first, index, 0, ENTRY_BYTES);
                readIndex(channel, end, index, ENTRY_BYTES, ENTRY_BYTES);
            }
            long from = entry(index, 0, file, first, shuffleId, attempt);
            long to = entry(index, ENTRY_BYTES, file, end, shuffleId, attempt);
            if (from > to) {
                throw corrupt(file, first);
            }
            return new FileRange(channel, new BlockRange.InFile(file, cipher, from, to - from));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Blocks that lie one after the other, read at once.
     *
     * @param starts of each bucket in {@code bytes}, and behind them the end of the last
     */
    record Window(int firstBucket, int[] starts, byte[] bytes) {
        boolean has(int first, int end) {
            return first >= firstBucket && end - firstBucket < starts.length;
        }

        ServedRange range(int first, int end) {
            int from = starts[first - firstBucket];
            return ServedRange.of(bytes, from, starts[end - firstBucket] - from);
        }
    }

    /** The buckets from {@code first} on, as many as are sound and fit into {@code maxBytes}. */
    static Window windowFrom(FileRange open, int shuffleId, AttemptId attempt, int first, int maxBytes)
            throws IOException {
        Path file = open.range().file();
        byte[] index = new byte[(WINDOW_BUCKETS + 1) * ENTRY_BYTES];
        readIndex(open.channel(), first, index, 0, index.length);
        long from = entry(index, 0, file, first, shuffleId, attempt);
        int[] starts = new int[WINDOW_BUCKETS + 1];
        int count = 0;
        while (count < WINDOW_BUCKETS) {
            int at = (count + 1) * ENTRY_BYTES;
            long bytes = (long) LONG.get(index, at) - from;
            // Behind the last entry come blocks, which have no such checksum.
            if (bytes < starts[count]
                    || bytes > maxBytes
                    || !isSound(index, at, first + count + 1, shuffleId, attempt)) {
                break;
            }
            starts[++count] = (int) bytes;
        }
        byte[] blocks = new byte[starts[count]];
        new FileRange(open.channel(), new BlockRange.InFile(file, open.range().cipher(), from, blocks.length))
                .read(0, ByteBuffer.wrap(blocks));
        return new Window(first, Arrays.copyOf(starts, count + 1), blocks);
    }

    /** The same of an output that never left memory: its index needs no checksum. */
    static ServedRange rangeOf(byte[] whole, int first, int end) {
        int from = (int) (long) LONG.get(whole, first * ENTRY_BYTES);
        int to = (int) (long) LONG.get(whole, end * ENTRY_BYTES);
        return ServedRange.of(whole, from, to - from);
    }

    /** Looks at every entry of the index and every checksum. */
    static void verify(Path file, ScratchCipher cipher, int shuffleId, AttemptId attempt) throws IOException {
        try (ScratchChannel channel = ScratchChannel.open(file, cipher)) {
            long blocksFrom = readEntry(channel, file, 0, shuffleId, attempt);
            long end = blocksFrom;
            for (int bucket = 1; bucket < blocksFrom / ENTRY_BYTES; bucket++) {
                long next = readEntry(channel, file, bucket, shuffleId, attempt);
                if (next < end) {
                    throw corrupt(file, bucket);
                }
                end = next;
            }
            if (end != channel.size()) {
                throw new EOFException(
                        "map output " + file + " has " + channel.size() + " bytes, its index speaks of " + end);
            }
            verifyBlocks(new FileRange(channel, new BlockRange.InFile(file, cipher, blocksFrom, end - blocksFrom)));
        }
    }

    private static void verifyBlocks(FileRange blocks) throws IOException {
        BlockParser parser = new BlockParser();
        byte[] piece = new byte[PIECE_BYTES];
        long position = 0;
        while (position < blocks.byteCount()) {
            int count = (int) Math.min(piece.length, blocks.byteCount() - position);
            blocks.read(position, ByteBuffer.wrap(piece, 0, count));
            parser.feed(piece, 0, count);
            while (parser.next()) {
                // The parser compares the checksum of each.
            }
            position += count;
        }
        parser.finish();
    }

    private static long readEntry(ScratchChannel channel, Path file, int bucket, int shuffleId, AttemptId attempt)
            throws IOException {
        byte[] index = new byte[ENTRY_BYTES];
        readIndex(channel, bucket, index, 0, ENTRY_BYTES);
        return entry(index, 0, file, bucket, shuffleId, attempt);
    }

    /** What a file that is too short does not have stays zero, and fails its checksum. */
    private static void readIndex(ScratchChannel channel, int bucket, byte[] index, int at, int byteCount)
            throws IOException {
        channel.read(ByteBuffer.wrap(index, at, byteCount), (long) bucket * ENTRY_BYTES);
    }

    private static long entry(byte[] index, int at, Path file, int bucket, int shuffleId, AttemptId attempt) {
        if (!isSound(index, at, bucket, shuffleId, attempt)) {
            throw corrupt(file, bucket);
        }
        return (long) LONG.get(index, at);
    }

    private static boolean isSound(byte[] index, int at, int bucket, int shuffleId, AttemptId attempt) {
        return (int) INT.get(index, at + 8) == crcOf((long) LONG.get(index, at), bucket, shuffleId, attempt);
    }

    private static KindlingException corrupt(Path file, int bucket) {
        return new KindlingException(
                ErrorCode.CORRUPT_DATA, "the index of map output " + file + " fails its checksum at bucket " + bucket);
    }
}
