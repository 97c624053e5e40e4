package dev.kindling.executor.cache;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockStream;
import dev.kindling.rpc.RangeReceiver;
import java.io.IOException;

/** A block's chunks as another executor sends them. Used by the attempt's thread. */
final class FetchedChunks extends ParsedChunks {
    /** Two arrays of the usual size on their way while one is read. */
    static final long WINDOW_BYTES = 1 << 20;

    /** Asks a peer; never waits. */
    @FunctionalInterface
    interface Asker {
        BlockStream ask(BlockReceiver receiver);
    }

    private final RangeReceiver receiver;
    private BlockStream stream;

    FetchedChunks(CachedBlockId id, int timeoutMs) {
        super(id);
        receiver = new RangeReceiver("it", Long.MAX_VALUE, timeoutMs);
    }

    /** Asks, and waits until the peer has begun to send the block. */
    void open(Asker asker) throws IOException {
        stream = asker.ask(receiver);
        receiver.begin(stream);
    }

    @Override
    protected byte[] nextPiece() throws IOException {
        byte[] piece = receiver.next();
        stream.consumed(piece.length);
        return piece;
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.cancel();
        }
    }
}
