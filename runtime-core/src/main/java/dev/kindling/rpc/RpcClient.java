package dev.kindling.rpc;

import dev.kindling.protocol.AttemptId;
import java.io.Closeable;
import java.io.IOException;

/** Connections to other processes of the application: control to one, data to many. Any thread. */
public final class RpcClient implements Closeable {
    public RpcClient(RpcSettings settings, Secret secret) {}

    /**
     * Connects, proves itself and makes the peer do so. {@code opened} was called before this returns.
     *
     * @throws IOException when nobody listens there, it speaks another version or does not know the secret
     */
    public ControlConnection connectControl(String host, int port, ControlHandler handler) throws IOException {
        throw new IOException("not yet");
    }

    /**
     * Asks a peer for ranges of map outputs. Never waits; a connection that is open to this peer is used.
     *
     * @param windowBytes bytes that may be on their way or arrived and not yet {@link BlockStream#consumed}
     */
    public BlockStream fetchBlocks(String host, int port, BlockRequest request, long windowBytes, BlockReceiver receiver) {
        return null;
    }

    /**
     * Fetches a stored result and waits for it.
     *
     * @throws BlockAbsentException when the peer does not hold it
     * @throws IOException when it is larger than {@code maxBytes}, or nothing came for {@code timeoutMs}
     */
    public byte[] fetchResult(String host, int port, AttemptId attempt, long maxBytes, int timeoutMs) throws IOException {
        throw new IOException("not yet");
    }

    /** Closes all connections and ends all threads within a second. */
    @Override
    public void close() {}
}
