package dev.kindling.executor.block;

import dev.kindling.rpc.ServedRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A region of a file that is open; it stays readable when the file is deleted meanwhile. */
public record FileRange(ScratchChannel channel, BlockRange.InFile range) implements ServedRange {
    public static FileRange open(BlockRange.InFile range) throws IOException {
        return new FileRange(ScratchChannel.open(range.file(), range.cipher()), range);
    }

    @Override
    public long byteCount() {
        return range.length();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        long at = range.offset() + position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new EOFException("the file ends at byte " + at + ", " + target.remaining() + " too early");
            }
            at += count;
        }
    }

    @Override
    public Optional<FilePlace> file() {
        return channel.plain().map(file -> new FilePlace(file, range.offset()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
