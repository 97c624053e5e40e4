package dev.kindling.executor.cache;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A block's chunks out of a range that can be read in place: a file, or the memory of an executor of this process. */
public final class RangeChunks extends ParsedChunks {
    private static final int PIECE_BYTES = 256 << 10;

    private final ServedRange range;
    private long position;
    private boolean isClosed;

    public RangeChunks(CachedBlockId id, ServedRange range) {
        super(id);
        this.range = range;
    }

    @Override
    protected byte[] nextPiece() throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, range.byteCount() - position)];
        if (piece.length > 0) {
            range.read(position, ByteBuffer.wrap(piece));
            position += piece.length;
        }
        return piece;
    }

    @Override
    public void close() throws IOException {
        if (!isClosed) {
            isClosed = true;
            range.close();
        }
    }
}
