package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;

/**
 * Bounds and waits of the transport.
 *
 * @param ioThreads threads that serve all connections of one server or client
 * @param handshakeTimeoutMs how long a peer may take to prove itself, and we to connect
 * @param maxHalfOpen connections that have not proved themselves; one more closes the oldest
 * @param maxHalfOpenPerPeer those of one address; one more closes the oldest of it
 * @param maxConnections open connections, accepted and made; one more that is accepted is closed at once
 * @param sendQueueBytes frames waiting on one control connection; beyond it frames are dropped, as if lost
 * @param dataIdleMs an unused data connection is closed after this
 */
public record RpcSettings(
        int ioThreads,
        int handshakeTimeoutMs,
        int maxHalfOpen,
        int maxHalfOpenPerPeer,
        int maxConnections,
        long sendQueueBytes,
        int dataIdleMs) {

    public RpcSettings {
        if (ioThreads < 1
                || handshakeTimeoutMs < 1
                || maxHalfOpen < 1
                || maxHalfOpenPerPeer < 1
                || maxConnections < 1
                || sendQueueBytes < 1
                || dataIdleMs < 1) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "the transport's threads, waits and bounds must be positive: " + ioThreads + " threads, "
                            + handshakeTimeoutMs + " ms, " + maxHalfOpen + " and " + maxHalfOpenPerPeer + " of "
                            + maxConnections + " connections, " + sendQueueBytes + " bytes, " + dataIdleMs + " ms");
        }
    }

    /**
     * Two threads, 5 s to shake hands: a Java that has just started needs some of it for its first. Half of the room for
     * connections that proved nothing is the most that one address gets: with 64 KiB each, all of them together cost
     * 16 MiB.
     */
    public static RpcSettings defaults() {
        return new RpcSettings(2, 5_000, 256, 128, 16_384, 64L << 20, 60_000);
    }
}
