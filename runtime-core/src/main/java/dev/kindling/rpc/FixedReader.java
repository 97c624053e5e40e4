package dev.kindling.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Reads messages of lengths known beforehand, as a handshake is made of. Holds one small array and passes on, to the
 * handler that replaces it, what came behind the last one.
 */
abstract class FixedReader extends ChannelInboundHandlerAdapter {
    private byte[] message;
    private int filled;
    private boolean isDone;

    FixedReader(int byteCount) {
        message = new byte[byteCount];
    }

    /** Called with each whole message; returns the length of the next, or 0 when this was the last. */
    abstract int onMessage(ChannelHandlerContext context, byte[] message);

    @Override
    public final void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf bytes = (ByteBuf) read;
        boolean isPassedOn = false;
        try {
            while (!isDone && bytes.isReadable() && context.channel().isActive()) {
                int count = Math.min(message.length - filled, bytes.readableBytes());
                bytes.readBytes(message, filled, count);
                filled += count;
                if (filled < message.length) {
                    return;
                }
                int next = onMessage(context, message);
                isDone = next == 0;
                message = new byte[next];
                filled = 0;
            }
            if (isDone && bytes.isReadable()) {
                isPassedOn = true;
                context.fireChannelRead(bytes);
            }
            if (isDone) {
                context.pipeline().remove(this);
            }
        } finally {
            if (!isPassedOn) {
                bytes.release();
            }
        }
    }
}
