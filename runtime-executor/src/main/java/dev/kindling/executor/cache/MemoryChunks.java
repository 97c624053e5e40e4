package dev.kindling.executor.cache;

import dev.kindling.block.BlockFormat;
import java.util.List;

/** A block's chunks in this executor's memory: handed out as they are. */
final class MemoryChunks implements ChunkReader {
    private final List<byte[]> chunks;
    private final Runnable whenClosed;
    private int next;
    private boolean isClosed;

    MemoryChunks(List<byte[]> chunks, Runnable whenClosed) {
        this.chunks = chunks;
        this.whenClosed = whenClosed;
    }

    @Override
    public boolean next() {
        if (next == chunks.size()) {
            return false;
        }
        next++;
        return true;
    }

    @Override
    public byte[] bytes() {
        return chunks.get(next - 1);
    }

    @Override
    public int offset() {
        return BlockFormat.HEADER_BYTES;
    }

    @Override
    public int rowCount() {
        return BlockFormat.readHeader(bytes(), 0).rowCount();
    }

    @Override
    public int length() {
        return bytes().length - BlockFormat.HEADER_BYTES;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            whenClosed.run();
        }
    }
}
