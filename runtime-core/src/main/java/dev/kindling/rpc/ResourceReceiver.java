package dev.kindling.rpc;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** Takes one resource of any size: what arrives waits, within the window, until the asking thread has written it. */
final class ResourceReceiver implements BlockReceiver {
    static final long WINDOW_BYTES = 2 << 20;

    private final String name;
    private final OutputStream target;

    // All guarded by this.
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    private long missingBytes = Long.MAX_VALUE;
    private boolean isOver;
    private IOException failure;

    ResourceReceiver(String name, OutputStream target) {
        this.name = name;
        this.target = target;
    }

    /** Writes on the calling thread until the end. */
    void await(BlockStream stream, int timeoutMs) throws IOException {
        try {
            for (byte[] bytes = next(timeoutMs); bytes.length > 0; bytes = next(timeoutMs)) {
                target.write(bytes);
                stream.consumed(bytes.length);
            }
        } catch (IOException e) {
            stream.cancel();
            throw e;
        }
    }

    /** The next bytes; empty at the end. */
    private synchronized byte[] next(int timeoutMs) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (arrived.isEmpty() && !isOver) {
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
        if (failure != null) {
            throw failure;
        }
        if (arrived.isEmpty() && missingBytes != 0) {
            throw new IOException(name + " came short by " + missingBytes + " bytes");
        }
        return arrived.isEmpty() ? new byte[0] : arrived.poll();
    }

    @Override
    public synchronized void started(int index, long byteCount) {
        missingBytes = byteCount;
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
            notifyAll();
        }
    }
}
