package dev.kindling.executor.cache;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A block's chunks as another executor sends them: what arrives waits, within the window, until the attempt takes it.
 * The network's threads give, the attempt's thread takes.
 */
final class FetchedChunks extends ParsedChunks implements BlockReceiver {
    /** Two arrays of the usual size on their way while one is read. */
    static final long WINDOW_BYTES = 1 << 20;

    /** Asks a peer; never waits. */
    @FunctionalInterface
    interface Asker {
        BlockStream ask(BlockReceiver receiver);
    }

    private static final byte[] END = {};

    private final int timeoutMs;
    private BlockStream stream;

    // All guarded by this.
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    private long missingBytes = -1;
    private boolean isOver;
    private String failure;

    FetchedChunks(CachedBlockId id, int timeoutMs) {
        super(id);
        this.timeoutMs = timeoutMs;
    }

    /** Asks, and waits until the peer has begun to send the block. */
    void open(Asker asker) throws IOException {
        stream = asker.ask(this);
        synchronized (this) {
            while (missingBytes < 0 && !isOver) {
                await("its first bytes");
            }
            if (failure != null) {
                throw new IOException(failure);
            }
        }
    }

    @Override
    protected byte[] nextPiece() throws IOException {
        byte[] piece;
        synchronized (this) {
            while (arrived.isEmpty() && missingBytes > 0 && failure == null) {
                await("the rest of it");
            }
            if (failure != null) {
                throw new IOException(failure);
            }
            piece = arrived.isEmpty() ? END : arrived.remove();
        }
        stream.consumed(piece.length);
        return piece;
    }

    private void await(String what) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        long left = missingBytes;
        while (missingBytes == left && !isOver && arrived.isEmpty()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0) {
                throw new IOException("waited " + timeoutMs + " ms for " + what);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for " + what);
            }
        }
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.cancel();
        }
    }

    // ---- the network's threads ------------------------------------------------------------------------------------

    @Override
    public synchronized void started(int index, long byteCount) {
        missingBytes = byteCount;
        notifyAll();
    }

    @Override
    public synchronized void arrived(byte[] bytes) {
        missingBytes -= bytes.length;
        if (bytes.length > 0) {
            arrived.add(bytes);
            notifyAll();
        }
    }

    @Override
    public synchronized void refused(int index, boolean isAbsent, String why) {
        fail(why);
    }

    @Override
    public synchronized void ended() {
        if (missingBytes != 0) {
            fail("the answer ended " + missingBytes + " bytes too early");
        }
        isOver = true;
        notifyAll();
    }

    @Override
    public synchronized void failed(String why) {
        fail(why);
    }

    private void fail(String why) {
        failure = failure == null ? why : failure;
        isOver = true;
        notifyAll();
    }
}
