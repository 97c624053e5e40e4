package dev.kindling.executor;

import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockStore;
import dev.kindling.executor.block.LocalPeers;
import dev.kindling.executor.block.ScratchCipher;
import dev.kindling.executor.block.ShuffleFetcher;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.cache.CacheCopy;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.cache.ExecutorCache;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorEffect;
import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.executor.core.ExecutorSettings;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.executor.task.StageProgram;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.executor.task.TaskRunner;
import dev.kindling.loop.EventLoop;
import dev.kindling.loop.Story;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.rpc.BlockClient;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockStream;
import dev.kindling.rpc.RpcClient;
import dev.kindling.serde.FixedFunctions;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of {@link ExecutorCore}: its loop, its task threads, its blocks and its memory. It decides nothing; frames,
 * ends of attempts and time become events, and effects are done in their order.
 *
 * <p>Methods may be called by any thread. Effects are done by {@code executor-loop}, attempts run on {@code task-n}.
 */
public final class Executor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
    private static final long TASKS_END_WITHIN_MS = 500;

    /** What the executor asks of whoever runs it. */
    public interface Host {
        /**
         * The executor shall end: a process exits with this code, an executor inside a JVM is closed. Called once, by
         * any thread; must not wait for the executor.
         */
        void exit(int code, String reason);
    }

    private final ExecutorSetup setup;
    private final Stores stores;
    private final Host host;
    private final LocalPeers localPeers;
    private final MemoryPool memory;
    private final BlockStore blocks;
    private final CacheStore cacheStore;
    private final TaskThreads threads;
    private final ExecutorIo io = new ExecutorIo();
    private final TaskRunner runner = new TaskRunner();
    private final EventLoop<ExecutorEvent, ExecutorEffect> loop;
    private final Map<AttemptId, RunningAttempt> running = new ConcurrentHashMap<>();

    // Set before the loop starts.
    private DriverLink driver;
    private ClassLoader userClasses;
    private TaskFiles files;
    private BroadcastValues broadcasts;
    private ExecutorAddress address;
    private Optional<RpcClient> client = Optional.empty();
    private AttemptCache cache;

    /**
     * @param stores of the application; closed by whoever opened them
     * @param localPeers the executors of this JVM, which this one joins
     */
    public Executor(ExecutorSetup setup, Stores stores, LocalPeers localPeers, Host host) {
        this.setup = setup;
        this.stores = stores;
        this.localPeers = localPeers;
        this.host = host;
        memory = MemoryPool.ofThisJvm(setup.cores());
        blocks = new BlockStore(
                setup.localDirectories(),
                setup.executorId(),
                memory,
                setup.isScratchEncrypted() ? ScratchCipher.random() : ScratchCipher.NONE,
                setup.heldOutputBytes());
        cacheStore = new CacheStore(memory, blocks.cacheDisk(), this::cachedBlockChanged);
        threads = new TaskThreads(setup.cores());
        ExecutorSettings bounds = ExecutorSettings.defaults().withHeartbeatMs(setup.heartbeatMs());
        loop = new EventLoop<>("executor-loop", new ExecutorCore(bounds), new Shell());
    }

    /** How long it waits for a word of another process before it asks elsewhere. */
    int fetchTimeoutMs() {
        return setup.fetch().timeoutMs();
    }

    /** What this executor holds for others. */
    public BlockStore blocks() {
        return blocks;
    }

    /** The partitions of persisted sets that this executor keeps. */
    public CacheStore cachedBlocks() {
        return cacheStore;
    }

    private void cachedBlockChanged(CachedBlockStatus status) {
        loop.post(new ExecutorEvent.CachedBlockChanged(status));
    }

    /** Starts to work inside the driver's JVM: nothing listens, nothing connects. The driver hears of it. */
    public void start(
            DriverLink link, ClassLoader programClasses, TaskFiles programFiles, BroadcastValues programValues) {
        start(link, programClasses, programFiles, programValues, "local", 0);
    }

    /**
     * Starts to work in a process of its own; the driver hears of it.
     *
     * @param dataHost under which others find this executor's blocks, at {@code dataPort}
     * @param toPeers fetches theirs
     */
    public void start(
            DriverLink link,
            ClassLoader programClasses,
            TaskFiles programFiles,
            BroadcastValues programValues,
            String dataHost,
            int dataPort,
            RpcClient toPeers) {
        client = Optional.of(toPeers);
        start(link, programClasses, programFiles, programValues, dataHost, dataPort);
    }

    private void start(
            DriverLink link,
            ClassLoader programClasses,
            TaskFiles programFiles,
            BroadcastValues programValues,
            String dataHost,
            int dataPort) {
        driver = link;
        userClasses = programClasses;
        files = programFiles;
        broadcasts = programValues;
        address = new ExecutorAddress(
                setup.executorId(),
                setup.incarnation(),
                dataHost,
                dataPort,
                setup.hostKey(),
                blocks.scratchDirectory().toString());
        // Without a client there is no other executor that could hold anything.
        ExecutorCache.Peers peers = client.isPresent() ? client.get()::fetchCachedBlock : Executor::askNobody;
        cache = new ExecutorCache(cacheStore, address, peers, setup.fetch().timeoutMs());
        localPeers.add(setup.executorId(), setup.incarnation(), blocks);
        loop.start();
        loop.post(new ExecutorEvent.Started(
                address,
                setup.nonce(),
                setup.cores(),
                setup.memoryBytes(),
                ProcessHandle.current().pid()));
    }

    private static BlockStream askNobody(
            String host, int port, CachedBlockId block, long windowBytes, BlockReceiver receiver) {
        receiver.failed("this process has no network");
        return BlockStream.OVER;
    }

    /** A message of the driver came. Never waits: a full mailbox loses it, and it is repeated. */
    public void received(Frame.ToExecutor frame) {
        loop.offer(new ExecutorEvent.FrameReceived(frame));
    }

    /** The machine is taken back after so long, whatever anybody wants. */
    void machineTakenBack(long withinMs) {
        loop.post(new ExecutorEvent.MachineTakenBack(withinMs));
    }

    /** The driver cannot be reached any more. */
    public void driverGone(String why) {
        loop.post(new ExecutorEvent.DriverGone(why));
    }

    /** What the executor did last, for people. */
    public Story story() {
        return loop.story();
    }

    /** Ends attempts, threads and files, within a bound; what still runs after it is reported. */
    @Override
    public void close() {
        localPeers.remove(setup.executorId(), setup.incarnation());
        loop.close();
        running.values().forEach(attempt -> attempt.cancel("the executor ends", true));
        if (!threads.end(TASKS_END_WITHIN_MS)) {
            LOG.warn(
                    "executor {} ends while attempts {} still run: their functions ignore interrupts",
                    setup.executorId(),
                    running.keySet());
        }
        io.close();
        cacheStore.close();
        blocks.close();
    }

    /** After {@link #close}: whether functions of the program still run, for they ignore interrupts. */
    boolean hasRunningAttempts() {
        return !threads.end(0);
    }

    /** Whether the output is here now; what went wrong is for the log, since the driver asks again. */
    private boolean copyOf(ExecutorEffect.CopyMapOutput copy) {
        ExecutorAddress from = copy.from();
        try {
            blocks.copyMapOutput(
                    copy.shuffleId(),
                    copy.attempt(),
                    taker -> client.orElseThrow(() -> new IOException("this process has no network"))
                            .fetchMapOutput(
                                    from.host(),
                                    from.port(),
                                    copy.shuffleId(),
                                    copy.attempt(),
                                    taker,
                                    fetchTimeoutMs()));
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "cannot copy map output {} from executor {}: {}",
                    copy.attempt(),
                    from.executorId(),
                    e.getMessage());
            return false;
        }
    }

    private void start(TaskGroup group, StageProgram program) {
        RunningAttempt attempt = new RunningAttempt(group, new Slot(program));
        running.put(attempt.id(), attempt);
        threads.run(attempt);
    }

    private BlockSource openShuffle(
            TaskInput.ShuffleInput input, int firstBucket, int endBucket, TaskMemory taskMemory) {
        // Without a client all peers live in this JVM.
        BlockClient network = client.isPresent() ? client.get() : BlockClient.none();
        return new ShuffleFetcher(
                input,
                firstBucket,
                endBucket,
                setup.fetch().within(taskMemory.guaranteed()),
                address,
                localPeers,
                blocks,
                network);
    }

    /** What a group of one stage's tasks needs of this executor; called on the group's thread. */
    private final class Slot implements RunningAttempt.Host {
        private final StageProgram program;

        Slot(StageProgram program) {
            this.program = program;
        }

        @Override
        public ExecutorTaskEnvironment open(AttemptId task) {
            return new ExecutorTaskEnvironment(
                    task,
                    userClasses,
                    memory.openTask(),
                    blocks,
                    cache,
                    Executor.this::openShuffle,
                    files,
                    broadcasts,
                    stores,
                    setup.task());
        }

        @Override
        public TaskOutcome run(TaskLaunch task, ExecutorTaskEnvironment environment) {
            return runner.run(task, program, environment);
        }

        @Override
        public TaskOutcome keep(AttemptId task, TaskOutcome outcome) {
            if (outcome instanceof TaskOutcome.Failure) {
                blocks.dropResult(task);
                return outcome;
            }
            TaskOutcome.Success succeeded = (TaskOutcome.Success) outcome;
            if (succeeded.storedResult().length > 0) {
                try {
                    blocks.putResult(task, succeeded.storedResult());
                } catch (IOException | RuntimeException e) {
                    TaskFailure failure = new TaskFailure.ScratchFull("cannot keep a result of "
                            + succeeded.storedResult().length + " bytes on executor " + setup.executorId() + ": "
                            + e.getMessage());
                    for (AccumulatorUpdate update : succeeded.updates()) {
                        if (update.isOfSet()) {
                            cacheStore.dropWithUpdates(update.setId(), update.setPartition());
                        }
                    }
                    return new TaskOutcome.Failure(failure, succeeded.metrics());
                }
            }
            return outcome;
        }

        @Override
        public void ended(RunningAttempt attempt, ExecutorEvent end) {
            running.remove(attempt.id());
            loop.post(end);
        }

        @Override
        public TaskFailure outOfMemory(AttemptId task, OutOfMemoryError error) {
            if (setup.isProcess()) {
                // The heap's own errors end the process before they get here; these come from native memory and
                // threads.
                host.exit(ExecutorMain.EXIT_DEFECT, "attempt " + task + " ran out of memory: " + error);
            }
            return new TaskFailure.OutOfResources("out of memory (" + error.getMessage() + ") in attempt " + task
                    + " on executor " + setup.executorId()
                    + "; use more partitions, hold fewer rows at a time, or give the JVM more heap (" + memory.map()
                    + ")");
        }
    }

    /** Does what the core wants; by {@code executor-loop} only. */
    private final class Shell implements EventLoop.Shell<ExecutorEvent, ExecutorEffect> {
        private final ProcessUse process = new ProcessUse();
        private final TreeMap<Integer, StageProgram> programs = new TreeMap<>();
        private final FixedFunctions functions = new FixedFunctions();

        @Override
        public ExecutorEvent tick() {
            return new ExecutorEvent.Tick(process.heapUsedBytes(), process.residentBytes(), process.processorMs());
        }

        @Override
        public boolean isUrgent(ExecutorEvent event) {
            return event instanceof ExecutorEvent.FrameReceived || event instanceof ExecutorEvent.DriverGone;
        }

        @Override
        public void perform(ExecutorEffect effect) {
            if (effect instanceof ExecutorEffect.Send send) {
                driver.send(send.frame());
            } else if (effect instanceof ExecutorEffect.StartAttempt start) {
                start(start.group(), programs.get(start.group().attempt().stageId()));
            } else if (effect instanceof ExecutorEffect.CancelAttempt cancel) {
                Optional.ofNullable(running.get(cancel.attempt()))
                        .ifPresent(attempt -> attempt.cancel(cancel.reason(), cancel.isInterrupting()));
            } else if (effect instanceof ExecutorEffect.LookAtAttempt look) {
                Optional.ofNullable(running.get(look.attempt()))
                        .flatMap(RunningAttempt::stack)
                        .ifPresent(stack -> loop.offer(new ExecutorEvent.AttemptSeen(look.attempt(), stack)));
            } else if (effect instanceof ExecutorEffect.KeepProgram keep) {
                programs.put(keep.stageId(), new StageProgram(keep.body(), functions));
            } else if (effect instanceof ExecutorEffect.ForgetProgram forget) {
                programs.remove(forget.stageId());
            } else if (effect instanceof ExecutorEffect.DropShuffle drop) {
                io.run(() -> blocks.dropShuffle(drop.shuffleId()));
            } else if (effect instanceof ExecutorEffect.DropMapOutput drop) {
                io.run(() -> blocks.dropMapOutput(drop.shuffleId(), drop.attempt()));
            } else if (effect instanceof ExecutorEffect.DropResult drop) {
                io.run(() -> blocks.dropResult(drop.attempt()));
            } else if (effect instanceof ExecutorEffect.DropCachedSet drop) {
                io.run(() -> cacheStore.dropSet(drop.setId(), drop.epoch()));
            } else if (effect instanceof ExecutorEffect.CopyMapOutput copy) {
                io.run(() ->
                        loop.post(new ExecutorEvent.MapOutputCopied(copy.shuffleId(), copy.attempt(), copyOf(copy))));
            } else if (effect instanceof ExecutorEffect.CopyCachedBlock copy) {
                io.run(() -> CacheCopy.copy(
                        cacheStore,
                        copy.block(),
                        copy.level(),
                        () -> cache.openAt(copy.block(), List.of(copy.from()))));
            } else if (effect instanceof ExecutorEffect.DropCachedBlock drop) {
                io.run(() -> cacheStore.drop(drop.block()));
            } else if (effect instanceof ExecutorEffect.DropBroadcast drop) {
                io.run(() -> {
                    blocks.dropBroadcast(drop.broadcastId());
                    loop.post(new ExecutorEvent.BroadcastDropped(drop.broadcastId()));
                });
            } else if (effect instanceof ExecutorEffect.Exit exit) {
                host.exit(exit.code(), exit.reason());
            }
        }

        @Override
        public Object inStory(Object eventOrEffect) {
            return StoryForm.of(eventOrEffect);
        }

        @Override
        public void onDefect(Throwable defect, Story story) {
            LOG.error(
                    "a defect of Kindling ended the loop of executor {}; it did last:\n{}",
                    setup.executorId(),
                    story,
                    defect);
            host.exit(ExecutorMain.EXIT_DEFECT, "a defect: " + defect);
        }
    }
}
