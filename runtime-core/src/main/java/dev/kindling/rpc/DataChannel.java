package dev.kindling.rpc;

import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts a data connection into frames and chunks: four bytes of length, one of tag, then the rest of a {@link DataFrame}
 * or, after {@link FrameCodec#CHUNK}, four bytes of stream and the stored bytes, which are passed on as they come.
 */
abstract class DataChannel extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DataChannel.class);
    private static final int PREFIX_BYTES = 5;
    private static final int FIRST_ARRAY_BYTES = 4 << 10;

    private String closeReason = "the peer closed the connection";
    private boolean isClosed;

    private byte[] prefix = new byte[PREFIX_BYTES + 4];
    private int prefixFilled;
    private byte[] frame;
    private int frameLength;
    private int frameFilled;
    private int chunkStream;
    private int chunkLeft;

    abstract void onFrame(DataFrame frame);

    /** Some bytes of a chunk; the default is that nobody sends us any. */
    void onChunk(int streamId, ByteBuf bytes, int count) {
        throw new ProtocolException("a chunk of stream " + streamId + ", which is not for those who hold");
    }

    /** The last call, once. */
    abstract void onClosed(String why);

    @Override
    public final void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf bytes = (ByteBuf) read;
        try {
            while (bytes.isReadable() && !isClosed) {
                if (chunkLeft > 0) {
                    int count = Math.min(chunkLeft, bytes.readableBytes());
                    int end = bytes.readerIndex() + count;
                    onChunk(chunkStream, bytes, count);
                    bytes.readerIndex(end);
                    chunkLeft -= count;
                } else if (frame != null) {
                    readFrame(bytes);
                } else {
                    readPrefix(bytes);
                }
            }
        } catch (ProtocolException e) {
            LOG.warn("closing the data connection to {}: {}", context.channel().remoteAddress(), e.getMessage());
            close(context, "the peer broke the protocol: " + e.getMessage());
        } finally {
            bytes.release();
        }
    }

    private void readPrefix(ByteBuf bytes) {
        prefix[prefixFilled++] = bytes.readByte();
        if (prefixFilled < PREFIX_BYTES) {
            return;
        }
        int length = intAt(0);
        boolean isChunk = prefix[4] == FrameCodec.CHUNK;
        if (length < (isChunk ? 6 : 1) || length > FrameCodec.MAX_FRAME_BYTES) {
            throw new ProtocolException("a frame of " + length + " bytes, one may have " + FrameCodec.MAX_FRAME_BYTES);
        }
        if (isChunk && prefixFilled < prefix.length) {
            return;
        }
        prefixFilled = 0;
        if (isChunk) {
            chunkStream = intAt(PREFIX_BYTES);
            chunkLeft = length - 5;
            return;
        }
        frameLength = length;
        frame = new byte[Math.min(length, FIRST_ARRAY_BYTES)];
        frame[0] = prefix[4];
        frameFilled = 1;
        decodeIfWhole();
    }

    private int intAt(int offset) {
        return (prefix[offset] & 0xFF) << 24
                | (prefix[offset + 1] & 0xFF) << 16
                | (prefix[offset + 2] & 0xFF) << 8
                | prefix[offset + 3] & 0xFF;
    }

    private void readFrame(ByteBuf bytes) {
        if (frameFilled == frame.length) {
            frame = Arrays.copyOf(frame, Math.min(frameLength, 2 * frame.length));
        }
        int count = Math.min(frame.length - frameFilled, bytes.readableBytes());
        bytes.readBytes(frame, frameFilled, count);
        frameFilled += count;
        decodeIfWhole();
    }

    private void decodeIfWhole() {
        if (frameFilled == frameLength) {
            DataFrame whole = FrameCodec.decodeData(frame);
            frame = null;
            onFrame(whole);
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable why = Tls.causeOf(cause);
        if (!(why instanceof IOException)) {
            LOG.error("closing the data connection to {}", context.channel().remoteAddress(), why);
        }
        close(context, "the connection broke: " + why.getMessage());
    }

    /** Closes the connection; {@link #onClosed} follows with this reason. */
    final void close(ChannelHandlerContext context, String why) {
        closeReason = why;
        context.close();
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        if (!isClosed) {
            isClosed = true;
            onClosed(closeReason);
        }
    }
}
