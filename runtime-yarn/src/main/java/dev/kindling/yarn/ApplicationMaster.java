package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.driver.cli.Main;
import dev.kindling.storage.IdentityProperties;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * A driver in the cluster: registers its container's application, runs the very command that a client would run, and
 * tells the ResourceManager how that ended and by whose fault. Contexts that the program makes ask for their executors
 * through the application of this process.
 *
 * <p>A program that ends the JVM itself gets no further; then the shell around starts this once more, with
 * {@value #FINISH} and the exit code, to say so. A driver that is killed says nothing, and YARN tries again.
 */
public final class ApplicationMaster {
    static final String FINISH = "--finish";

    /** Made when the ResourceManager knows how it ended. */
    static final String FINISHED_FILE = "kindling.finished";

    private static final int DEFECT = 1;

    private ApplicationMaster() {}

    public static void main(String[] args) {
        int exitCode;
        try {
            exitCode = run(args);
        } catch (IOException | YarnException | RuntimeException e) {
            System.err.println("kindling: the driver's container cannot be an application's master: " + e);
            exitCode = DEFECT;
        }
        System.exit(exitCode);
    }

    private static int run(String... args) throws IOException, YarnException {
        Configuration settings = YarnLauncher.settingsOf(Config.defaults());
        if (args.length == 2 && args[0].equals(FINISH)) {
            // Its first process has registered the application, and cannot any more say how it ended.
            int exitCode = Integer.parseInt(args[1]);
            ContainerAgent agent = new ContainerAgent(MasterSession.FIRST_HEARTBEAT_MS);
            agent.connect(settings);
            finish(
                    agent,
                    exitCode,
                    "the program ended the driver by System.exit, or the driver's Java could not go on");
            return exitCode;
        }
        DriverOrder order = DriverOrder.ofThisContainer()
                .orElseThrow(() -> new IOException("this is started by YARN, not by hand"));
        IdentityProperties.set(order.identity());
        MasterSession.OfContainer session = MasterSession.OfContainer.register(settings, order.files());
        LastComplaint complaints = new LastComplaint(System.err);
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        int exitCode = Main.run(order.command().toArray(String[]::new));
        System.out.flush();
        session.handover().filter(handover -> session.attempt() > 1).ifPresent(handover -> forget(handover, settings));
        finish(session.agent(), exitCode, complaints.last());
        return exitCode;
    }

    /** What stays is cleared away by {@code kindling yarn clean}; how the program ended does not depend on it. */
    private static void forget(Handover handover, Configuration settings) {
        try {
            handover.forget(settings);
        } catch (IOException e) {
            System.err.println("cannot delete " + handover.directory() + ": " + e.getMessage());
        }
    }

    /** Exit codes 0, 1 and 2 mean what they mean for every command. */
    private static void finish(ContainerAgent agent, int exitCode, String why) throws IOException {
        agent.finish(
                exitCode == 0 ? FinalApplicationStatus.SUCCEEDED : FinalApplicationStatus.FAILED,
                exitCode == 0 ? "" : ClusterModeClient.EXIT_CODE + exitCode + ": " + why,
                "");
        agent.close();
        Files.createFile(Path.of(FINISHED_FILE));
    }

    /** Passes everything on, and remembers the last line in which a command said why it failed. */
    private static final class LastComplaint extends OutputStream {
        private static final String START = "kindling: ";
        private static final int MAX_LINE_BYTES = 8 << 10;

        private final OutputStream target;
        private final byte[] line = new byte[MAX_LINE_BYTES];
        private int length;
        private String last = "";

        LastComplaint(OutputStream target) {
            this.target = target;
        }

        @Override
        public synchronized void write(int next) throws IOException {
            target.write(next);
            if (next == '\n') {
                String text = new String(line, 0, length, StandardCharsets.UTF_8);
                if (text.startsWith(START)) {
                    last = text.substring(START.length());
                }
                length = 0;
            } else if (length < MAX_LINE_BYTES) {
                line[length++] = (byte) next;
            }
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }

        synchronized String last() {
            return last;
        }
    }
}
