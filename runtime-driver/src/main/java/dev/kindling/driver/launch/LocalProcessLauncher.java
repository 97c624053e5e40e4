package dev.kindling.driver.launch;

import dev.kindling.config.Config;
import dev.kindling.driver.core.AllocationSettings;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.executor.ExecutorMain;
import dev.kindling.storage.IdentityProperties;
import dev.kindling.util.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Executors as processes of their own on this machine. Each is told all it must know through its standard input, which
 * stays open: its end is how a process learns that the driver is gone, even when the driver was killed.
 *
 * <p>One thread, {@code executor-process-e1}, starts a process, keeps its log short, and says how it ended.
 */
public final class LocalProcessLauncher implements ClusterLauncher {
    private static final long END_WITHIN_MS = 1_000;

    private final MasterUrl.LocalCluster master;
    /** Of executors that have ended, for people who look for what happened. */
    static final int KEPT_LOGS = 100;

    private final LaunchContext context;
    private final Path logs;
    private final Object lock = new Object();
    private final TreeMap<String, ExecutorProcess> processes = new TreeMap<>();
    /** Executors that have ended and whose logs are there, the oldest first. */
    private final ArrayDeque<String> ended = new ArrayDeque<>();

    private ExecutorCommand command;
    private Listener listener;
    private int lastExecutor;
    private boolean isClosed;

    public LocalProcessLauncher(MasterUrl.LocalCluster master, LaunchContext context) {
        this.master = master;
        this.context = context;
        this.logs = context.scratch().resolve("logs");
    }

    /** What is the same for all executors of the application. */
    private record ExecutorCommand(List<String> words, List<String> userClassPath) {}

    @Override
    public void start(Listener toTell) {
        listener = toTell;
        command = prepare();
        add(AllocationSettings.ofMaster(Config.parse(context.settings()), master.executors(), master.cores())
                .initial());
    }

    private ExecutorCommand prepare() {
        try {
            Files.createDirectories(logs);
            Path temporary = Files.createDirectories(context.scratch().resolve("tmp"));
            List<Path> engine = EngineClassPath.find(context.scratch().resolve("engine"));
            List<Path> user = UserClassPath.of(
                    context.program(), engine, context.scratch().resolve("user"));
            Path classPath = context.scratch().resolve("executor.classpath");
            // As words of a command line are encoded.
            Charset ofNames = Charset.forName(System.getProperty("sun.jnu.encoding"));
            Files.writeString(classPath, ExecutorJvm.classPathArguments(engine), ofNames);
            List<String> words = ExecutorJvm.command(
                    master.memoryMb(),
                    master.cores(),
                    classPath,
                    temporary,
                    context.executorJavaOptions(),
                    ExecutorMain.class.getName());
            return new ExecutorCommand(words, user.stream().map(Path::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare executor processes in " + context.scratch(), e);
        }
    }

    private void launchNext() {
        ExecutorProcess process;
        String executorId;
        Secret nonce = Secret.random();
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            executorId = "e" + ++lastExecutor;
            process = new ExecutorProcess(
                    bootstrapOf(executorId, nonce), wordsOf(lastExecutor), logs, listener, () -> forget(executorId));
            processes.put(executorId, process);
        }
        listener.executorRequested(executorId, nonce, ExecutorPlace.ANY);
        process.start();
    }

    /** Of a process that has ended; an application may lose any number. */
    private void forget(String executorId) {
        synchronized (lock) {
            processes.remove(executorId);
            ended.add(executorId);
            if (ended.size() > KEPT_LOGS) {
                OutputLog.of(ended.remove(), logs).delete();
            }
        }
    }

    private List<String> wordsOf(int executor) {
        List<String> words = new ArrayList<>();
        context.executorCommandPrefix().forEach(word -> words.add(word.replace("{n}", String.valueOf(executor))));
        words.addAll(command.words());
        return words;
    }

    /** Equal for executors that see each other's files. */
    private String hostKeyOf(String executorId) {
        return context.executorCommandPrefix().isEmpty()
                ? context.applicationId()
                : context.applicationId() + "-" + executorId;
    }

    private ExecutorBootstrap bootstrapOf(String executorId, Secret nonce) {
        return new ExecutorBootstrap(
                context.applicationId(),
                executorId,
                // Ids are never used twice, so the first incarnation is the only one.
                1,
                nonce,
                master.cores(),
                master.memoryMb() << 20,
                context.scratchDirectories().stream().map(Path::toString).toList(),
                hostKeyOf(executorId),
                context.driverHost(),
                context.driverPort(),
                context.credentials(),
                command.userClassPath(),
                context.program().hasJars(),
                settings());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = context.executorSettings();
        settings.putAll(IdentityProperties.ofThisProcess());
        return settings;
    }

    @Override
    public void replace(String lostExecutorId) {
        launchNext();
    }

    @Override
    public void add(int count) {
        for (int i = 0; i < count; i++) {
            launchNext();
        }
    }

    @Override
    public void release(String executorId, String reason) {
        ExecutorProcess process;
        synchronized (lock) {
            process = processes.remove(executorId);
        }
        if (process != null) {
            process.kill();
        }
    }

    @Override
    public int totalCores() {
        return master.executors() * master.cores();
    }

    /** Executors were asked to end before; who has not within a moment is killed. */
    @Override
    public void close() {
        List<ExecutorProcess> left;
        synchronized (lock) {
            isClosed = true;
            left = new ArrayList<>(processes.values());
        }
        // A thread of theirs that still waited for input would keep them for 300 ms.
        left.forEach(ExecutorProcess::endInput);
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_WITHIN_MS);
        for (ExecutorProcess process : left) {
            if (!process.isGone(TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()))) {
                process.kill();
            }
        }
        left.forEach(process -> process.isGone(END_WITHIN_MS));
    }
}
