package dev.kindling.rpc;

import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * The asker's view of one request and its answer. Bytes are copied from the socket's buffer into arrays that belong to
 * the receiver, of no more than a quarter of the window, so that credit returns before it is used up. Owned by the
 * connection's thread; {@link #consumed}, {@link #cancel} and {@link #abandon} may come from any.
 */
final class AskedStream implements BlockStream {
    /** Larger arrays gain nothing and cost a small heap dearly. */
    private static final int MAX_ARRAY_BYTES = 256 << 10;

    private final BlockReceiver receiver;
    private final long windowBytes;
    private final int rangeCount;
    private final IntFunction<DataFrame> request;

    /** The connection that carries it, or that it waits for; null until one is there. */
    private volatile BlockAsker connection;

    private volatile boolean isCancelled;
    private final AtomicLong unreturnedCredit = new AtomicLong();

    private int id;
    private int sends;
    private int nextIndex;
    private long rangeLeft;

    /** What the peer may still send. */
    private long creditLeft;

    private byte[] array = {};
    private int filled;

    /** @param request makes the frame that asks, from the stream's number */
    AskedStream(BlockReceiver receiver, long windowBytes, int rangeCount, IntFunction<DataFrame> request) {
        this.receiver = receiver;
        this.windowBytes = windowBytes;
        this.creditLeft = windowBytes;
        this.rangeCount = rangeCount;
        this.request = request;
    }

    // ---- any thread -----------------------------------------------------------------------------------------------

    @Override
    public void consumed(long byteCount) {
        BlockAsker carrier = connection;
        long due = unreturnedCredit.addAndGet(byteCount);
        // A quarter of the window at a time, so that credit does not cost a message for every small array.
        if (carrier != null && due >= Math.max(1, windowBytes / 4)) {
            long returned = unreturnedCredit.getAndSet(0);
            if (returned > 0) {
                carrier.returnCredit(this, returned);
            }
        }
    }

    @Override
    public void cancel() {
        isCancelled = true;
        BlockAsker carrier = connection;
        if (carrier != null) {
            carrier.cancel(this);
        }
    }

    @Override
    public void abandon() {
        cancel();
        BlockAsker carrier = connection;
        if (carrier != null) {
            carrier.retire();
        }
    }

    /** It is to go over this connection, which may not be open yet. */
    void waitFor(BlockAsker carrier) {
        connection = carrier;
    }

    // ---- the connection's thread ----------------------------------------------------------------------------------

    boolean isCancelled() {
        return isCancelled;
    }

    int id() {
        return id;
    }

    /** Whether it may be sent once more, because the connection it was meant for had just been closed. */
    boolean mayBeSentAgain() {
        return sends++ == 0;
    }

    DataFrame start(BlockAsker carrier, int streamId) {
        id = streamId;
        connection = carrier;
        return request.apply(streamId);
    }

    void onCreditReturned(long byteCount) {
        creditLeft += byteCount;
    }

    void onStarted(int index, long byteCount) {
        requireNext(index);
        if (byteCount < 0) {
            throw new ProtocolException("a range of " + byteCount + " bytes");
        }
        nextIndex++;
        rangeLeft = byteCount;
        if (!isCancelled) {
            receiver.started(index, byteCount);
        }
    }

    void onRefused(int index, boolean isAbsent, String why) {
        if (rangeLeft > 0 && index == nextIndex - 1) {
            rangeLeft = 0;
            array = new byte[0];
            filled = 0;
        } else {
            requireNext(index);
            nextIndex++;
        }
        if (!isCancelled) {
            receiver.refused(index, isAbsent, why);
        }
    }

    private void requireNext(int index) {
        if (rangeLeft != 0 || index != nextIndex || index >= rangeCount) {
            throw new ProtocolException("range " + index + " of " + rangeCount + " where " + nextIndex + " was due, "
                    + rangeLeft + " bytes before its time");
        }
    }

    void onBytes(ByteBuf bytes, int count) {
        if (count > rangeLeft) {
            throw new ProtocolException(count + " bytes of a range that has " + rangeLeft + " left");
        }
        creditLeft -= count;
        if (creditLeft < 0) {
            throw new ProtocolException(-creditLeft + " bytes beyond a window of " + windowBytes);
        }
        int left = count;
        while (left > 0) {
            if (filled == array.length) {
                long most = Math.max(1, Math.min(MAX_ARRAY_BYTES, windowBytes / 4));
                array = new byte[(int) Math.min(rangeLeft, most)];
                filled = 0;
            }
            int part = Math.min(left, array.length - filled);
            bytes.readBytes(array, filled, part);
            filled += part;
            left -= part;
            rangeLeft -= part;
            if (filled == array.length && !isCancelled) {
                receiver.arrived(array);
                array = new byte[0];
                filled = 0;
            }
        }
    }

    void onEnded() {
        if (rangeLeft != 0 || nextIndex != rangeCount) {
            throw new ProtocolException("a stream ended before range " + nextIndex + " of " + rangeCount);
        }
        if (!isCancelled) {
            receiver.ended();
        }
    }

    void onFailed(String why) {
        if (!isCancelled) {
            receiver.failed(why);
        }
    }
}
