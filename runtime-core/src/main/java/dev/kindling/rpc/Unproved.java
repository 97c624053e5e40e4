package dev.kindling.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/**
 * Stands first on a connection whose peer has not proved itself, and counts what it sends: a handshake has some three
 * thousand bytes, and whoever sends many more wants memory or time of ours. Goes when the peer has proved itself.
 */
final class Unproved extends ChannelInboundHandlerAdapter {
    static final int MAX_BYTES = 64 << 10;

    private final Consumer<String> refuse;
    private int byteCount;

    /** @param refuse closes the connection, and is told why */
    Unproved(Consumer<String> refuse) {
        this.refuse = refuse;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        byteCount += ((ByteBuf) read).readableBytes();
        if (byteCount <= MAX_BYTES) {
            context.fireChannelRead(read);
            return;
        }
        ReferenceCountUtil.release(read);
        if (context.channel().isActive()) {
            refuse.accept("it sent more than " + MAX_BYTES + " bytes before it proved itself");
        }
    }
}
