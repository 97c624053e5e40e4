package dev.kindling.rpc;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of one server or client, so that closing can let control connections finish. Any thread. */
final class OpenChannels {
    private static final int FLUSH_TIMEOUT_MS = 300;

    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

    void add(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
    }

    int size() {
        return channels.size();
    }

    /** @param isIoThread whether the caller serves connections and so must not wait */
    void close(boolean isIoThread) {
        Set<Channel> open = Set.copyOf(channels);
        for (Channel channel : open) {
            ControlChannel control = channel.pipeline().get(ControlChannel.class);
            if (control == null) {
                channel.close();
            } else {
                control.close();
            }
        }
        long deadline = System.nanoTime() + FLUSH_TIMEOUT_MS * 1_000_000L;
        for (Channel channel : open) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000L;
            if (!isIoThread && leftMs > 0) {
                channel.closeFuture().awaitUninterruptibly(leftMs);
            }
        }
    }
}
