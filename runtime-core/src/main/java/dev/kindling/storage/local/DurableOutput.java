package dev.kindling.storage.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file, written through a buffer; closing it returns when its bytes are on the disk. Used by one thread. */
final class DurableOutput extends OutputStream {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path file;
    private final FileChannel channel;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private boolean isClosed;

    /** Fails when the file exists. */
    DurableOutput(Path file) throws IOException {
        this.file = file;
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
                channel.write(bytes);
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
            channel.force(false);
        }
    }
}
