package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.driver.cli.CliCommand;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.cli.LogsCLI;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.webapp.util.WebServiceClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kindling yarn}: applications of ours on the cluster that {@code HADOOP_CONF_DIR} describes. */
@Command(
        name = "yarn",
        description = "Applications on the YARN cluster that HADOOP_CONF_DIR describes.",
        mixinStandardHelpOptions = true,
        subcommands = {
            YarnCommand.ListCommand.class,
            YarnCommand.LogsCommand.class,
            YarnCommand.KillCommand.class,
            YarnCommand.CleanCommand.class
        })
public final class YarnCommand implements CliCommand {
    private static final EnumSet<YarnApplicationState> UNFINISHED = EnumSet.of(
            YarnApplicationState.NEW,
            YarnApplicationState.NEW_SAVING,
            YarnApplicationState.SUBMITTED,
            YarnApplicationState.ACCEPTED,
            YarnApplicationState.RUNNING);

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given; use one of list, logs, kill, clean");
    }

    @Override
    public void train(java.nio.file.Path scratch) throws IOException, InterruptedException {
        Rehearsal.perform(scratch);
    }

    /** What is asked of the cluster. */
    private interface Question {
        int ask(Submission cluster) throws IOException, YarnException;
    }

    private static int ask(Question question) {
        return ask(Config.defaults(), question);
    }

    private static int ask(Config config, Question question) {
        Configuration settings = YarnLauncher.settingsOf(config);
        // Says what is missing in one sentence, where the client would try for minutes.
        ResourceManagerAddress.of(settings);
        try (Submission cluster = new Submission(config, settings)) {
            return question.ask(cluster);
        } catch (IOException | YarnException e) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES, "the cluster says: " + Submission.firstLine(e.getMessage()), e);
        }
    }

    private static ApplicationId parse(CommandSpec spec, String id) {
        try {
            return ApplicationId.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), id + " is no application; kindling yarn list --all shows them");
        }
    }

    /** {@code kindling yarn list}. */
    @Command(name = "list", description = "Shows them, newest first.", mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        @Option(names = "--all", description = "Also those that have ended.")
        private boolean isAll;

        @Override
        public Integer call() {
            return ask(cluster -> {
                EnumSet<YarnApplicationState> states = isAll ? EnumSet.allOf(YarnApplicationState.class) : UNFINISHED;
                List<ApplicationReport> found = cluster.client().getApplications(Set.of(Submission.TYPE), states);
                found.stream()
                        .sorted(Comparator.comparing(ApplicationReport::getApplicationId)
                                .reversed())
                        .forEach(ListCommand::print);
                if (found.isEmpty()) {
                    System.err.println(isAll ? "there are none" : "none runs; --all shows those that have ended, too");
                }
                return 0;
            });
        }

        private static void print(ApplicationReport report) {
            boolean isOver = Submission.isOver(report.getYarnApplicationState());
            System.out.printf(
                    "%s  %-9s  %s  %s  %s  %s%n",
                    report.getApplicationId(),
                    isOver ? report.getFinalApplicationStatus() : report.getYarnApplicationState(),
                    Instant.ofEpochMilli(report.getStartTime()).toString().substring(0, 19),
                    report.getUser(),
                    report.getQueue(),
                    report.getName());
        }
    }

    /** {@code kindling yarn kill}. */
    @Command(name = "kill", description = "Ends one.", mixinStandardHelpOptions = true)
    static final class KillCommand implements Callable<Integer> {
        @Parameters(paramLabel = "ID", description = "Such as application_1700000000000_0001.")
        private String id;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            ApplicationId application = parse(spec, id);
            return ask(cluster -> {
                ApplicationReport report = cluster.client().getApplicationReport(application);
                if (Submission.isOver(report.getYarnApplicationState())) {
                    System.err.println(id + " has ended already: " + report.getFinalApplicationStatus());
                    return 1;
                }
                cluster.client().killApplication(application);
                return 0;
            });
        }
    }

    /** {@code kindling yarn clean}. */
    @Command(
            name = "clean",
            description =
                    "Deletes what lies in the staging directory for the next application and was not used for long."
                            + " What an application that runs may need stays.",
            mixinStandardHelpOptions = true)
    static final class CleanCommand implements Callable<Integer> {
        private static final int LEAST_DAYS = 2;

        @Option(
                names = "--unused-for",
                paramLabel = "DAYS",
                defaultValue = "30",
                description = "How long not; ${DEFAULT-VALUE} when nobody says it, and 2 at least.")
        private int days;

        @Option(names = "--dry-run", description = "Says what would be deleted.")
        private boolean isTrial;

        @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting; see kindling config.")
        private Map<String, String> conf = new TreeMap<>();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            if (days < LEAST_DAYS) {
                throw new ParameterException(
                        spec.commandLine(), "--unused-for must be " + LEAST_DAYS + " at least: use is noted to a day");
            }
            Config config = Config.parse(conf);
            return ask(config, cluster -> {
                String user = MasterSession.user();
                OptionalLong firstStartMs =
                        cluster.client().getApplications(Set.of(Submission.TYPE), UNFINISHED).stream()
                                .filter(application -> application.getUser().equals(user))
                                .mapToLong(ApplicationReport::getStartTime)
                                .min();
                long usedBeforeMs = ContentStore.usedBeforeMs(
                        System.currentTimeMillis(), TimeUnit.DAYS.toMillis(days), firstStartMs);
                Configuration settings = YarnLauncher.settingsOf(config);
                Path staging = YarnLauncher.stagingDirectory(config, settings, user);
                FileSystem files = staging.getFileSystem(settings);
                ContentStore.Cleared cleared = RuntimeFiles.shared(files, staging, user)
                        .clear(usedBeforeMs, isTrial)
                        .plus(RuntimeFiles.own(files, staging, user).clear(usedBeforeMs, isTrial));
                System.out.printf(
                        "%s %d of %d entries (%s) of %s, not used since %s%n",
                        isTrial ? "would delete" : "deleted",
                        cleared.entries(),
                        cleared.of(),
                        ByteSizes.format(cleared.bytes()),
                        staging,
                        Instant.ofEpochMilli(usedBeforeMs).toString().substring(0, 10));
                return 0;
            });
        }
    }

    /** {@code kindling yarn logs}. */
    @Command(
            name = "logs",
            description = "Prints what driver and executors of one wrote, as far as the cluster keeps it.",
            mixinStandardHelpOptions = true)
    static final class LogsCommand implements Callable<Integer> {
        @Parameters(paramLabel = "ID", description = "Such as application_1700000000000_0001.")
        private String id;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            parse(spec, id);
            Configuration settings = YarnLauncher.settingsOf(Config.defaults());
            ResourceManagerAddress.of(settings);
            LogsCLI logs = new LogsCLI();
            WebServiceClient.initialize(settings);
            logs.setConf(new YarnConfiguration(settings));
            return logs.run(new String[] {"-applicationId", id}) == 0 ? 0 : 1;
        }
    }
}
