package dev.kindling.executor.cache;

import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The chunks of a block in memory as one range of bytes, for those who ask over the network. */
final class ServedChunks implements ServedRange {
    private final List<byte[]> chunks;
    private final long[] ends;
    private final Runnable whenClosed;
    /** The chunk read last: requests come in order. */
    private int current;

    private boolean isClosed;

    ServedChunks(List<byte[]> chunks, Runnable whenClosed) {
        this.chunks = chunks;
        this.whenClosed = whenClosed;
        ends = new long[chunks.size()];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += chunks.get(i).length;
            ends[i] = end;
        }
    }

    @Override
    public long byteCount() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        if (position + target.remaining() > byteCount()) {
            throw new IOException("byte " + (position + target.remaining()) + " of " + byteCount() + " was asked for");
        }
        long at = position;
        while (target.hasRemaining()) {
            if (current >= ends.length || current > 0 && at < ends[current - 1]) {
                current = 0;
            }
            while (at >= ends[current]) {
                current++;
            }
            byte[] chunk = chunks.get(current);
            int offset = (int) (at - (ends[current] - chunk.length));
            int count = Math.min(target.remaining(), chunk.length - offset);
            target.put(chunk, offset, count);
            at += count;
        }
    }

    @Override
    public Optional<FilePlace> file() {
        return Optional.empty();
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            whenClosed.run();
        }
    }
}
