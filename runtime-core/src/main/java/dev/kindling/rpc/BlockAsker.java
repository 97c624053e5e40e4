package dev.kindling.rpc;

import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The asker's end of a data connection: all streams to one peer share it. Owned by the connection's thread, except
 * where said otherwise.
 */
final class BlockAsker extends DataChannel {
    private final EventLoop loop;
    private final int idleMs;
    private final Runnable onNotForNew;

    private final Map<Integer, AskedStream> streams = new HashMap<>();
    private final List<AskedStream> waitingForOpen = new ArrayList<>();
    private Channel channel;
    private int lastStreamId;
    private Future<?> idleTimer;
    private String failure;
    private boolean wasOpen;

    /** @param onNotForNew called when no stream is to be started here any more, maybe more than once; by any thread */
    BlockAsker(EventLoop loop, int idleMs, Runnable onNotForNew) {
        this.loop = loop;
        this.idleMs = idleMs;
        this.onNotForNew = onNotForNew;
    }

    // ---- any thread -----------------------------------------------------------------------------------------------

    EventLoop loop() {
        return loop;
    }

    void returnCredit(AskedStream stream, long byteCount) {
        execute(() -> {
            if (streams.get(stream.id()) == stream) {
                stream.onCreditReturned(byteCount);
                send(new DataFrame.Credit(stream.id(), byteCount));
            }
        });
    }

    void cancel(AskedStream stream) {
        execute(() -> {
            if (streams.remove(stream.id(), stream)) {
                send(new DataFrame.CancelStream(stream.id()));
                startIdleTimer();
            }
        });
    }

    /**
     * It may be dead without anybody having said so, as behind a router that forgot it, or not be answered when it is made:
     * no stream is started here any more. Those it has may go on.
     */
    void retire() {
        onNotForNew.run();
    }

    private void execute(Runnable work) {
        try {
            loop.execute(work);
        } catch (RejectedExecutionException e) {
            // The transport was closed a moment ago: there is nothing left to tell the peer.
        }
    }

    // ---- the connection's thread ----------------------------------------------------------------------------------

    /**
     * Sends the request, or keeps it until the connection is open.
     *
     * @param elsewhere gets the stream when this connection was closed meanwhile
     */
    void start(AskedStream stream, Consumer<AskedStream> elsewhere) {
        if (failure != null && wasOpen && stream.mayBeSentAgain()) {
            elsewhere.accept(stream);
        } else if (failure != null) {
            stream.onFailed(failure);
        } else if (channel == null) {
            waitingForOpen.add(stream);
        } else if (!stream.isCancelled()) {
            stopIdleTimer();
            int id = ++lastStreamId;
            streams.put(id, stream);
            send(stream.start(this, id));
            if (stream.isCancelled()) {
                cancel(stream);
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        wasOpen = true;
        waitingForOpen.forEach(stream -> start(stream, closed -> closed.onFailed(failure)));
        waitingForOpen.clear();
        startIdleTimer();
    }

    private void send(DataFrame frame) {
        byte[] bytes = FrameCodec.encode(frame);
        ByteBuf prefix = channel.alloc().buffer(4).writeInt(bytes.length);
        channel.write(prefix, channel.voidPromise());
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }

    @Override
    void onFrame(DataFrame frame) {
        AskedStream stream = streams.get(frame.streamId());
        if (stream == null) {
            return; // cancelled; the peer did not know it yet
        }
        if (frame instanceof DataFrame.RangeStarted f) {
            stream.onStarted(f.index(), f.byteCount());
        } else if (frame instanceof DataFrame.RangeRefused f) {
            stream.onRefused(f.index(), f.isAbsent(), f.why());
        } else if (frame instanceof DataFrame.StreamEnded) {
            streams.remove(frame.streamId());
            stream.onEnded();
            startIdleTimer();
        } else {
            throw new ProtocolException(
                    frame.getClass().getSimpleName() + " is for those who hold, not for those who ask");
        }
    }

    @Override
    void onChunk(int streamId, ByteBuf bytes, int count) {
        AskedStream stream = streams.get(streamId);
        if (stream != null) {
            stream.onBytes(bytes, count);
        }
    }

    private void startIdleTimer() {
        if (streams.isEmpty() && idleTimer == null && failure == null) {
            idleTimer = loop.schedule(() -> closeUnused(), idleMs, TimeUnit.MILLISECONDS);
        }
    }

    private void closeUnused() {
        if (streams.isEmpty()) {
            fail("it was not used for " + idleMs + " ms");
            channel.close();
        }
    }

    private void stopIdleTimer() {
        if (idleTimer != null) {
            idleTimer.cancel(false);
            idleTimer = null;
        }
    }

    @Override
    void onClosed(String why) {
        fail(why);
    }

    /** Also called when the connection could not be made. */
    void fail(String why) {
        if (failure != null) {
            return;
        }
        failure = why;
        onNotForNew.run();
        stopIdleTimer();
        List<AskedStream> failed = new ArrayList<>(streams.values());
        failed.addAll(waitingForOpen);
        streams.clear();
        waitingForOpen.clear();
        failed.forEach(stream -> stream.onFailed(why));
    }
}
