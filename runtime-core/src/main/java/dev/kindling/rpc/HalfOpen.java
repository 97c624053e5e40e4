package dev.kindling.rpc;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that have not proved themselves, oldest first. There is room for a fixed number: one more closes the
 * oldest, which either is slow on purpose or would have been done long ago. Refusals are logged, at most one a second,
 * so that nobody fills a disk with them. Any thread.
 */
final class HalfOpen {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000L;

    private final int limit;
    private final Set<Channel> channels = new LinkedHashSet<>();
    private long unloggedRefusals;
    private long lastLogNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

    HalfOpen(int limit) {
        this.limit = limit;
    }

    void add(Channel channel) {
        Channel oldest = null;
        synchronized (this) {
            if (channels.size() == limit) {
                Iterator<Channel> oldestFirst = channels.iterator();
                oldest = oldestFirst.next();
                oldestFirst.remove();
            }
            channels.add(channel);
        }
        if (oldest != null) {
            refuse(oldest, "it was the oldest of " + limit + " that had not proved themselves");
        }
    }

    synchronized void remove(Channel channel) {
        channels.remove(channel);
    }

    synchronized int size() {
        return channels.size();
    }

    /** Closes it without a word to the peer; {@code why} never contains what the peer sent. */
    void refuse(Channel channel, String why) {
        String peer = String.valueOf(channel.remoteAddress());
        remove(channel);
        channel.close();
        long others;
        synchronized (this) {
            long now = System.nanoTime();
            if (now - lastLogNanos < LOG_INTERVAL_NANOS) {
                unloggedRefusals++;
                return;
            }
            lastLogNanos = now;
            others = unloggedRefusals;
            unloggedRefusals = 0;
        }
        LOG.warn("refused a connection from {}: {}{}", peer, why, others == 0 ? "" : " (and " + others + " more)");
    }
}
