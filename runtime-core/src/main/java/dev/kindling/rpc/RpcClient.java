package dev.kindling.rpc;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.BlockRequest;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.Frame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Connections to other processes of the application: control to one, data to many. Any thread. */
public final class RpcClient implements BlockClient, Closeable {
    private static final long RESULT_WINDOW_BYTES = 4 << 20;
    private static final long RESOURCE_WINDOW_BYTES = 2 << 20;

    // An array is no longer.
    private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private final RpcSettings settings;
    private final SharedKey secret;
    /** Null where connections are in the clear. */
    private final Tls tls;

    private final IoThreads threads;
    private final OpenChannels channels;
    private final Map<String, BlockAsker> askers = new ConcurrentHashMap<>();

    public RpcClient(RpcSettings settings, ApplicationCredentials credentials) {
        this(settings, credentials, new IoThreads(settings.ioThreads()), new OpenChannels());
    }

    /** On the threads of a server, which closes both. */
    RpcClient(RpcSettings settings, ApplicationCredentials credentials, IoThreads threads, OpenChannels channels) {
        this.settings = settings;
        this.secret = credentials.secret();
        this.tls = credentials.hasCertificate() ? new Tls(credentials, settings.handshakeTimeoutMs()) : null;
        this.threads = threads;
        this.channels = channels;
    }

    /** Of server and client; empty where connections are in the clear. */
    Optional<Tls> tls() {
        return Optional.ofNullable(tls);
    }

    // ---- control --------------------------------------------------------------------------------------------------

    /**
     * Connects, proves itself and makes the peer do so. {@code opened} was called before this returns.
     *
     * @throws IOException when nobody listens there, it speaks another version or does not know the secret
     */
    public ControlConnection connectControl(String host, int port, ControlHandler handler) throws IOException {
        CompletableFuture<ControlConnection> opened = new CompletableFuture<>();
        ControlChannel control = new ControlChannel(new OpeningHandler(handler, opened), settings.sendQueueBytes());
        connect(
                threads.group(),
                host,
                port,
                Handshake.Plane.CONTROL,
                control,
                why -> opened.completeExceptionally(new IOException(why)));
        try {
            return opened.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "cannot connect to " + host + ":" + port + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            opened.thenAccept(ControlConnection::close);
            throw new IOException("interrupted while connecting to " + host + ":" + port, e);
        }
    }

    /** Completes the wait of {@link #connectControl}. */
    private record OpeningHandler(ControlHandler handler, CompletableFuture<ControlConnection> opened)
            implements ControlHandler {
        @Override
        public void opened(ControlConnection connection) {
            handler.opened(connection);
            opened.complete(connection);
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            handler.received(connection, frame);
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            handler.closed(connection, why);
        }
    }

    // ---- data -----------------------------------------------------------------------------------------------------

    @Override
    public BlockStream fetchBlocks(
            String host, int port, BlockRequest request, long windowBytes, BlockReceiver receiver) {
        AskedStream stream = new AskedStream(
                receiver,
                windowBytes,
                request.maps().size(),
                id -> new DataFrame.FetchBlocks(id, windowBytes, request));
        start(host, port, stream);
        return stream;
    }

    /** Asks a peer for a stored result; the same otherwise. */
    public BlockStream fetchResult(String host, int port, AttemptId attempt, long windowBytes, BlockReceiver receiver) {
        AskedStream stream =
                new AskedStream(receiver, windowBytes, 1, id -> new DataFrame.FetchResult(id, windowBytes, attempt));
        start(host, port, stream);
        return stream;
    }

    /** Asks a peer for a cached block: its stored chunks, as one range; the same otherwise. */
    public BlockStream fetchCachedBlock(
            String host, int port, CachedBlockId block, long windowBytes, BlockReceiver receiver) {
        AskedStream stream =
                new AskedStream(receiver, windowBytes, 1, id -> new DataFrame.FetchCachedBlock(id, windowBytes, block));
        start(host, port, stream);
        return stream;
    }

    /**
     * Fetches a stored result and waits for it.
     *
     * @throws BlockAbsentException when the peer does not hold it
     * @throws IOException when it is larger than {@code maxBytes}, or nothing came for {@code timeoutMs}
     */
    public byte[] fetchResult(String host, int port, AttemptId attempt, long maxBytes, int timeoutMs)
            throws IOException {
        long most = Math.min(maxBytes, MAX_ARRAY_BYTES);
        RangeReceiver receiver = new RangeReceiver("the result of " + attempt, most, timeoutMs);
        BlockStream stream = fetchResult(host, port, attempt, RESULT_WINDOW_BYTES, receiver);
        ByteBuffer result = ByteBuffer.allocate((int) receiver.begin(stream));
        receiver.takeAll(stream, result::put);
        return result.array();
    }

    /**
     * Copies what a peer publishes under a name, and waits for the end of it.
     *
     * @throws BlockAbsentException when it publishes nothing of this name
     * @throws IOException when nothing came for {@code timeoutMs}, or it cannot be written to {@code target}
     */
    public void fetchResource(String host, int port, String name, OutputStream target, int timeoutMs)
            throws IOException {
        RangeReceiver receiver = new RangeReceiver(name, Long.MAX_VALUE, timeoutMs);
        AskedStream stream = new AskedStream(
                receiver, RESOURCE_WINDOW_BYTES, 1, id -> new DataFrame.FetchResource(id, RESOURCE_WINDOW_BYTES, name));
        start(host, port, stream);
        receiver.takeAll(stream, target::write);
    }

    /**
     * Copies all of a map output as its holder stores it, and waits for the end of it.
     *
     * @throws BlockAbsentException when it is not there
     * @throws IOException when nothing came for {@code timeoutMs}, or it cannot be written to {@code target}
     */
    public void fetchMapOutput(
            String host, int port, int shuffleId, AttemptId attempt, RangeReceiver.Taker target, int timeoutMs)
            throws IOException {
        RangeReceiver receiver = new RangeReceiver("map output " + attempt, Long.MAX_VALUE, timeoutMs);
        AskedStream stream = new AskedStream(
                receiver,
                RESOURCE_WINDOW_BYTES,
                1,
                id -> new DataFrame.FetchMapOutput(id, RESOURCE_WINDOW_BYTES, shuffleId, attempt));
        start(host, port, stream);
        receiver.takeAll(stream, target);
    }

    private void start(String host, int port, AskedStream stream) {
        try {
            BlockAsker asker = askers.computeIfAbsent(host + ":" + port, peer -> connectData(host, port, peer));
            stream.waitFor(asker);
            asker.loop().execute(() -> asker.start(stream, again -> start(host, port, again)));
        } catch (RejectedExecutionException e) {
            stream.onFailed("this process closes its connections");
        }
    }

    private BlockAsker connectData(String host, int port, String peer) {
        EventLoop loop = threads.group().next();
        BlockAsker[] self = new BlockAsker[1];
        BlockAsker asker = new BlockAsker(loop, settings.dataIdleMs(), () -> askers.remove(peer, self[0]));
        self[0] = asker;
        loop.execute(() -> connect(
                loop,
                host,
                port,
                Handshake.Plane.DATA,
                asker,
                why -> asker.fail("cannot connect to " + peer + ": " + why)));
        return asker;
    }

    // ---- both -----------------------------------------------------------------------------------------------------

    /** @param onFailure called once when the handler will not be added to a connection */
    private void connect(
            EventLoopGroup group,
            String host,
            int port,
            Handshake.Plane plane,
            ChannelHandler handler,
            Consumer<String> onFailure) {
        ClientHandshake handshake =
                new ClientHandshake(secret, plane, port, settings.handshakeTimeoutMs(), handler, onFailure);
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channelFactory(NioSocketChannel::new)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.handshakeTimeoutMs())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        channels.add(made);
                        made.pipeline().addLast(new Unproved(why -> handshake.refuse(made, why)));
                        tls().ifPresent(encryption -> made.pipeline().addLast(encryption.atDialler(made.alloc())));
                        made.pipeline().addLast(handshake);
                    }
                });
        threads.options().forEach((option, value) -> option(bootstrap, option, value));
        bootstrap.connect(host, port).addListener(connected -> {
            if (!connected.isSuccess()) {
                handshake.fail(String.valueOf(connected.cause().getMessage()));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static void option(Bootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.option((ChannelOption<Object>) option, value);
    }

    /** Sends what is queued on control connections, closes all connections and ends all threads, within a second. */
    @Override
    public void close() {
        channels.close(threads.isIoThread());
        threads.close();
    }
}
