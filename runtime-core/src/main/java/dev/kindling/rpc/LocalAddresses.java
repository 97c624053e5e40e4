package dev.kindling.rpc;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.stream.Collectors;

/** The addresses of this machine. Any thread. */
public final class LocalAddresses {
    private LocalAddresses() {}

    /**
     * The address that a peer sees when this machine connects to it, as its table of routes says; nothing is sent.
     *
     * @param port any port of the peer
     * @throws IOException when nobody knows its name, or there is no way to it
     */
    public static String routeTo(String host, int port) throws IOException {
        InetAddress peer = addressOf(host);
        if (peer.isLoopbackAddress()) {
            return peer.getHostAddress();
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(peer, port));
            return socket.getLocalAddress().getHostAddress();
        } catch (SocketException e) {
            throw new IOException(
                    "this machine has no route to " + host + ":" + port + ": " + e.getMessage() + "; it has " + all(),
                    e);
        }
    }

    /** Whether only processes of this machine reach this address. */
    public static boolean isLoopback(String host) throws IOException {
        return addressOf(host).isLoopbackAddress();
    }

    /** Whether it stands for all addresses of a machine, as {@code 0.0.0.0} does. */
    public static boolean isAny(String host) throws IOException {
        return !host.isEmpty() && addressOf(host).isAnyLocalAddress();
    }

    /** @throws IOException with a sentence when nobody knows the name */
    static InetAddress addressOf(String host) throws IOException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IOException(
                    "no address is known for the name " + host + "; check it, or write the address itself", e);
        }
    }

    /** For messages: {@code 10.0.0.5, 127.0.0.1}. */
    static String all() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress)
                    .sorted()
                    .collect(Collectors.joining(", "));
        } catch (SocketException e) {
            return "addresses that cannot be listed (" + e.getMessage() + ")";
        }
    }
}
