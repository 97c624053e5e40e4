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
import dev.kindling.rpc.ListeningPort;
import dev.kindling.rpc.RpcSettings;
import dev.kindling.rpc.Secret;
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
        DriverInbox inbox) {

    Cluster cluster(MasterUrl master) {
        if (master instanceof MasterUrl.InProcess inProcess) {
            return new Cluster.InThisJvm(new InProcessLauncher(
                    inProcess, applicationId, config, scratchDirectories, program, broadcasts, inbox));
        }
        Secret secret = Secret.random();
        ListeningPort port = bind();
        LaunchContext context = new LaunchContext(
                applicationId,
                config.entries(),
                scratchDirectories,
                port.host(),
                port.port(),
                secret,
                config.get(ExecutorKeys.JAVA_OPTIONS),
                program);
        return new SocketCluster(port, secret, launcher(master, context), new Published(program, broadcasts));
    }

    private static ClusterLauncher launcher(MasterUrl master, LaunchContext context) {
        if (master instanceof MasterUrl.Provided provided) {
            return provided.provider().launcher(provided.text(), context);
        }
        return new LocalProcessLauncher((MasterUrl.LocalCluster) master, context);
    }

    private ListeningPort bind() {
        String address = config.get(RpcKeys.BIND_ADDRESS);
        try {
            return ListeningPort.bind(
                    RpcSettings.loopback().withAddress(address, 0, config.get(RpcKeys.ADVERTISED_ADDRESS)));
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "the driver cannot listen: " + e.getMessage() + "; kindling.bind.address is " + address,
                    e);
        }
    }
}
