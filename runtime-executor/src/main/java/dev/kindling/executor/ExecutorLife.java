package dev.kindling.executor;

import dev.kindling.classpath.UserClassLoader;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An executor of this process with all that it needs: its stores, its listener, its connection to the driver, the classes
 * of the program. From {@link #begin} on it works by itself; {@link #close} leaves nothing of it in the process but classes
 * of ours that are loaded and compiled, which is what makes another one after it quick.
 */
final class ExecutorLife implements AutoCloseable {
    private static final int RESOURCE_TIMEOUT_MS = 30_000;

    private final Stores stores;
    private final Executor executor;
    private final RpcServer server;
    private final Optional<SpotNotices> notices;
    private final AtomicBoolean isEnding = new AtomicBoolean();

    /** Also when a task calls System.exit: what the executor wrote does not outlive it. */
    private final Thread endHook;

    private UserClassLoader classes;

    /** @param host is told when the executor shall end */
    static ExecutorLife begin(ExecutorBootstrap bootstrap, Executor.Host host) throws IOException {
        ExecutorLife life = new ExecutorLife(bootstrap, host);
        try {
            life.connect(bootstrap);
        } catch (IOException | RuntimeException e) {
            life.close();
            throw e;
        }
        return life;
    }

    private ExecutorLife(ExecutorBootstrap bootstrap, Executor.Host host) throws IOException {
        IdentityProperties.set(bootstrap.settings());
        Config config = Config.parse(bootstrap.settings());
        stores = Stores.open(bootstrap.applicationId(), config);
        stores.prepare(config.get(StorageKeys.PREPARE));
        executor = new Executor(setupOf(bootstrap, config), stores, new LocalPeers(), (code, reason) -> {
            if (isEnding.compareAndSet(false, true)) {
                host.exit(code, reason);
            }
        });
        long askEveryMs = config.get(ExecutorKeys.SPOT_POLL_MS);
        notices = askEveryMs == 0
                ? Optional.empty()
                : Optional.of(new SpotNotices(SpotNotices.service(), askEveryMs, executor::machineTakenBack));
        BlockServer blocks = new BlockServer(executor.blocks(), executor.cachedBlocks());
        endHook = new Thread(this::leave, "executor-end");
        Runtime.getRuntime().addShutdownHook(endHook);
        server = RpcServer.start(
                addressOf(bootstrap), RpcSettings.defaults(), bootstrap.credentials(), new NobodyElse(), blocks);
    }

    private void connect(ExecutorBootstrap bootstrap) throws IOException {
        ControlConnection driver = server.client()
                .connectControl(bootstrap.driverHost(), bootstrap.driverPort(), new DriverConnection(executor));
        RemoteProgram program = programOf(bootstrap, server.client());
        classes = userClasses(bootstrap, program);
        executor.start(
                driver::send,
                classes,
                program,
                broadcastsOf(bootstrap, executor, classes, server),
                server.host(),
                server.port(),
                server.client());
        notices.ifPresent(SpotNotices::start);
    }

    private void leave() {
        // A thread that waits for its network in native code makes a JVM wait 300 ms for it before it ends. When a task
        // ends the process, the connections end with it: the driver is to hear of the exit first.
        if (isEnding.get() && server != null) {
            server.close();
        }
        executor.blocks().close();
    }

    Executor executor() {
        return executor;
    }

    /** Whether no code of the program runs any more; asked after {@link #close}. */
    boolean isQuiet() {
        return !executor.hasRunningAttempts();
    }

    @Override
    public void close() {
        notices.ifPresent(SpotNotices::close);
        server.close();
        executor.close();
        stores.close();
        try {
            if (classes != null) {
                classes.close();
            }
            Runtime.getRuntime().removeShutdownHook(endHook);
        } catch (IOException | IllegalStateException e) {
            // A jar that cannot be closed stays open; a process that ends already runs the hook.
        }
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
        return new UserClassLoader(entries, ExecutorLife.class.getClassLoader(), program);
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
