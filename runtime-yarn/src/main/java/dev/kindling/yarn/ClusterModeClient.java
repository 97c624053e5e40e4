package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.UiKeys;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.launch.EngineClassPath;
import dev.kindling.driver.launch.ExecutorJvm;
import dev.kindling.driver.launch.SubmittedProgram;
import dev.kindling.storage.IdentityProperties;
import dev.kindling.util.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * The client's side of a driver in the cluster: sends what it needs, submits it, says how it goes, and ends with its exit
 * code. A client that is interrupted ends the application; one that detaches leaves it running.
 */
final class ClusterModeClient {
    /** How the driver tells its exit code, among what the ResourceManager keeps of it. */
    static final String EXIT_CODE = "exit code ";

    private static final Pattern TOLD_EXIT_CODE = Pattern.compile("(?s).*?\\b" + EXIT_CODE + "(\\d{1,3})\\b.*");
    /** Of its page strangers reach the port, and get no further than a request. */
    private static final List<String> PAGE_LIMITS =
            List.of("-Dsun.net.httpserver.maxReqTime=20", "-Djdk.httpserver.maxConnections=64");

    private static final String USERS = "user/";
    private static final long POLL_MS = 200;
    private static final int FAILED = 1;

    private final SubmittedProgram program;
    private final Config config;
    private final Configuration settings;

    ClusterModeClient(SubmittedProgram program) {
        this.program = program;
        this.config = Config.parse(program.settings());
        this.settings = YarnLauncher.settingsOf(config);
    }

    int run() throws IOException {
        // Says what is missing in one sentence, where the client would try for minutes.
        ResourceManagerAddress.of(settings);
        try (Submission submission = new Submission(config, settings)) {
            submit(submission);
            if (program.isDetached()) {
                System.out.println(submission.id());
                System.err.println("submitted " + submission.id()
                        + "; kindling yarn list tells how it goes, kindling yarn kill " + submission.id() + " ends it");
                return 0;
            }
            return follow(submission);
        } catch (YarnException e) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES, "cannot start an application on YARN: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private void submit(Submission submission) throws IOException, YarnException {
        ApplicationSubmissionContext context = submission.newContext();
        Map<String, Path> users = new TreeMap<>();
        List<String> command = command(users);
        ContainerFiles drivers = ship(users);
        Credentials credentials = FileTokens.obtain(config, settings);
        new DriverOrder(command, IdentityProperties.forOtherMachines(), drivers.without(users.keySet()))
                .addTo(credentials);
        Handover.of(
                        YarnLauncher.stagingDirectory(config, settings, MasterSession.user()),
                        submission.id().toString())
                .addTo(credentials);
        // Executors of a driver whose container ends wait for the next one.
        context.setKeepContainersAcrossApplicationAttempts(true);
        long heapMb = config.get(YarnKeys.DRIVER_MEMORY) >> 20;
        context.setAMContainerSpec(ContainerCommand.of(config, drivers, shell(drivers, heapMb), credentials));
        context.setResource(Resource.newInstance(ExecutorSize.containerMb(heapMb, 1, config), 1));
        if (!config.get(YarnKeys.AM_LABEL).isEmpty()) {
            context.setNodeLabelExpression(config.get(YarnKeys.AM_LABEL));
        }
        submission.submit(context);
    }

    private ContainerFiles ship(Map<String, Path> users) throws IOException {
        Path scratch = Files.createTempDirectory("kindling-submit-");
        try {
            // What a driver with a command line needs beside what executors do.
            List<Path> drivers = Stream.of(
                            EngineClassPath.class.getName(),
                            "picocli.CommandLine",
                            "ch.qos.logback.classic.Logger",
                            "ch.qos.logback.core.Appender")
                    .map(name -> EngineClassPath.entryOf(name, scratch))
                    .toList();
            String user = MasterSession.user();
            return new RuntimeFiles(config, settings, YarnLauncher.stagingDirectory(config, settings, user), user)
                    .ship(drivers, users, scratch);
        } finally {
            FileTrees.delete(scratch);
        }
    }

    /** The command that a client would run, with the files where the container has them. */
    private List<String> command(Map<String, Path> users) {
        List<String> command = new ArrayList<>(List.of("submit", "--master", YarnMasters.MASTER));
        // Runs are kept on machines of users, who also look at progress.
        command.addAll(List.of("--conf", UiKeys.RUNS_KEPT.name() + "=0", "--conf", UiKeys.PROGRESS.name() + "=false"));
        if (!program.settings().containsKey(UiKeys.PORT.name())) {
            // Drivers of several applications may be on one node, and nobody has to know the port.
            command.addAll(List.of("--conf", UiKeys.PORT.name() + "=0"));
        }
        new TreeMap<>(program.settings()).forEach((name, value) -> {
            if (!name.startsWith("kindling.runs.") && !name.equals(UiKeys.PROGRESS.name())) {
                command.addAll(List.of("--conf", name + "=" + value));
            }
        });
        program.mainClass().ifPresent(mainClass -> command.addAll(List.of("--class", mainClass)));
        addFiles(command, "--jars", program.jars(), users);
        addFiles(command, "--files", program.files(), users);
        command.add(inContainer(program.jar(), users));
        command.addAll(program.arguments());
        return command;
    }

    private static void addFiles(List<String> command, String option, List<Path> files, Map<String, Path> users) {
        if (!files.isEmpty()) {
            List<String> there =
                    files.stream().map(file -> inContainer(file, users)).toList();
            command.addAll(List.of(option, String.join(",", there)));
        }
    }

    /** Names stay as they are, for tasks find files by them; two of one name lie in directories of their own. */
    private static String inContainer(Path file, Map<String, Path> users) {
        String name = USERS + users.size() + "/" + file.getFileName();
        users.put(name, file);
        return name;
    }

    /** Java, and then Java once more to tell of an end that the first one could not tell of. */
    private String shell(ContainerFiles drivers, long heapMb) {
        List<String> options = ExecutorJvm.options(heapMb, 1, ContainerCommand.inWorkingDirectory("tmp"), PAGE_LIMITS);
        String java = String.join(
                " ", ContainerCommand.java(config, drivers, options, List.of(ApplicationMaster.class.getName())));
        String logs = ApplicationConstants.LOG_DIR_EXPANSION_VAR;
        return "{ " + java + "; code=$?; [ -e " + ApplicationMaster.FINISHED_FILE + " ] || [ $code -ge 128 ] || " + java
                + " " + ApplicationMaster.FINISH + " $code; exit $code; } 1>" + logs + "/stdout 2>" + logs + "/stderr";
    }

    private int follow(Submission submission) throws IOException, YarnException, InterruptedException {
        Thread onInterrupt = new Thread(() -> killQuietly(submission), "kindling-interrupted");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        ApplicationReport end;
        try {
            end = awaitEnd(submission);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            } catch (IllegalStateException e) {
                // The JVM is ending already: the hook does what is left.
            }
        }
        return exitCode(end);
    }

    private ApplicationReport awaitEnd(Submission submission) throws IOException, YarnException, InterruptedException {
        Submission.WaitingNotice notice = new Submission.WaitingNotice();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.get(YarnKeys.ACCEPT_TIMEOUT_MS));
        boolean hasRun = false;
        ApplicationReport report = submission.client().getApplicationReport(submission.id());
        while (!Submission.isOver(report.getYarnApplicationState())) {
            boolean isRunning = report.getYarnApplicationState() == YarnApplicationState.RUNNING;
            if (isRunning && !hasRun) {
                hasRun = true;
                System.err.println(submission.id() + " runs on " + report.getHost()
                        + (config.get(UiKeys.ENABLED)
                                ? ", and is shown at "
                                        + YarnPageProxy.pagesOf(submission.id().toString(), settings)
                                : ""));
            } else if (!hasRun) {
                notice.heard(report);
                if (System.nanoTime() > deadlineNanos) {
                    submission.kill();
                    throw submission.notAccepted(report);
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            report = submission.client().getApplicationReport(submission.id());
        }
        return report;
    }

    /** That of the driver, when it told one. */
    private static int exitCode(ApplicationReport report) {
        if (report.getFinalApplicationStatus() == FinalApplicationStatus.SUCCEEDED) {
            System.err.println(report.getApplicationId() + " succeeded");
            return 0;
        }
        String said =
                report.getDiagnostics() == null ? "" : report.getDiagnostics().strip();
        System.err.println("kindling: " + report.getApplicationId() + " "
                + (report.getYarnApplicationState() == YarnApplicationState.KILLED ? "was killed" : "failed")
                + (said.isEmpty() ? "" : ": " + said));
        System.err.println("kindling yarn logs " + report.getApplicationId() + " shows what it wrote");
        Matcher code = TOLD_EXIT_CODE.matcher(said);
        return code.matches() && Integer.parseInt(code.group(1)) > 0 ? Integer.parseInt(code.group(1)) : FAILED;
    }

    private static void killQuietly(Submission submission) {
        try {
            submission.kill();
        } catch (IOException | YarnException e) {
            System.err.println("kindling: cannot end " + submission.id() + ": " + e.getMessage());
        }
    }
}
