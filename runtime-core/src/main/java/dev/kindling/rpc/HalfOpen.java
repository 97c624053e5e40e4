package dev.kindling.rpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that have not proved themselves, oldest first. There is room for a fixed number, and for fewer of one
 * address, so that nobody alone takes all of it: one more closes the oldest, which either is slow on purpose or would
 * have been done long ago. Refusals are logged, at most one a second, so that nobody fills a disk with them. Any thread.
 */
final class HalfOpen {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000L;

    private final int limit;
    private final int limitPerPeer;
    private final Map<Channel, InetAddress> channels = new LinkedHashMap<>();
    private long unloggedRefusals;
    private long lastLogNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

    HalfOpen(int limit, int limitPerPeer) {
        this.limit = limit;
        this.limitPerPeer = limitPerPeer;
    }

    void add(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            return; // reset before we looked
        }
        Channel oldest;
        synchronized (this) {
            oldest = oldestTooMany(peer.getAddress());
            channels.remove(oldest);
            channels.put(channel, peer.getAddress());
        }
        if (oldest != null) {
            refuse(oldest, "it was the oldest of too many that had not proved themselves");
        }
    }

    /** Whose place another one of this peer takes; null when there is room. */
    private Channel oldestTooMany(InetAddress peer) {
        int ofPeer = 0;
        Channel oldest = null;
        Channel oldestOfPeer = null;
        for (Map.Entry<Channel, InetAddress> entry : channels.entrySet()) {
            oldest = oldest == null ? entry.getKey() : oldest;
            if (entry.getValue().equals(peer)) {
                ofPeer++;
                oldestOfPeer = oldestOfPeer == null ? entry.getKey() : oldestOfPeer;
            }
        }
        if (ofPeer == limitPerPeer) {
            return oldestOfPeer;
        }
        return channels.size() == limit ? oldest : null;
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
        // Past TLS, which would wait for the peer to hear its goodbye.
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
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
