package dev.kindling.rpc;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.NioIoHandler;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads and buffers of one server or client. Threads start with their first connection. */
final class IoThreads {
    private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

    /** 512 KiB chunks: a process of 64 MB has little direct memory to give. */
    private static final int CHUNK_ORDER = 6;

    private final EventLoopGroup group;
    private final ByteBufAllocator allocator;

    IoThreads(int threads) {
        group = new MultiThreadIoEventLoopGroup(threads, daemons(), NioIoHandler.newFactory());
        allocator = new PooledByteBufAllocator(true, 0, threads, 8192, CHUNK_ORDER, 64, 16, false);
    }

    private static ThreadFactory daemons() {
        return work -> {
            Thread thread = new Thread(work, "rpc-io-" + THREAD_NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    EventLoopGroup group() {
        return group;
    }

    /** The same for accepted and made connections. Reads begin small, so a peer that proved nothing costs little. */
    Map<ChannelOption<?>, Object> options() {
        RecvByteBufAllocator reads = new AdaptiveRecvByteBufAllocator(64, 512, 256 << 10);
        return Map.of(
                ChannelOption.ALLOCATOR,
                allocator,
                ChannelOption.RECVBUF_ALLOCATOR,
                reads,
                ChannelOption.TCP_NODELAY,
                true,
                ChannelOption.SO_KEEPALIVE,
                true);
    }

    /** Closes every connection and waits for the threads, at most a second. */
    void close() {
        var ended = group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
        if (!isIoThread()) {
            ended.awaitUninterruptibly(1_000);
        }
    }

    boolean isIoThread() {
        return Thread.currentThread().getName().startsWith("rpc-io-");
    }
}
