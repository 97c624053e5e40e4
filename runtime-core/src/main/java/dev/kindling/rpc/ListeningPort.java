package dev.kindling.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * A bound port before anybody serves it. Binding takes a millisecond, loading the transport a few hundred: executors
 * can be started with the port in between, and their connections wait in the kernel.
 */
public final class ListeningPort implements Closeable {
    private final RpcSettings settings;
    private final ServerSocketChannel channel;

    private ListeningPort(RpcSettings settings, ServerSocketChannel channel) {
        this.settings = settings;
        this.channel = channel;
    }

    public static ListeningPort bind(RpcSettings settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.bindAddress(), settings.bindPort());
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(address, 1024);
            return new ListeningPort(settings, channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "cannot listen on " + settings.bindHost() + ":" + settings.bindPort() + ": " + e.getMessage(), e);
        }
    }

    /** What others connect to. */
    public String host() {
        return settings.advertisedHost();
    }

    public int port() {
        return channel.socket().getLocalPort();
    }

    RpcSettings settings() {
        return settings;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Only needed when no server was started on it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
