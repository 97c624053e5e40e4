package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.RpcKeys;
import dev.kindling.driver.launch.BroadcastShelf;
import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.DriverInbox;
import dev.kindling.driver.launch.InProcessLauncher;
import dev.kindling.driver.launch.LaunchContext;
import dev.kindling.driver.launch.LocalProcessLauncher;
import dev.kindling.driver.launch.MasterUrl;
import dev.kindling.driver.launch.Program;
import dev.kindling.driver.launch.Published;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.rpc.ListenAddress;
import dev.kindling.rpc.ListeningPort;
import dev.kindling.rpc.LocalAddresses;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Chooses launcher and transport by master; nothing runs yet. */
record ClusterWiring(
        String applicationId,
        Config config,
        List<Path> scratchDirectories,
        Program program,
        BroadcastShelf broadcasts,
        Stores stores,
        DriverInbox inbox) {

    Cluster cluster(MasterUrl master) {
        if (master instanceof MasterUrl.InProcess inProcess) {
            return new Cluster.InThisJvm(new InProcessLauncher(
                    inProcess, applicationId, config, scratchDirectories, program, broadcasts, stores, inbox));
        }
        ListeningPort port = bind(master);
        LaunchContext context = new LaunchContext(
                applicationId,
                config.entries(),
                scratchDirectories,
                port.host(),
                port.port(),
                port.credentials(),
                config.get(ExecutorKeys.JAVA_OPTIONS),
                config.get(ExecutorKeys.COMMAND_PREFIX),
                program,
                stores);
        return new SocketCluster(port, launcher(master, context), new Published(program, broadcasts));
    }

    private static ClusterLauncher launcher(MasterUrl master, LaunchContext context) {
        if (master instanceof MasterUrl.Provided provided) {
            return provided.provider().launcher(provided.text(), context);
        }
        return new LocalProcessLauncher((MasterUrl.LocalCluster) master, context);
    }

    private ListeningPort bind(MasterUrl master) {
        String bindHost = config.get(RpcKeys.DRIVER_BIND_ADDRESS);
        try {
            String reachable = reachableHost(master);
            ListenAddress address = new ListenAddress(
                    bindHost.isEmpty() ? reachable : bindHost,
                    config.get(RpcKeys.DRIVER_PORTS),
                    advertisedHost(bindHost, reachable));
            boolean isEncrypted = config.get(RpcKeys.TLS)
                    || !LocalAddresses.isLoopback(address.bindHost())
                    || !LocalAddresses.isLoopback(executorHost());
            return ListeningPort.bind(
                    address,
                    isEncrypted
                            ? ApplicationCredentials.withCertificate()
                            : ApplicationCredentials.withoutCertificate());
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "the driver " + e.getMessage() + "; " + RpcKeys.DRIVER_BIND_ADDRESS.name() + " is '" + bindHost
                            + "', " + RpcKeys.DRIVER_ADVERTISED_ADDRESS.name() + " '"
                            + config.get(RpcKeys.DRIVER_ADVERTISED_ADDRESS) + "'",
                    e);
        }
    }

    /** Under which executors reach a driver here when the user says nothing. */
    private String reachableHost(MasterUrl master) throws IOException {
        return master instanceof MasterUrl.Provided provided
                ? provided.provider().driverHost(provided.text(), config.entries())
                : ListenAddress.loopback().bindHost();
    }

    private String advertisedHost(String bindHost, String reachable) throws IOException {
        String advertised = config.get(RpcKeys.DRIVER_ADVERTISED_ADDRESS);
        return advertised.isEmpty() && LocalAddresses.isAny(bindHost) ? reachable : advertised;
    }

    /** Where executors of this machine listen. */
    private String executorHost() {
        String host = config.get(RpcKeys.EXECUTOR_BIND_ADDRESS);
        return host.isEmpty() ? ListenAddress.loopback().bindHost() : host;
    }
}
