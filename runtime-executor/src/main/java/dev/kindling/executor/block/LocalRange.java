package dev.kindling.executor.block;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** Reads one range of this machine piece by piece, into arrays that belong to the caller. Owned by the task's thread. */
final class LocalRange implements Closeable {
    private static final int PIECE_BYTES = 256 << 10;

    private final BlockRange range;
    private final FileChannel channel;
    private long position;

    /** @param skipBytes bytes that came before and are not wanted again */
    LocalRange(BlockRange range, long skipBytes) throws IOException {
        this.range = range;
        this.channel =
                range instanceof BlockRange.InFile file ? FileChannel.open(file.file(), StandardOpenOption.READ) : null;
        this.position = skipBytes;
    }

    boolean hasMore() {
        return position < range.length();
    }

    byte[] nextPiece() throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, range.length() - position)];
        if (range instanceof BlockRange.InFile file) {
            BlockServer.readFully(channel, file.offset() + position, ByteBuffer.wrap(piece));
        } else {
            BlockRange.InMemory memory = (BlockRange.InMemory) range;
            System.arraycopy(memory.bytes(), memory.offset() + (int) position, piece, 0, piece.length);
        }
        position += piece.length;
        return piece;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
