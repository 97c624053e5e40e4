package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.core.AllocationSettings;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.ExecutorJvm;
import dev.kindling.driver.launch.LaunchContext;
import dev.kindling.driver.ui.PageProxy;
import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.loop.EventLoop;
import dev.kindling.loop.LoopWatch;
import dev.kindling.loop.Story;
import dev.kindling.storage.IdentityProperties;
import dev.kindling.storage.hdfs.HadoopSettings;
import dev.kindling.util.Durations;
import dev.kindling.util.Secret;
import dev.kindling.yarn.core.AppMasterCore;
import dev.kindling.yarn.core.AppMasterEffect;
import dev.kindling.yarn.core.AppMasterEvent;
import dev.kindling.yarn.core.AppMasterSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executors as containers of YARN: the shell around {@link AppMasterCore}. The driver's own process is the application's
 * master, so what decides about containers hears of executors by a method call, and no container is waited for before
 * the first executor's. While the application is being registered the runtime is sent to the cluster, where it is
 * missing; containers that come earlier wait for that.
 *
 * <p>One thread, {@code am-loop}, owns the core; {@code yarn-files} sends files and ends;
 * {@code yarn-asks} asks for containers.
 */
final class YarnLauncher implements ClusterLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(YarnLauncher.class);

    private static final int LEAST_MAX_FAILURES = 8;
    private static final int MAX_FAILURES_ON_NODE = 3;
    private static final long IDLE_MS = 1_000;

    private static final long SLOW_AFTER_MS = 10_000;
    private static final long HUNG_AFTER_MS = 120_000;

    private final LaunchContext context;
    private final Config config;
    private final ExecutorSize size;
    private final ExecutorLabels labels;
    private final Configuration settings;
    private final EventLoop<AppMasterEvent, AppMasterEffect> loop;
    /** Leaves word for executors that are taken over; has no thread while there are none. */
    private final ThreadPoolExecutor handovers = oneThread("yarn-files");
    /** Asks for containers, for which racks of hosts may have to be found; has no thread while nothing changes. */
    private final ThreadPoolExecutor asks = oneThread("yarn-asks");

    private final AtomicReference<AppMasterEffect.AskFor> waitingAsk = new AtomicReference<>();

    /** Used by the thread of heartbeats. */
    private final LoopWatch watch = new LoopWatch(SLOW_AFTER_MS, HUNG_AFTER_MS);

    private Listener listener;
    // Set before the loop is told anything.
    private MasterSession session;
    private ContainerAgent agent;
    private Optional<String> failure = Optional.empty();
    private Optional<URI> page = Optional.empty();
    private volatile boolean isClosed;

    YarnLauncher(LaunchContext context) {
        this.context = context;
        this.config = Config.parse(context.settings());
        this.size = ExecutorSize.of(config);
        this.labels = ExecutorLabels.of(config);
        this.settings = settingsOf(config);
        this.loop = new EventLoop<>("am-loop", new AppMasterCore(coreSettings()), new Shell());
    }

    private static ThreadPoolExecutor oneThread(String name) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                1,
                1,
                IDLE_MS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                },
                // What comes after the end is for nobody.
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    static Configuration settingsOf(Config config) {
        Configuration settings = new YarnConfiguration(HadoopSettings.loadWithYarn(config.members(StorageKeys.HADOOP)));
        HadoopSettings.useKerberosWhereAsked(settings);
        return settings;
    }

    private AppMasterSettings coreSettings() {
        int maxFailures = config.get(YarnKeys.MAX_EXECUTOR_FAILURES);
        return new AppMasterSettings(
                size.memory(),
                size.containerMb() << 20,
                config.get(YarnKeys.LAUNCH_TIMEOUT_MS),
                config.get(YarnKeys.FAILURE_VALIDITY_MS),
                maxFailures > 0 ? maxFailures : Math.max(LEAST_MAX_FAILURES, 2 * size.count()),
                MAX_FAILURES_ON_NODE,
                config.get(YarnKeys.PREEMPTION_NOTICE_MS),
                config.get(YarnKeys.LOCALITY_WAIT_MS),
                labels.areNone() ? config.get(YarnKeys.INPUT_WAIT_MS) : 0,
                labels.elastic().isPresent()
                        ? AllocationSettings.ofCluster(config).fewest()
                        : AppMasterSettings.ALL_ALIKE);
    }

    // ---- by the driver --------------------------------------------------------------------------------------------

    @Override
    public Optional<PageProxy> pageProxy() {
        try {
            boolean isStartedHere = MasterSession.OfContainer.current().isEmpty();
            String user = MasterSession.user();
            return Optional.of(new YarnPageProxy(settings, config, context.driverHost(), user, isStartedHere));
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION, "cannot tell who starts the application: " + e.getMessage(), e);
        }
    }

    @Override
    public void shownAt(URI addressForProxy) {
        page = Optional.of(addressForProxy);
    }

    @Override
    public void start(Listener toTell) {
        listener = toTell;
        session = MasterSession.OfContainer.current().orElseGet(this::ownApplication);
        if (!session.agent().attach(loop::offer, size, labels, this::look, this::onShutdown)) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "a driver in the cluster has one context at a time; close the first one before the next is made");
        }
        agent = session.agent();
        page.ifPresent(this::show);
        loop.start();
        loop.post(new AppMasterEvent.Registered(size.count(), agent.takeKept()));
        awaitFiles();
    }

    /** No container starts without them; when they cannot be sent, no node is to blame and none is tried after the other. */
    private void awaitFiles() {
        try {
            session.files().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String why = cause instanceof NoSuchFileException
                    ? "there is no file " + cause.getMessage()
                    : cause.getMessage();
            failure = Optional.of("what containers need cannot be sent to the cluster: " + why);
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    failure.get()
                            + "; check --archives and --java-archive, and the staging directory by kindling doctor"
                            + " yarn",
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KindlingException(ErrorCode.CLOSED, "interrupted while files were sent to the cluster", e);
        }
    }

    private void show(URI addressForProxy) {
        agent.show(addressForProxy.toString());
        System.err.println("the cluster shows this run at " + YarnPageProxy.pagesOf(session.applicationId(), settings));
    }

    private MasterSession ownApplication() {
        CompletableFuture<ContainerFiles> files = new CompletableFuture<>();
        Thread sender = new Thread(() -> sendFiles(files), "yarn-files");
        sender.setDaemon(true);
        sender.start();
        return MasterSession.OfClient.open(config, settings, context.driverHost(), files);
    }

    private void sendFiles(CompletableFuture<ContainerFiles> files) {
        try {
            Path staging = stagingDirectory(config, settings, MasterSession.user());
            files.complete(new RuntimeFiles(config, settings, staging, MasterSession.user())
                    .ship(List.of(), Map.of(), context.scratch().resolve("yarn")));
        } catch (IOException | RuntimeException | LinkageError e) {
            // Whatever it is: containers and the program wait for the files.
            files.completeExceptionally(e);
        }
    }

    /** A directory of this user's own on the cluster's file system. */
    static Path stagingDirectory(Config config, Configuration settings, String user) throws IOException {
        String configured = config.get(YarnKeys.STAGING_DIR);
        if (!configured.isEmpty()) {
            Path all = new Path(configured);
            return new Path(all.getFileSystem(settings).makeQualified(all), user);
        }
        FileSystem files = FileSystem.get(settings);
        return new Path(files.makeQualified(files.getHomeDirectory()), ".kindling");
    }

    @Override
    public void registered(String executorId) {
        loop.offer(new AppMasterEvent.ExecutorRegistered(executorId));
    }

    @Override
    public void replace(String lostExecutorId) {
        loop.offer(new AppMasterEvent.ReplacementWanted(lostExecutorId));
    }

    @Override
    public void machineTakenBack(String executorId, long withinMs) {
        loop.offer(new AppMasterEvent.MachineTakenBack(executorId, withinMs));
    }

    @Override
    public void add(int count) {
        loop.offer(new AppMasterEvent.MoreWanted(count));
    }

    @Override
    public void cancel(int count) {
        loop.offer(new AppMasterEvent.FewerWanted(count));
    }

    @Override
    public void release(String executorId, String reason) {
        loop.offer(new AppMasterEvent.ExecutorReleased(executorId, reason));
    }

    @Override
    public void inputLies(SortedMap<String, Integer> taskCounts) {
        if (labels.areNone()) {
            loop.offer(new AppMasterEvent.InputLies(taskCounts));
        }
    }

    @Override
    public int totalCores() {
        return size.count() * size.cores();
    }

    @Override
    public void ending(Optional<String> why) {
        // A start that failed says more than the jobs that there were not.
        failure = failure.or(() -> why);
    }

    /** Executors were told to end; the ResourceManager ends the containers of those who do not. */
    @Override
    public void close() {
        isClosed = true;
        loop.post(new AppMasterEvent.Closing());
        loop.close();
        handovers.shutdownNow();
        asks.shutdownNow();
        if (agent != null) {
            agent.detach();
            session.close(failure);
        }
    }

    /** Whether what decides about containers still does; by the thread of heartbeats. */
    private void look() {
        LoopWatch.Finding finding = watch.look(loop.nowMs(), loop.turns());
        if (finding == LoopWatch.Finding.SLOW) {
            LOG.warn(
                    "what asks YARN for executors has not come back for {} from what it does; it is at\n{}",
                    Durations.format(watch.sameForMs()),
                    Stream.of(loop.stack()).map(frame -> "  " + frame).collect(Collectors.joining("\n")));
        } else if (finding == LoopWatch.Finding.HUNG) {
            giveUp("what asks YARN for executors (am-loop) has not come back for "
                    + Durations.format(watch.sameForMs())
                    + " from what it does; the log has where it was after " + Durations.format(SLOW_AFTER_MS)
                    + "; is the machine short of memory or its disk dead? If not, please report it");
        }
    }

    /** Without what decides, no executor would be replaced and no container given back. */
    private void giveUp(String why) {
        if (!isClosed) {
            LOG.error(why);
            session.abandon(why);
            listener.launcherFailed(why);
        }
    }

    /** The cluster has ended the application: executors go, and nobody can be asked for others. */
    private void onShutdown(String why) {
        if (!isClosed) {
            LOG.error("{}; no executor will be replaced from now on", why);
        }
    }

    // ---- what the core wants --------------------------------------------------------------------------------------

    private final class Shell implements EventLoop.Shell<AppMasterEvent, AppMasterEffect> {
        @Override
        public AppMasterEvent tick() {
            return new AppMasterEvent.Tick();
        }

        @Override
        public boolean isUrgent(AppMasterEvent event) {
            return false;
        }

        @Override
        public void perform(AppMasterEffect effect) {
            if (effect instanceof AppMasterEffect.AskFor ask) {
                askLater(ask);
            } else if (effect instanceof AppMasterEffect.StartExecutor start) {
                startExecutor(start);
            } else if (effect instanceof AppMasterEffect.TakeOver take) {
                takeOver(take);
            } else if (effect instanceof AppMasterEffect.StopContainer stop) {
                agent.stop(stop.containerId());
            } else if (effect instanceof AppMasterEffect.ReleaseContainer release) {
                agent.release(release.containerId());
            } else if (effect instanceof AppMasterEffect.ExcludeNode exclude) {
                LOG.warn("no executor goes to node {}: {}", exclude.node(), exclude.why());
                agent.exclude(List.of(ContainerAgent.hostOf(exclude.node())), List.of());
            } else if (effect instanceof AppMasterEffect.ReadmitNode readmit) {
                agent.exclude(List.of(), List.of(ContainerAgent.hostOf(readmit.node())));
            } else if (effect instanceof AppMasterEffect.RefuseExecutor refused) {
                listener.executorRequested(refused.executorId(), Secret.random(), ExecutorPlace.ANY);
                listener.executorExited(refused.executorId(), refused.reason());
            } else if (effect instanceof AppMasterEffect.TellExited exited) {
                listener.executorExited(exited.executorId(), exited.reason());
            } else if (effect instanceof AppMasterEffect.LeaveExecutor leaving) {
                listener.executorLeaving(leaving.executorId(), leaving.reason(), leaving.withinMs());
            } else if (effect instanceof AppMasterEffect.HeartbeatEvery every) {
                agent.heartbeatEvery(every.intervalMs());
            }
        }

        @Override
        public void onDefect(Throwable defect, Story story) {
            LOG.error("it did last:\n{}", story, defect);
            giveUp("a defect of Kindling ended what asks YARN for executors: " + defect
                    + "; please report it with the log's lines before this");
        }
    }

    /** Of those that wait the last one says all. */
    private void askLater(AppMasterEffect.AskFor ask) {
        if (waitingAsk.getAndSet(ask) == null) {
            asks.execute(() -> {
                AppMasterEffect.AskFor last = waitingAsk.getAndSet(null);
                agent.askFor(last.containers(), last.elastic(), last.near());
            });
        }
    }

    /** As soon as its files are there. */
    private void startExecutor(AppMasterEffect.StartExecutor start) {
        LOG.info("executor {} starts in {}", start.executorId(), start.containerId());
        Secret nonce = Secret.random();
        listener.executorRequested(start.executorId(), nonce, placeOf(start.containerId(), start.isBase()));
        session.files().whenComplete((there, failure) -> {
            try {
                if (failure != null) {
                    throw new IOException("the runtime could not be sent to the cluster: " + failure.getMessage());
                }
                agent.start(start.containerId(), command(start.executorId(), nonce, there));
            } catch (IOException e) {
                loop.offer(new AppMasterEvent.ContainerNotStarted(start.containerId(), e.getMessage()));
            }
        });
    }

    /** The file system is not waited for: what happens to the executor is told as if it had been started. */
    private void takeOver(AppMasterEffect.TakeOver take) {
        LOG.info(
                "the process in {}, of an earlier attempt, becomes executor {}", take.containerId(), take.executorId());
        Secret nonce = Secret.random();
        listener.executorRequested(take.executorId(), nonce, placeOf(take.containerId(), take.isBase()));
        Handover handover =
                session.handover().orElseThrow(() -> new IllegalStateException("kept containers without a handover"));
        handovers.execute(() -> {
            try {
                handover.tell(settings, take.containerId(), bootstrapOf(take.executorId(), nonce));
            } catch (IOException e) {
                loop.offer(new AppMasterEvent.ContainerNotStarted(take.containerId(), e.getMessage()));
            }
        });
    }

    /** On a node with several networks an executor listens at another address than the one that files are known to lie at. */
    private ExecutorPlace placeOf(String containerId, boolean isBase) {
        return new ExecutorPlace(agent.hostOfContainer(containerId), isBase);
    }

    private ContainerLaunchContext command(String executorId, Secret nonce, ContainerFiles there) throws IOException {
        Credentials credentials = new Credentials(session.tokens());
        credentials.addSecretKey(ContainerMain.BOOTSTRAP, bootstrapOf(executorId, nonce));
        session.handover().ifPresent(handover -> handover.addTo(credentials));
        return ContainerCommand.of(
                config,
                there,
                ExecutorJvm.options(
                        size.heapMb(),
                        size.cores(),
                        ContainerCommand.inWorkingDirectory("tmp"),
                        config.get(ExecutorKeys.JAVA_OPTIONS)),
                List.of(ContainerMain.class.getName()),
                credentials);
    }

    private byte[] bootstrapOf(String executorId, Secret nonce) throws IOException {
        Map<String, String> all = context.executorSettings();
        all.putAll(IdentityProperties.forOtherMachines());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ExecutorBootstrap(
                        context.applicationId(),
                        executorId,
                        // Ids are used anew by each attempt of the driver, and only then.
                        session.attempt(),
                        nonce,
                        size.cores(),
                        size.heapMb() << 20,
                        // What only the node knows is put in there.
                        List.of(),
                        "",
                        context.driverHost(),
                        context.driverPort(),
                        context.credentials(),
                        List.of(),
                        context.program().hasJars(),
                        all)
                .write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
