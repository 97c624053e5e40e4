package dev.kindling.driver.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The client's side of {@code --deploy-mode cluster}: starts the driver in a process that survives this one, copies
 * what it writes, and ends with its exit code. A client that is interrupted ends the application; one that detaches
 * leaves it running.
 */
final class ClusterClient {
    /** How often new output is looked for: nobody sees a frame later than this. */
    private static final long POLL_MS = 20;

    private static final long TERM_WAIT_MS = 5_000;
    private static final long EXIT_CODE_WAIT_MS = 2_000;

    /**
     * Runs Java with its output in files and its exit code in another. The shell ignores the terminal's signals, and
     * Java, as a background command of it, does too: the driver ends when it is done or told to.
     */
    private static final String LAUNCH = """
        umask 077
        trap '' INT HUP
        cd "$KINDLING_WORKING_DIR" || exit 1
        dir=$KINDLING_APPLICATION_DIR
        "$@" </dev/null >"$dir/out" 2>"$dir/err" &
        echo $! >"$dir/pid.next" && mv "$dir/pid.next" "$dir/pid"
        wait $!
        code=$?
        [ -d "$dir" ] && echo $code >"$dir/exit.next" && mv "$dir/exit.next" "$dir/exit"
        """;

    private ClusterClient() {}

    /** The exit code for this process. */
    static int run(String name, boolean isDetached) throws IOException {
        List<String> command = new ArrayList<>(List.of("kindling"));
        command.addAll(Main.arguments());
        DetachedApplication application = DetachedApplication.create(command);
        start(application, isDetached);
        if (isDetached) {
            System.out.println(application.id());
            System.err.println(name + " runs as " + application.id() + "; kindling status " + application.id()
                    + " tells how it goes, kindling kill " + application.id() + " ends it");
            return Main.DONE;
        }
        return follow(application);
    }

    private static void start(DetachedApplication application, boolean isDetached) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCH, "kindling-driver"));
        command.addAll(javaCommand());
        command.addAll(Main.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(application.directory().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .put(
                        DetachedApplication.DIRECTORY_VARIABLE,
                        application.directory().toString());
        builder.environment()
                .put("KINDLING_WORKING_DIR", Path.of("").toAbsolutePath().toString());
        if (isDetached) {
            builder.environment().remove(Terminal.COLUMNS_VARIABLE);
        }
        builder.start();
    }

    /** This very Java with the flags it was started with. */
    private static List<String> javaCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        return command;
    }

    private static int follow(DetachedApplication application) throws IOException {
        Thread onInterrupt = new Thread(() -> endQuietly(application), "kindling-interrupted");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        Terminal terminal = Terminal.ofStandardError();
        int exitCode;
        try (ProgressFilter messages = new ProgressFilter(terminal, System.err);
                Tail out = new Tail(application.directory().resolve("out"), System.out);
                Tail err = new Tail(application.directory().resolve("err"), messages)) {
            DetachedApplication.State state = application.state();
            while (state == DetachedApplication.State.RUNNING) {
                out.copyNew();
                err.copyNew();
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
                state = application.state();
            }
            OptionalInt said = awaitExitCode(application);
            // Whoever has written its exit code has written all else.
            out.copyNew();
            err.copyNew();
            if (said.isEmpty()) {
                System.err.println("kindling: the driver process of " + application.id()
                        + " went away without an exit code; was the machine short of memory?");
            }
            exitCode = said.orElse(Main.FAILED);
        } catch (InterruptedException e) {
            endQuietly(application);
            return Main.FAILED;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
            application.delete();
        } catch (IllegalStateException e) {
            // The JVM is ending already: the hook does what is left.
        }
        return exitCode;
    }

    /** The shell writes it a moment after the driver is gone. */
    private static OptionalInt awaitExitCode(DetachedApplication application) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + EXIT_CODE_WAIT_MS * 1_000_000;
        OptionalInt exitCode = application.exitCode();
        while (exitCode.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            exitCode = application.exitCode();
        }
        return exitCode;
    }

    private static void endQuietly(DetachedApplication application) {
        try {
            end(application);
            application.delete();
        } catch (IOException e) {
            System.err.println("kindling: cannot tidy up " + application.directory() + ": " + e.getMessage());
        }
    }

    /** Asks the driver to end and, when it does not, makes it; false when it had ended already. */
    static boolean end(DetachedApplication application) throws IOException {
        ProcessHandle driver = application.process().orElse(null);
        if (driver == null) {
            return false;
        }
        driver.destroy();
        if (!isGone(driver, TERM_WAIT_MS)) {
            driver.destroyForcibly();
            isGone(driver, TERM_WAIT_MS);
        }
        return true;
    }

    private static boolean isGone(ProcessHandle process, long withinMs) {
        long deadline = System.nanoTime() + withinMs * 1_000_000;
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return !process.isAlive();
    }

    /** Copies what is added to a file that another process writes. */
    private static final class Tail implements AutoCloseable {
        private final Path file;
        private final OutputStream to;
        private final byte[] buffer = new byte[1 << 16];
        private RandomAccessFile from;

        Tail(Path file, OutputStream to) {
            this.file = file;
            this.to = to;
        }

        void copyNew() throws IOException {
            if (from == null && Files.exists(file)) {
                from = new RandomAccessFile(file.toFile(), "r");
            }
            if (from == null) {
                return;
            }
            int length = from.read(buffer);
            while (length > 0) {
                to.write(buffer, 0, length);
                length = from.read(buffer);
            }
            to.flush();
        }

        @Override
        public void close() throws IOException {
            if (from != null) {
                from.close();
            }
        }
    }
}
