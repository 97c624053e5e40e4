package dev.kindling.rpc;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.Closeable;
import java.io.IOException;

/**
 * The listening port of a process: control and data connections of peers that have proved to know the secret. Any
 * thread.
 */
public final class RpcServer implements Closeable {
    private final ListeningPort port;
    private final int boundPort;
    private final RpcSettings settings;
    private final IoThreads threads;
    private final OpenChannels channels = new OpenChannels();
    private final HalfOpen halfOpen;
    private final RpcClient client;

    private RpcServer(ListeningPort port, RpcSettings settings) {
        this.port = port;
        this.boundPort = port.port();
        this.settings = settings;
        this.halfOpen = new HalfOpen(settings.maxHalfOpen(), settings.maxHalfOpenPerPeer());
        this.threads = new IoThreads(settings.ioThreads());
        this.client = new RpcClient(settings, port.credentials(), threads, channels);
    }

    /** Binds and serves. */
    public static RpcServer start(
            ListenAddress address,
            RpcSettings settings,
            ApplicationCredentials credentials,
            ControlHandler control,
            BlockService blocks)
            throws IOException {
        return start(ListeningPort.bind(address, credentials), settings, control, blocks);
    }

    /** Serves a port bound before; connections made since then have waited in the kernel. */
    public static RpcServer start(ListeningPort port, RpcSettings settings, ControlHandler control, BlockService blocks)
            throws IOException {
        RpcServer server = new RpcServer(port, settings);
        var registered = server.bootstrap(control, blocks).register().awaitUninterruptibly();
        if (!registered.isSuccess()) {
            server.close();
            throw new IOException("cannot serve port " + server.boundPort, registered.cause());
        }
        return server;
    }

    private ServerBootstrap bootstrap(ControlHandler control, BlockService blocks) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(threads.group())
                .channelFactory(() -> new NioServerSocketChannel(port.channel()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        take(accepted, control, blocks);
                    }
                });
        threads.options().forEach((option, value) -> childOption(bootstrap, option, value));
        return bootstrap;
    }

    @SuppressWarnings("unchecked")
    private static void childOption(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.childOption((ChannelOption<Object>) option, value);
    }

    /** A connection's start, from wherever it came: tests bring some that have no socket. */
    void take(Channel accepted, ControlHandler control, BlockService blocks) {
        if (channels.size() >= settings.maxConnections()) {
            halfOpen.refuse(accepted, "there are " + settings.maxConnections() + " already");
            return;
        }
        channels.add(accepted);
        ChannelPipeline pipeline = accepted.pipeline();
        pipeline.addLast(new Unproved(why -> halfOpen.refuse(accepted, why)));
        client.tls().ifPresent(tls -> pipeline.addLast(tls.atListener(accepted.alloc())));
        pipeline.addLast(new ServerHandshake(
                port.credentials().secret(),
                halfOpen,
                settings.handshakeTimeoutMs(),
                plane -> handlerFor(plane, control, blocks)));
    }

    private ChannelHandler handlerFor(Handshake.Plane plane, ControlHandler control, BlockService blocks) {
        return switch (plane) {
            case CONTROL -> new ControlChannel(control, settings.sendQueueBytes());
            case DATA -> new BlockSender(blocks);
        };
    }

    /** What others connect to. */
    public String host() {
        return port.host();
    }

    public int port() {
        return boundPort;
    }

    /** A client on this server's threads; it ends with the server. */
    public RpcClient client() {
        return client;
    }

    /** Connections that have not proved themselves. */
    int halfOpenCount() {
        return halfOpen.size();
    }

    /** Sends what is queued on control connections, closes all connections and ends all threads, within a second. */
    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            // Nobody can connect to a port that cannot even be closed.
        }
        channels.close(threads.isIoThread());
        threads.close();
    }
}
