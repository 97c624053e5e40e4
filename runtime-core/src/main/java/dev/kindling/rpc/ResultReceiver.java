package dev.kindling.rpc;

import dev.kindling.protocol.AttemptId;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Gathers one stored result and lets a thread wait for it. */
final class ResultReceiver implements BlockReceiver {
    static final long WINDOW_BYTES = 4 << 20;

    private final AttemptId attempt;
    private final long maxBytes;

    // All guarded by this.
    private byte[] result;
    private int filled;
    private boolean isOver;
    private IOException failure;

    ResultReceiver(AttemptId attempt, long maxBytes) {
        this.attempt = attempt;
        this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 8);
    }

    /** Waits for the end of the answer; gives credit as it comes. */
    synchronized byte[] await(BlockStream stream, int timeoutMs) throws IOException {
        int credited = 0;
        long deadline = deadlineIn(timeoutMs);
        while (!isOver) {
            if (filled > credited) {
                stream.consumed(filled - credited);
                credited = filled;
                deadline = deadlineIn(timeoutMs);
            }
            long leftMs = (deadline - System.nanoTime()) / 1_000_000L;
            if (leftMs <= 0) {
                fail(new IOException("the result of " + attempt + " did not come: " + filled
                        + " bytes, then nothing for " + timeoutMs + " ms"));
            } else {
                try {
                    wait(leftMs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    fail(new InterruptedIOException("interrupted while fetching the result of " + attempt));
                }
            }
        }
        if (failure != null) {
            stream.cancel();
            throw failure;
        }
        return result;
    }

    private static long deadlineIn(int timeoutMs) {
        return System.nanoTime() + timeoutMs * 1_000_000L;
    }

    @Override
    public synchronized void started(int index, long byteCount) {
        if (byteCount > maxBytes) {
            fail(new IOException(
                    "the result of " + attempt + " has " + byteCount + " bytes, " + maxBytes + " are allowed"));
        } else {
            result = new byte[(int) byteCount];
            notifyAll();
        }
    }

    @Override
    public synchronized void arrived(byte[] bytes) {
        if (!isOver) {
            System.arraycopy(bytes, 0, result, filled, bytes.length);
            filled += bytes.length;
            notifyAll();
        }
    }

    @Override
    public synchronized void refused(int index, boolean isAbsent, String why) {
        String message = "the result of " + attempt + " cannot be had: " + why;
        fail(isAbsent ? new BlockAbsentException(message) : new IOException(message));
    }

    @Override
    public synchronized void ended() {
        isOver = true;
        notifyAll();
    }

    @Override
    public synchronized void failed(String why) {
        fail(new IOException("the result of " + attempt + " cannot be fetched: " + why));
    }

    private void fail(IOException why) {
        if (!isOver) {
            failure = why;
            isOver = true;
            notifyAll();
        }
    }
}
