package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.YarnKeys;
import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.executor.ExecutorMain;
import dev.kindling.storage.hdfs.HadoopSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.io.Text;

/**
 * An executor in a container: what it is told lies among the container's credentials, which only its user may read;
 * what only the node knows (its name, its disks) comes from the environment that YARN gives a container. It ends when
 * YARN ends the container, and when the driver's connection does; if another attempt of the driver may follow, which it may
 * when the driver runs in a container too, that is waited for, and the process becomes an executor of it.
 */
public final class ContainerMain {
    /** The name of what executors are told, among the credentials. */
    static final Text BOOTSTRAP = new Text("kindling.bootstrap");

    private ContainerMain() {}

    public static void main(String[] args) {
        ExecutorMain.start(ContainerMain::bootstrap, ContainerMain::awaitNext);
    }

    private static ExecutorBootstrap bootstrap() throws IOException {
        byte[] told = ContainerEnvironment.credentials().getSecretKey(BOOTSTRAP);
        if (told == null) {
            throw new IOException("the container's credentials hold nothing for an executor");
        }
        return onThisNode(ExecutorBootstrap.read(new DataInputStream(new ByteArrayInputStream(told))));
    }

    private static Optional<ExecutorBootstrap> awaitNext(ExecutorBootstrap last) throws IOException {
        Optional<Handover> handover = Handover.of(ContainerEnvironment.credentials());
        if (handover.isEmpty()) {
            return Optional.empty();
        }
        Config config = Config.parse(last.settings());
        Optional<ExecutorBootstrap> next = handover.get()
                .await(
                        HadoopSettings.loadWithYarn(config.members(StorageKeys.HADOOP)),
                        ContainerEnvironment.containerId(),
                        last.incarnation(),
                        config.get(YarnKeys.SUCCESSOR_TIMEOUT_MS));
        return next.isPresent() ? Optional.of(onThisNode(next.get())) : Optional.empty();
    }

    /** Executors of one NodeManager see the same directories. */
    private static ExecutorBootstrap onThisNode(ExecutorBootstrap asSent) throws IOException {
        return asSent.onMachine(
                Arrays.asList(ContainerEnvironment.value("LOCAL_DIRS").split(",")),
                ContainerEnvironment.value("NM_HOST") + ":" + ContainerEnvironment.value("NM_PORT"));
    }
}
