package dev.kindling.rpc;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Part of an open file for the kernel to send; unlike netty's own it leaves the file open for the next part. */
final class RangeRegion extends AbstractReferenceCounted implements FileRegion {
    private final FileChannel channel;
    private final long offset;
    private final long count;
    private final Runnable onReleased;
    private long transferred;

    RangeRegion(FileChannel channel, long offset, long count, Runnable onReleased) {
        this.channel = channel;
        this.offset = offset;
        this.count = count;
        this.onReleased = onReleased;
    }

    @Override
    public long position() {
        return offset;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long sent = channel.transferTo(offset + position, count - position, target);
        // 0 may mean that the socket is full; a file that was cut would be asked for ever.
        if (sent <= 0 && position < count && channel.size() < offset + count) {
            throw new EOFException("the file ends at byte " + channel.size() + ", before " + (offset + count));
        }
        transferred += Math.max(sent, 0);
        return sent;
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        onReleased.run();
    }
}
