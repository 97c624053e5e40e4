package dev.kindling.driver.launch;

import dev.kindling.config.Config;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.executor.DriverLink;
import dev.kindling.executor.Executor;
import dev.kindling.executor.ExecutorSetup;
import dev.kindling.executor.block.BlockRange;
import dev.kindling.executor.block.LocalPeers;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.storage.Stores;
import dev.kindling.util.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The one executor of {@code local[n]}, inside the driver's JVM. Frames go from mailbox to mailbox, as the bytes that
 * the codec makes of them: what works here works over a socket. Nothing listens and nothing connects.
 */
public final class InProcessLauncher implements ClusterLauncher, ResultFetcher {
    private static final long RELEASED_WITHIN_MS = 1_000;

    private final MasterUrl.InProcess master;
    private final String applicationId;
    private final Config config;
    private final List<Path> scratchDirectories;
    private final Program program;
    private final BroadcastShelf broadcasts;
    private final Stores stores;
    private final DriverInbox inbox;
    private final LocalPeers localPeers = new LocalPeers();
    private final Object lock = new Object();
    private final TreeMap<String, Executor> executors = new TreeMap<>();
    private final List<Thread> releases = new ArrayList<>();
    private Listener listener;
    private int lastExecutor;
    private boolean isClosed;

    public InProcessLauncher(
            MasterUrl.InProcess master,
            String applicationId,
            Config config,
            List<Path> scratchDirectories,
            Program program,
            BroadcastShelf broadcasts,
            Stores stores,
            DriverInbox inbox) {
        this.master = master;
        this.applicationId = applicationId;
        this.config = config;
        this.scratchDirectories = List.copyOf(scratchDirectories);
        this.program = program;
        this.broadcasts = broadcasts;
        this.stores = stores;
        this.inbox = inbox;
    }

    @Override
    public void start(Listener toTell) {
        listener = toTell;
        launchNext();
    }

    private void launchNext() {
        String executorId;
        Executor executor;
        Secret nonce;
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            executorId = "e" + ++lastExecutor;
            // Nobody else can reach this JVM's mailboxes: it has to be another one each time, not a secret.
            nonce = Secret.of(applicationId + " " + executorId);
            executor = new Executor(
                    setupOf(executorId, nonce), stores, localPeers, (code, reason) -> ended(executorId, reason));
            executors.put(executorId, executor);
        }
        listener.executorRequested(executorId, nonce, ExecutorPlace.ANY);
        executor.start(new ToDriver(inbox, executor), program.loader(), program, broadcasts);
    }

    private ExecutorSetup setupOf(String executorId, Secret nonce) {
        return ExecutorSetup.of(
                executorId,
                // Ids are never used twice, so the first incarnation is the only one.
                1,
                nonce,
                master.cores(),
                Runtime.getRuntime().maxMemory(),
                scratchDirectories,
                applicationId,
                false,
                applicationId,
                config);
    }

    private void ended(String executorId, String reason) {
        listener.executorExited(executorId, ExitReasons.endedItself(reason));
    }

    @Override
    public void replace(String lostExecutorId) {
        launchNext();
    }

    /** Its threads need a moment to end, which the driver's loop does not have; {@link #close} waits for it. */
    @Override
    public void release(String executorId, String reason) {
        synchronized (lock) {
            Executor executor = executors.remove(executorId);
            if (executor != null) {
                Thread thread = new Thread(executor::close, "executor-end");
                thread.setDaemon(true);
                thread.start();
                releases.removeIf(release -> !release.isAlive());
                releases.add(thread);
            }
        }
    }

    @Override
    public int totalCores() {
        return master.cores();
    }

    @Override
    public byte[] fetch(ExecutorAddress holder, AttemptId attempt, long maxBytes) throws IOException {
        Executor executor;
        synchronized (lock) {
            executor = executors.get(holder.executorId());
        }
        if (executor == null) {
            throw new IOException("executor " + holder.executorId() + " has ended");
        }
        BlockRange range = executor.blocks()
                .readResult(attempt)
                .orElseThrow(() -> new IOException("executor " + holder.executorId() + " does not hold this result"));
        if (range.length() > maxBytes) {
            throw new IOException("the result takes " + range.length() + " bytes, " + maxBytes + " are allowed");
        }
        return range.readFully();
    }

    @Override
    public void close() {
        List<Executor> left;
        List<Thread> ending;
        synchronized (lock) {
            isClosed = true;
            left = new ArrayList<>(executors.values());
            executors.clear();
            ending = List.copyOf(releases);
        }
        left.forEach(Executor::close);
        try {
            for (Thread release : ending) {
                // As long as an executor's close may take at the most, with room.
                release.join(RELEASED_WITHIN_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Both directions of the connection that a socket would be. */
    private record ToDriver(DriverInbox inbox, Executor executor) implements DriverLink, ExecutorLink {
        @Override
        public void send(Frame.ToDriver frame) {
            inbox.received((Frame.ToDriver) FrameCodec.decode(FrameCodec.encode(frame)), this);
        }

        @Override
        public void send(Frame.ToExecutor frame) {
            executor.received((Frame.ToExecutor) FrameCodec.decode(FrameCodec.encode(frame)));
        }

        @Override
        public void close() {
            executor.driverGone("the driver has given it up");
        }
    }
}
