package dev.kindling.storage.local;

import dev.kindling.storage.BulkInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Bytes of a file from an offset on. Reads at most 256 KiB at once, which bounds the native buffer behind it, and asks
 * after each read whether the file is still the one that was planned: what was read before a change is never given out
 * together with what comes after it. Used by one thread.
 */
final class LocalInput extends BulkInput {
    private static final int MAX_READ_BYTES = 256 * 1024;

    private final FileChannel channel;
    private final Check check;

    /** Fails when the file has changed. */
    interface Check {
        void run() throws IOException;
    }

    LocalInput(FileChannel channel, Check check) {
        this.channel = channel;
        this.check = check;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, MAX_READ_BYTES)));
        check.run();
        return count;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - channel.position()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
