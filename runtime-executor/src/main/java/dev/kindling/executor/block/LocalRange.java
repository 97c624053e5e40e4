package dev.kindling.executor.block;

import dev.kindling.rpc.ServedRange;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads one range of this machine piece by piece, into arrays that belong to the caller. Owned by the task's thread. */
final class LocalRange implements Closeable {
    private static final int PIECE_BYTES = 256 << 10;

    private final ServedRange range;
    private long position;

    /** @param skipBytes bytes that came before and are not wanted again */
    LocalRange(ServedRange range, long skipBytes) {
        this.range = range;
        this.position = skipBytes;
    }

    boolean hasMore() {
        return position < range.byteCount();
    }

    byte[] nextPiece() throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, range.byteCount() - position)];
        range.read(position, ByteBuffer.wrap(piece));
        position += piece.length;
        return piece;
    }

    @Override
    public void close() throws IOException {
        range.close();
    }
}
