package dev.kindling.storage.local;

import dev.kindling.storage.IoThreads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A new file, written through a buffer; closing it returns when its bytes are on the disk. Another thread has the disk take
 * what is there already, so that a task that makes rows and a disk that writes them do not wait for each other in turn.
 * Used by one thread.
 */
final class DurableOutput extends OutputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long BYTES_PER_FORCE = 16L << 20;

    private final Path file;
    private final IoThreads threads;
    private final FileChannel channel;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long unforced;
    /** Its failure counts: the system tells one only once. */
    private Future<?> forcing = CompletableFuture.completedFuture(null);

    private boolean isClosed;

    /** Fails when the file exists. @param threads on which it is forced to the disk */
    DurableOutput(Path file, IoThreads threads) throws IOException {
        this.file = file;
        this.threads = threads;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    @Override
    public void write(int b) throws IOException {
        if (buffered == BUFFER_BYTES) {
            flush();
        }
        buffer[buffered++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (buffered == BUFFER_BYTES) {
                flush();
            }
            int count = Math.min(length - done, BUFFER_BYTES - buffered);
            System.arraycopy(bytes, offset + done, buffer, buffered, count);
            buffered += count;
            done += count;
        }
    }

    @Override
    public void flush() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, buffered);
        buffered = 0;
        try {
            while (bytes.hasRemaining()) {
                unforced += channel.write(bytes);
            }
            if (unforced >= BYTES_PER_FORCE && forcing.isDone()) {
                awaitForced();
                unforced = 0;
                forcing = threads.start(() -> {
                    channel.force(false);
                    return null;
                });
            }
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try (channel) {
            flush();
            awaitForced();
            channel.force(false);
        }
    }

    private void awaitForced() throws IOException {
        try {
            forcing.get();
        } catch (ExecutionException e) {
            throw IoThreads.rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + file + " is written to the disk");
        }
    }
}
