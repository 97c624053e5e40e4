package dev.kindling.rpc;

import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames over one connection: four bytes of length, then the frame. Sending threads encode and queue; one task on the
 * connection's own thread writes what has gathered, so that many frames share a system call.
 */
final class ControlChannel extends ChannelInboundHandlerAdapter implements ControlConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);

    /** A frame's array grows as its bytes come: a length alone makes nobody allocate more than this. */
    private static final int FIRST_ARRAY_BYTES = 64 << 10;

    private final ControlHandler handler;
    private final long sendQueueBytes;
    private final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean isWriteDue = new AtomicBoolean();

    /** Set before {@code opened}, by which others come to know this. */
    private volatile Channel channel;

    private String peer = "";
    private String closeReason = "the peer closed the connection";
    private boolean isClosed;

    private final byte[] length = new byte[4];
    private int lengthFilled;
    private byte[] frame;
    private int frameLength;
    private int frameFilled;

    ControlChannel(ControlHandler handler, long sendQueueBytes) {
        this.handler = handler;
        this.sendQueueBytes = sendQueueBytes;
    }

    // ---- any thread -----------------------------------------------------------------------------------------------

    @Override
    public boolean send(Frame message) {
        byte[] bytes = FrameCodec.encode(message);
        int byteCount = bytes.length + 4;
        if (!isOpen() || queuedBytes.get() + byteCount > sendQueueBytes) {
            return false;
        }
        queuedBytes.addAndGet(byteCount);
        queue.add(bytes);
        try {
            if (isWriteDue.compareAndSet(false, true)) {
                channel.eventLoop().execute(this::writeQueued);
            }
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the transport was closed a moment ago
        }
    }

    @Override
    public void setReading(boolean isReading) {
        channel.config().setAutoRead(isReading);
    }

    @Override
    public boolean isOpen() {
        return channel.isActive();
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public void close() {
        try {
            channel.eventLoop().execute(() -> {
                closeReason = "closed by this process";
                writeQueued();
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            });
        } catch (RejectedExecutionException e) {
            channel.close(); // the transport was closed a moment ago, and this with it
        }
    }

    // ---- the connection's own thread ------------------------------------------------------------------------------

    private void writeQueued() {
        isWriteDue.set(false);
        byte[] bytes;
        while ((bytes = queue.poll()) != null) {
            int byteCount = bytes.length + 4;
            ByteBuf prefix = channel.alloc().buffer(4).writeInt(bytes.length);
            channel.write(prefix, channel.voidPromise());
            channel.write(Unpooled.wrappedBuffer(bytes)).addListener(written -> queuedBytes.addAndGet(-byteCount));
        }
        channel.flush();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        peer = String.valueOf(channel.remoteAddress()).replaceFirst("^/", "");
        handler.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf bytes = (ByteBuf) read;
        try {
            while (bytes.isReadable() && !isClosed) {
                if (frame == null) {
                    readLength(bytes);
                } else {
                    readFrame(bytes);
                }
            }
        } catch (ProtocolException e) {
            LOG.warn("closing the control connection to {}: {}", peer, e.getMessage());
            closeReason = "the peer broke the protocol: " + e.getMessage();
            context.close();
        } finally {
            bytes.release();
        }
    }

    private void readLength(ByteBuf bytes) {
        length[lengthFilled++] = bytes.readByte();
        if (lengthFilled < length.length) {
            return;
        }
        lengthFilled = 0;
        frameLength = ByteBuffer.wrap(length).getInt();
        if (frameLength < 1 || frameLength > FrameCodec.MAX_FRAME_BYTES) {
            throw new ProtocolException(
                    "a frame of " + frameLength + " bytes, one may have " + FrameCodec.MAX_FRAME_BYTES);
        }
        frame = new byte[Math.min(frameLength, FIRST_ARRAY_BYTES)];
        frameFilled = 0;
    }

    private void readFrame(ByteBuf bytes) {
        if (frameFilled == frame.length) {
            frame = Arrays.copyOf(frame, Math.min(frameLength, 2 * frame.length));
        }
        int count = Math.min(frame.length - frameFilled, bytes.readableBytes());
        bytes.readBytes(frame, frameFilled, count);
        frameFilled += count;
        if (frameFilled == frameLength) {
            Frame whole = FrameCodec.decode(frame);
            frame = null;
            handler.received(this, whole);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable why = Tls.causeOf(cause);
        closeReason = "the connection broke: " + why.getMessage();
        if (!(why instanceof IOException)) {
            LOG.error("closing the control connection to {}", peer, why);
        }
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!isClosed) {
            isClosed = true;
            queue.clear();
            handler.closed(this, closeReason);
        }
    }

    @Override
    public String toString() {
        return "ControlConnection(" + peer + ")";
    }
}
