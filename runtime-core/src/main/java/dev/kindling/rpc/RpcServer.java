package dev.kindling.rpc;

import java.io.Closeable;
import java.io.IOException;

/** The listening port of a process: control and data connections of peers that know the secret. */
public final class RpcServer implements Closeable {
    /** Binds and serves. */
    public static RpcServer start(RpcSettings settings, Secret secret, ControlHandler control, BlockService blocks)
            throws IOException {
        return start(ListeningPort.bind(settings), secret, control, blocks);
    }

    /** Serves a port bound before; connections made since then have waited in the kernel. */
    public static RpcServer start(ListeningPort port, Secret secret, ControlHandler control, BlockService blocks)
            throws IOException {
        throw new IOException("not yet");
    }

    /** What others connect to. */
    public String host() {
        return "";
    }

    public int port() {
        return 0;
    }

    /** A client on this server's threads; it ends with the server. */
    public RpcClient client() {
        return null;
    }

    /** Closes all connections and ends all threads within a second. */
    @Override
    public void close() {}
}
