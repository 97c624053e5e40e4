package dev.kindling.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * A bound port before anybody serves it. Binding takes a millisecond, loading the transport a few hundred: executors
 * can be started with the port in between, and their connections wait in the kernel.
 */
public final class ListeningPort implements Closeable {
    /** Connections that wait in the kernel for the transport to be loaded. */
    private static final int BACKLOG = 1_024;

    private final ListenAddress address;
    private final ApplicationCredentials credentials;
    private final ServerSocketChannel channel;

    private ListeningPort(ListenAddress address, ApplicationCredentials credentials, ServerSocketChannel channel) {
        this.address = address;
        this.credentials = credentials;
        this.channel = channel;
    }

    /**
     * Binds the first free port.
     *
     * @throws IOException with a sentence also for an address that other machines reach when there is no certificate:
     *     no connection between machines is in the clear
     */
    public static ListeningPort bind(ListenAddress address, ApplicationCredentials credentials) throws IOException {
        InetAddress local = LocalAddresses.addressOf(address.bindHost());
        if (!local.isLoopbackAddress() && !credentials.hasCertificate()) {
            throw new IOException("cannot listen on " + address.bindHost() + ": other machines reach it, and without"
                    + " a certificate connections would not be encrypted");
        }
        if (LocalAddresses.isAny(address.advertisedHost())) {
            throw new IOException("cannot listen on " + address.bindHost() + " alone: nobody can connect to "
                    + address.advertisedHost()
                    + ", so the address that others shall use must be said as well; this machine has "
                    + LocalAddresses.all());
        }
        for (int port = address.ports().first(); port <= address.ports().last(); port++) {
            ServerSocketChannel channel = ServerSocketChannel.open();
            try {
                channel.bind(new InetSocketAddress(local, port), BACKLOG);
                return new ListeningPort(address, credentials, channel);
            } catch (BindException e) {
                channel.close();
                if (!isTaken(e)) {
                    throw new IOException(
                            "cannot listen on " + address.bindHost() + ":" + port + ": " + e.getMessage()
                                    + "; this machine has " + LocalAddresses.all(),
                            e);
                }
            } catch (IOException e) {
                channel.close();
                throw new IOException("cannot listen on " + address.bindHost() + ":" + port + ": " + e.getMessage(), e);
            }
        }
        throw new IOException("cannot listen on " + address.bindHost() + ": of its ports " + address.ports()
                + " none is free; end what listens there, or allow more ports");
    }

    /** The system has no other way to say so than this text. */
    private static boolean isTaken(BindException failure) {
        return String.valueOf(failure.getMessage()).startsWith("Address already in use");
    }

    /** What others connect to. */
    public String host() {
        return address.advertisedHost();
    }

    public int port() {
        return channel.socket().getLocalPort();
    }

    public ApplicationCredentials credentials() {
        return credentials;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Only needed when no server was started on it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
