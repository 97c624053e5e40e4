package dev.kindling.executor;

import dev.kindling.classpath.UserClassLoader;
import dev.kindling.config.Config;
import dev.kindling.config.RpcKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.executor.block.BlockServer;
import dev.kindling.executor.block.BroadcastReader;
import dev.kindling.executor.block.LocalPeers;
import dev.kindling.protocol.Frame;
import dev.kindling.rpc.ControlConnection;
import dev.kindling.rpc.ControlHandler;
import dev.kindling.rpc.ListenAddress;
import dev.kindling.rpc.RpcClient;
import dev.kindling.rpc.RpcServer;
import dev.kindling.rpc.RpcSettings;
import dev.kindling.storage.IdentityProperties;
import dev.kindling.storage.Stores;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An executor process. It is told what it must know through standard input, which its launcher keeps open: when that
 * ends, or the connection to the driver does, so does the process. It takes no arguments.
 */
public final class ExecutorMain {
    /** Something of ours went wrong; what it was stands in the process's output. */
    static final int EXIT_DEFECT = 1;

    private static final long EXIT_WITHIN_MS = 2_000;
    private static final int RESOURCE_TIMEOUT_MS = 30_000;

    private ExecutorMain() {}

    public static void main(String[] args) {
        InputStream launcher = new BufferedInputStream(new FileInputStream(FileDescriptor.in));
        // What user code reads is empty, not our lifeline.
        System.setIn(InputStream.nullInputStream());
        start(() -> ExecutorBootstrap.read(new DataInputStream(launcher)), launcher);
    }

    /** What an executor is told, from where it lies. */
    @FunctionalInterface
    public interface BootstrapSource {
        ExecutorBootstrap read() throws IOException;
    }

    /**
     * Is this process's executor, as long as the driver wants it and {@code launcher} lasts. Ends the process.
     *
     * @param launcher ends when whoever started the process is gone
     */
    public static void start(BootstrapSource bootstrap, InputStream launcher) {
        try {
            run(bootstrap.read(), launcher);
        } catch (IOException | RuntimeException e) {
            exit(EXIT_DEFECT, "the executor cannot start: " + e);
        }
    }

    private static void run(ExecutorBootstrap bootstrap, InputStream launcher) throws IOException {
        IdentityProperties.set(bootstrap.settings());
        Config config = Config.parse(bootstrap.settings());
        // For as long as the process lives.
        Stores stores = Stores.open(bootstrap.applicationId(), config);
        stores.prepare(config.get(StorageKeys.PREPARE));
        Executor executor = new Executor(setupOf(bootstrap, config), stores, new LocalPeers(), ExecutorMain::exit);
        // Also when a task calls System.exit: what the executor wrote does not outlive it.
        Runtime.getRuntime().addShutdownHook(new Thread(executor.blocks()::close, "executor-files"));
        BlockServer blocks = new BlockServer(executor.blocks(), executor.cachedBlocks());
        RpcServer server = RpcServer.start(
                addressOf(bootstrap), RpcSettings.defaults(), bootstrap.credentials(), new NobodyElse(), blocks);
        ControlConnection driver = server.client()
                .connectControl(bootstrap.driverHost(), bootstrap.driverPort(), new DriverConnection(executor));
        RemoteProgram program = programOf(bootstrap, server.client());
        UserClassLoader classes = userClasses(bootstrap, program);
        executor.start(
                driver::send,
                classes,
                program,
                broadcastsOf(bootstrap, executor, classes, server),
                server.host(),
                server.port(),
                server.client());
        awaitEnd(launcher);
        executor.driverGone("its process has ended");
    }

    private static ListenAddress addressOf(ExecutorBootstrap bootstrap) throws IOException {
        Config config = Config.parse(bootstrap.settings());
        return ListenAddress.towards(
                bootstrap.driverHost(),
                bootstrap.driverPort(),
                config.get(RpcKeys.EXECUTOR_BIND_ADDRESS),
                config.get(RpcKeys.EXECUTOR_PORTS),
                "");
    }

    private static RemoteProgram programOf(ExecutorBootstrap bootstrap, RpcClient client) {
        return new RemoteProgram(
                (name, target) -> client.fetchResource(
                        bootstrap.driverHost(), bootstrap.driverPort(), name, target, RESOURCE_TIMEOUT_MS),
                Path.of(bootstrap.scratchDirectories().get(0), "program"),
                bootstrap.executorId());
    }

    private static BroadcastReader broadcastsOf(
            ExecutorBootstrap bootstrap, Executor executor, ClassLoader classes, RpcServer server) {
        BroadcastReader.Self self = new BroadcastReader.Self(
                bootstrap.driverHost(), bootstrap.driverPort(), bootstrap.executorId(), server.host(), server.port());
        return new BroadcastReader(
                (host, port, name, target) ->
                        server.client().fetchResource(host, port, name, target, executor.fetchTimeoutMs()),
                self,
                classes,
                executor.blocks());
    }

    /**
     * The jars that the program names, then what its own class path has on this machine. Where it named none when this
     * process was launched the driver is not asked: jars named since then are found with the first class that is missing.
     */
    private static UserClassLoader userClasses(ExecutorBootstrap bootstrap, RemoteProgram program) throws IOException {
        List<Path> entries = new ArrayList<>(bootstrap.hasJars() ? program.newEntries() : List.of());
        bootstrap.classPath().forEach(entry -> entries.add(Path.of(entry)));
        return new UserClassLoader(entries, ExecutorMain.class.getClassLoader(), program);
    }

    private static ExecutorSetup setupOf(ExecutorBootstrap bootstrap, Config config) {
        return ExecutorSetup.of(
                bootstrap.executorId(),
                bootstrap.incarnation(),
                bootstrap.nonce(),
                bootstrap.cores(),
                bootstrap.memoryBytes(),
                bootstrap.scratchDirectories().stream().map(Path::of).toList(),
                bootstrap.hostKey(),
                true,
                bootstrap.applicationId(),
                config);
    }

    /** Nothing more is ever written to it: only its end comes. */
    private static void awaitEnd(InputStream launcher) {
        try {
            while (launcher.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // The pipe is broken, so the launcher is gone.
        }
    }

    /** Ends the process by its hooks; by force when a hook of the user's takes too long. */
    private static void exit(int code, String reason) {
        System.err.println("executor ends with exit code " + code + ": " + reason);
        Thread force = new Thread(() -> halt(code), "executor-halt");
        force.setDaemon(true);
        force.start();
        new Thread(() -> System.exit(code), "executor-exit").start();
    }

    private static void halt(int code) {
        try {
            Thread.sleep(EXIT_WITHIN_MS);
        } catch (InterruptedException e) {
            // At once, then.
        }
        Runtime.getRuntime().halt(code);
    }

    /** Peers fetch blocks; none of them has anything to say to an executor. */
    private static final class NobodyElse implements ControlHandler {
        @Override
        public void opened(ControlConnection connection) {
            connection.close();
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            // Sent before the close reached it.
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            // As it was told to.
        }
    }

    /** The connection to the driver. Called by {@code rpc-io} threads. */
    private record DriverConnection(Executor executor) implements ControlHandler {
        @Override
        public void opened(ControlConnection connection) {
            // The executor starts when the call that opened it returns.
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            if (frame instanceof Frame.ToExecutor message) {
                executor.received(message);
            } else {
                connection.close();
            }
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            executor.driverGone(why);
        }
    }
}
