package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses, bounds and waits of the transport. What a process binds and what it tells others to connect to are
 * separate, for machines behind an address translation.
 *
 * @param bindHost where to listen; only loopback for now, since nothing here is encrypted
 * @param bindPort 0 for any free port
 * @param advertisedHost what others connect to; empty for {@code bindHost}
 * @param ioThreads threads that serve all connections of one server or client
 * @param handshakeTimeoutMs how long a peer may take to prove itself, and we to connect
 * @param maxHalfOpen connections that have not proved themselves; one more closes the oldest
 * @param sendQueueBytes frames waiting on one control connection; beyond it frames are dropped, as if lost
 * @param dataIdleMs an unused data connection is closed after this
 */
public record RpcSettings(
        String bindHost,
        int bindPort,
        String advertisedHost,
        int ioThreads,
        int handshakeTimeoutMs,
        int maxHalfOpen,
        long sendQueueBytes,
        int dataIdleMs) {

    public RpcSettings {
        if (bindPort < 0 || bindPort > 65_535) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION, "port " + bindPort + " is not between 0 and 65535");
        }
        if (ioThreads < 1 || handshakeTimeoutMs < 1 || maxHalfOpen < 1 || sendQueueBytes < 1 || dataIdleMs < 1) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "the transport's threads, waits and bounds must be positive: " + ioThreads + " threads, "
                            + handshakeTimeoutMs + " ms, " + maxHalfOpen + " connections, " + sendQueueBytes
                            + " bytes, "
                            + dataIdleMs + " ms");
        }
        if (advertisedHost.isEmpty()) {
            advertisedHost = bindHost;
        }
    }

    /** Any free port of 127.0.0.1, two threads, 5 s to shake hands. */
    public static RpcSettings loopback() {
        return new RpcSettings("127.0.0.1", 0, "", 2, 5_000, 256, 64L << 20, 60_000);
    }

    public RpcSettings withAddress(String host, int port, String advertised) {
        return new RpcSettings(
                host, port, advertised, ioThreads, handshakeTimeoutMs, maxHalfOpen, sendQueueBytes, dataIdleMs);
    }

    /** The address to bind; refuses one that other machines can reach. */
    InetAddress bindAddress() {
        InetAddress address;
        try {
            address = InetAddress.getByName(bindHost);
        } catch (UnknownHostException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot bind to " + bindHost + ": no address is known for this name",
                    e);
        }
        if (!address.isLoopbackAddress()) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot bind to " + bindHost + ": connections are not encrypted yet, so only loopback addresses are"
                            + " allowed; use 127.0.0.1 or ::1");
        }
        return address;
    }
}
