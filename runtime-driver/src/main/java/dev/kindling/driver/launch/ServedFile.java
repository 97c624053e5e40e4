package dev.kindling.driver.launch;

import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A region of an open file, which stays readable when the file is deleted meanwhile. */
record ServedFile(FileChannel channel, long offset, long byteCount) implements ServedRange {
    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        long at = offset + position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new IOException("the file has become shorter");
            }
            at += count;
        }
    }

    @Override
    public Optional<FilePlace> file() {
        return Optional.of(new FilePlace(channel, offset));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
