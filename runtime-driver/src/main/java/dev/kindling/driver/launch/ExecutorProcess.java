package dev.kindling.driver.launch;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.config.MemoryMap;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.executor.ExecutorBootstrap;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One executor process, from its start to its end, followed by a thread of its own. Any thread may end it. */
final class ExecutorProcess {
    /** By a signal that cannot be caught. */
    private static final int KILLED = 137;

    private final ExecutorBootstrap bootstrap;
    private final List<String> command;
    private final Path directory;
    private final OutputLog log;
    private final ClusterLauncher.Listener listener;
    private final Runnable whenGone;
    private final CgroupMemory container = CgroupMemory.ofThisProcess();
    private final Thread thread;
    private Process process;
    private boolean isKilled;

    /**
     * @param logs where it runs and leaves its log
     * @param whenGone called after the listener, at the end of all
     */
    ExecutorProcess(
            ExecutorBootstrap bootstrap,
            List<String> command,
            Path logs,
            ClusterLauncher.Listener listener,
            Runnable whenGone) {
        this.bootstrap = bootstrap;
        this.command = command;
        this.directory = logs;
        this.log = OutputLog.of(bootstrap.executorId(), logs);
        this.listener = listener;
        this.whenGone = whenGone;
        this.thread = new Thread(this::follow, "executor-process-" + bootstrap.executorId());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void follow() {
        String executorId = bootstrap.executorId();
        try {
            long killsBefore = container.kills();
            Process started = startProcess();
            while (!started.waitFor(1, TimeUnit.SECONDS)) {
                log.trim();
            }
            listener.executorExited(executorId, reasonOf(started.exitValue(), killsBefore));
        } catch (IOException e) {
            listener.executorExited(executorId, ExitReasons.notStarted(e.getMessage()));
        } catch (InterruptedException e) {
            // Nobody interrupts this thread while the driver lives; without it nobody would follow the process.
            kill();
        } finally {
            whenGone.run();
        }
    }

    private ExitReason reasonOf(int exitCode, long killsBefore) {
        MemoryMap memory = MemoryMap.ofProcess(bootstrap.memoryBytes(), bootstrap.cores());
        return exitCode == KILLED && container.kills() > killsBefore
                ? ExitReasons.overMemoryLimit(exitCode, container.limitBytes(), memory)
                : ExitReasons.ofProcess(exitCode, memory, log.tail());
    }

    private Process startProcess() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.redirect())
                .directory(directory.toFile());
        synchronized (this) {
            if (isKilled) {
                throw new IOException("the application ends");
            }
            process = builder.start();
        }
        try {
            // Left open: its end tells the process that the driver is gone.
            bootstrap.write(new DataOutputStream(process.getOutputStream()));
        } catch (IOException e) {
            // It ended before it read a word; what it wrote and its exit code say why.
        }
        return process;
    }

    /** Tells it that there will be no driver; it has been told to end before. */
    synchronized void endInput() {
        if (process != null) {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                // It has ended.
            }
        }
    }

    /** Ends it at once. */
    synchronized void kill() {
        isKilled = true;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Whether process and thread are gone, at the latest {@code withinMs} from now. */
    boolean isGone(long withinMs) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(Math.max(1, withinMs));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
