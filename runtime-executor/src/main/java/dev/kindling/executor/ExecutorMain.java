package dev.kindling.executor;

import dev.kindling.executor.core.ExecutorCore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An executor process. It is told what it must know through standard input, which its launcher keeps open: when that
 * ends, or the connection to the driver does, so does the process. It takes no arguments.
 */
public final class ExecutorMain {
    /** Something of ours went wrong; what it was stands in the process's output. */
    static final int EXIT_DEFECT = 1;

    private static final long EXIT_WITHIN_MS = 2_000;

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

    /** Where an executor whose driver is gone hears of the one that takes its place. */
    @FunctionalInterface
    public interface NextDriver {
        /**
         * Waits, within a bound of its own.
         *
         * @param last what the executor was told last
         * @return empty when there will be none
         */
        Optional<ExecutorBootstrap> await(ExecutorBootstrap last) throws IOException;
    }

    /**
     * Is this process's executor, as long as the driver wants it and {@code launcher} lasts. Ends the process.
     *
     * @param launcher ends when whoever started the process is gone
     */
    public static void start(BootstrapSource bootstrap, InputStream launcher) {
        try {
            ExecutorLife life = ExecutorLife.begin(bootstrap.read(), ExecutorMain::exit);
            awaitEnd(launcher);
            life.executor().driverGone("its process has ended");
            // The executor ends the process and closes its connections before. Were this thread to return, the JVM
            // would
            // end at once, and wait 300 ms for threads that wait for the network.
            TimeUnit.MILLISECONDS.sleep(EXIT_WITHIN_MS);
            exit(ExecutorCore.EXIT_WITHOUT_DRIVER, "the driver's process has ended");
        } catch (InterruptedException e) {
            exit(EXIT_DEFECT, "the executor's main thread was interrupted");
        } catch (IOException | RuntimeException e) {
            exit(EXIT_DEFECT, "the executor cannot start: " + e);
        }
    }

    /**
     * Is one executor after the other in one process, each with nothing of the one before, as long as drivers follow each
     * other. Ends the process when none does, and at once when the driver has told the executor to end.
     *
     * @param next waited for when the driver cannot be reached any more
     */
    public static void start(BootstrapSource bootstrap, NextDriver next) {
        try {
            ExecutorBootstrap told = bootstrap.read();
            while (true) {
                CompletableFuture<String> lost = new CompletableFuture<>();
                ExecutorLife life = ExecutorLife.begin(told, (code, reason) -> {
                    if (code == ExecutorCore.EXIT_WITHOUT_DRIVER) {
                        lost.complete(reason);
                    } else {
                        exit(code, reason);
                    }
                });
                String why = lost.join();
                life.close();
                // A function that ignores interrupts would go on beside those of the next driver.
                Optional<ExecutorBootstrap> then = life.isQuiet() ? next.await(told) : Optional.empty();
                if (then.isEmpty()) {
                    exit(ExecutorCore.EXIT_WITHOUT_DRIVER, why);
                    return;
                }
                told = then.get();
                System.err.println("the driver was lost (" + why + "); this process is executor " + told.executorId()
                        + " of the next one from now on");
            }
        } catch (IOException | RuntimeException e) {
            exit(EXIT_DEFECT, "the executor cannot start: " + e);
        }
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
}
