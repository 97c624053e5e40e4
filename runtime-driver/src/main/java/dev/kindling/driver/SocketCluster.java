package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.ExecutorLink;
import dev.kindling.driver.launch.ResultFetcher;
import dev.kindling.protocol.Frame;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.ControlConnection;
import dev.kindling.rpc.ControlHandler;
import dev.kindling.rpc.ListeningPort;
import dev.kindling.rpc.RpcServer;
import dev.kindling.rpc.RpcSettings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Executors in other processes, reached through the driver's listening port. The port was bound before and executors
 * are asked for before the transport is loaded: both take their time side by side.
 */
final class SocketCluster implements Cluster {
    private static final int RESULT_TIMEOUT_MS = 30_000;

    private final ListeningPort port;
    private final ClusterLauncher launcher;
    private final BlockService published;
    private volatile RpcServer server;

    /** @param published what executors ask of the driver */
    SocketCluster(ListeningPort port, ClusterLauncher launcher, BlockService published) {
        this.port = port;
        this.launcher = launcher;
        this.published = published;
    }

    @Override
    public ClusterLauncher launcher() {
        return launcher;
    }

    @Override
    public ResultFetcher results() {
        return (holder, attempt, maxBytes) ->
                server.client().fetchResult(holder.host(), holder.port(), attempt, maxBytes, RESULT_TIMEOUT_MS);
    }

    @Override
    public void start(Driver driver) {
        launcher.start(driver);
        try {
            server = RpcServer.start(port, RpcSettings.defaults(), new Connections(driver), published);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "the driver cannot serve its port " + port.port() + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        launcher.close();
        if (server != null) {
            server.close();
        } else {
            closePort();
        }
    }

    private void closePort() {
        try {
            port.close();
        } catch (IOException e) {
            // Nobody listened on it yet; the port is free again in any case.
        }
    }

    /** Control connections and who speaks over each: the first frame says it. */
    private static final class Connections implements ControlHandler {
        private final Driver driver;
        private final Map<ControlConnection, Link> links = new ConcurrentHashMap<>();

        Connections(Driver driver) {
            this.driver = driver;
        }

        @Override
        public void opened(ControlConnection connection) {
            links.put(connection, new Link(connection));
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            Link link = links.get(connection);
            if (link != null && frame instanceof Frame.ToDriver message && link.isOf(message)) {
                driver.received(message, link);
            } else {
                connection.close();
            }
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            Link link = links.remove(connection);
            if (link != null && link.executorId != null) {
                driver.disconnected(link.executorId, link.incarnation, why);
            }
        }
    }

    /** One connection; its executor is known from its first frame on. Called by one {@code rpc-io} thread at a time. */
    private static final class Link implements ExecutorLink {
        private final ControlConnection connection;
        private String executorId;
        private long incarnation;

        Link(ControlConnection connection) {
            this.connection = connection;
        }

        boolean isOf(Frame.ToDriver frame) {
            if (executorId == null) {
                executorId = frame.executorId();
                incarnation = frame.incarnation();
            }
            return executorId.equals(frame.executorId()) && incarnation == frame.incarnation();
        }

        @Override
        public void send(Frame.ToExecutor frame) {
            connection.send(frame);
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
