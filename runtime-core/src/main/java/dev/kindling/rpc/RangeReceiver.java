package dev.kindling.rpc;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Takes the answer to a request for one range: what arrives waits, within the window, until it is taken. The network's
 * threads give; one thread takes, and waits no longer than {@code timeoutMs} without a byte.
 */
public final class RangeReceiver implements BlockReceiver {
    private static final byte[] END = {};

    private final String name;
    private final long maxBytes;
    private final int timeoutMs;

    // All guarded by this.
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    /** Of the whole range; negative until the peer has said it. */
    private long byteCount = -1;

    private long arrivedBytes;
    private boolean isOver;
    private IOException failure;

    /**
     * @param name what is fetched, as messages begin
     * @param maxBytes a longer one is refused
     */
    public RangeReceiver(String name, long maxBytes, int timeoutMs) {
        this.name = name;
        this.maxBytes = maxBytes;
        this.timeoutMs = timeoutMs;
    }

    /** What the bytes are for. */
    @FunctionalInterface
    public interface Taker {
        void take(byte[] piece) throws IOException;
    }

    /**
     * Waits until the peer begins to send, and says how many bytes it will send; cancels the stream when it fails.
     *
     * @throws BlockAbsentException when the peer does not have it
     */
    public synchronized long begin(BlockStream stream) throws IOException {
        try {
            while (byteCount < 0 && !isOver) {
                await();
            }
            requireNoFailure();
            return byteCount;
        } catch (IOException e) {
            stream.cancel();
            throw e;
        }
    }

    /** Hands over all bytes on the calling thread and gives credit for them; cancels the stream when it fails. */
    public void takeAll(BlockStream stream, Taker taker) throws IOException {
        try {
            for (byte[] piece = next(); piece.length > 0; piece = next()) {
                taker.take(piece);
                stream.consumed(piece.length);
            }
        } catch (IOException e) {
            stream.cancel();
            throw e;
        }
    }

    /** The next bytes, in an array of the caller's own; empty at the end. */
    public synchronized byte[] next() throws IOException {
        while (arrived.isEmpty() && !isOver) {
            await();
        }
        requireNoFailure();
        return arrived.isEmpty() ? END : arrived.remove();
    }

    private void requireNoFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** Until something has happened. */
    private void await() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        boolean hasBegun = byteCount >= 0;
        long before = arrivedBytes;
        while (arrivedBytes == before && byteCount >= 0 == hasBegun && !isOver) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0) {
                throw new IOException(name + " did not come: nothing for " + timeoutMs + " ms");
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while fetching " + name);
            }
        }
    }

    // ---- the network's threads ------------------------------------------------------------------------------------

    @Override
    public synchronized void started(int index, long count) {
        byteCount = count;
        if (count > maxBytes) {
            fail(new IOException(name + " has " + count + " bytes, " + maxBytes + " are allowed"));
        }
        notifyAll();
    }

    @Override
    public synchronized void arrived(byte[] bytes) {
        arrivedBytes += bytes.length;
        if (bytes.length > 0 && failure == null) {
            arrived.add(bytes);
            notifyAll();
        }
    }

    @Override
    public synchronized void refused(int index, boolean isAbsent, String why) {
        String message = name + " cannot be had: " + why;
        fail(isAbsent ? new BlockAbsentException(message) : new IOException(message));
    }

    @Override
    public synchronized void ended() {
        isOver = true;
        notifyAll();
    }

    @Override
    public synchronized void failed(String why) {
        fail(new IOException(name + " cannot be fetched: " + why));
    }

    private void fail(IOException why) {
        if (!isOver) {
            failure = why;
            isOver = true;
            arrived.clear();
            notifyAll();
        }
    }
}
