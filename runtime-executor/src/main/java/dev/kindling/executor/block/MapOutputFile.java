package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockParser;
import dev.kindling.protocol.AttemptId;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    /** Where the blocks of buckets {@code first} to {@code end - 1} lie in {@code file}. */
    static BlockRange.InFile range(Path file, int shuffleId, AttemptId attempt, int first, int end) throws IOException {
        long from;
        long to;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            from = readEntry(channel, file, first, shuffleId, attempt);
            to = readEntry(channel, file, end, shuffleId, attempt);
        }
        if (from > to) {
            throw corrupt(file, first);
        }
        return new BlockRange.InFile(file, from, to - from);
    }

    /** Looks at every entry of the index and every checksum. */
    static void verify(Path file, int shuffleId, AttemptId attempt) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
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
            verifyBlocks(channel, blocksFrom);
        }
    }

    private static void verifyBlocks(FileChannel channel, long from) throws IOException {
        BlockParser parser = new BlockParser();
        byte[] piece = new byte[PIECE_BYTES];
        long position = from;
        while (position < channel.size()) {
            int count = (int) Math.min(piece.length, channel.size() - position);
            BlockServer.readFully(channel, position, ByteBuffer.wrap(piece, 0, count));
            parser.feed(piece, 0, count);
            while (parser.next()) {
                // The parser compares the checksum of each.
            }
            position += count;
        }
        parser.finish();
    }

    private static long readEntry(FileChannel channel, Path file, int bucket, int shuffleId, AttemptId attempt)
            throws IOException {
        byte[] entry = new byte[ENTRY_BYTES];
        int n = channel.read(ByteBuffer.wrap(entry), (long) bucket * ENTRY_BYTES);
        long offset = (long) LONG.get(entry, 0);
        if (n != ENTRY_BYTES || (int) INT.get(entry, 8) != crcOf(offset, bucket, shuffleId, attempt)) {
            throw corrupt(file, bucket);
        }
        return offset;
    }

    private static KindlingException corrupt(Path file, int bucket) {
        return new KindlingException(
                ErrorCode.CORRUPT_DATA, "the index of map output " + file + " fails its checksum at bucket " + bucket);
    }
}
