package dev.kindling.executor.block;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A new scratch file that is written from its beginning to its end, encrypted or not; to be read by {@link FileRange}. */
public final class ScratchOutput extends OutputStream {
    /** As much is encrypted and written at once. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final ScratchChannel channel;
    private long position;

    private ScratchOutput(ScratchChannel channel) {
        this.channel = channel;
    }

    public static OutputStream create(Path path, ScratchCipher cipher) throws IOException {
        return new BufferedOutputStream(new ScratchOutput(ScratchChannel.create(path, cipher)), BUFFER_BYTES);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, count);
        while (source.hasRemaining()) {
            position += channel.write(source, position);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
