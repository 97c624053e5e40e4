package dev.kindling.rpc;

import dev.kindling.util.PortRange;
import java.io.IOException;

/**
 * Where a process listens, and what it tells others to connect to. The two are separate for machines with several
 * networks, and for those behind an address translation.
 *
 * @param bindHost a name or an address of this machine; {@code 0.0.0.0} for all of them
 * @param ports the first free one is taken
 * @param advertisedHost what others connect to; empty for {@code bindHost}
 */
public record ListenAddress(String bindHost, PortRange ports, String advertisedHost) {
    public ListenAddress {
        if (advertisedHost.isEmpty()) {
            advertisedHost = bindHost;
        }
    }

    /** Any free port that only processes of this machine can reach. */
    public static ListenAddress loopback() {
        return new ListenAddress("127.0.0.1", PortRange.ANY, "");
    }

    /**
     * What is not said is the address from which this machine reaches a peer: on a machine with several networks it is
     * in the one that the peer is in.
     *
     * @param bindHost empty for that address only
     * @param advertisedHost empty for {@code bindHost}, or for that address when all are bound
     * @throws IOException when there is no way to the peer, or nobody knows its name
     */
    public static ListenAddress towards(
            String peerHost, int peerPort, String bindHost, PortRange ports, String advertisedHost) throws IOException {
        if (!bindHost.isEmpty() && (!advertisedHost.isEmpty() || !LocalAddresses.isAny(bindHost))) {
            return new ListenAddress(bindHost, ports, advertisedHost);
        }
        String route = LocalAddresses.routeTo(peerHost, peerPort);
        return new ListenAddress(
                bindHost.isEmpty() ? route : bindHost, ports, advertisedHost.isEmpty() ? route : advertisedHost);
    }
}
