package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.driver.cli.CliCommand;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
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
        subcommands = {YarnCommand.ListCommand.class, YarnCommand.LogsCommand.class, YarnCommand.KillCommand.class})
public final class YarnCommand implements CliCommand {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given; use one of list, logs, kill");
    }

    /** What is asked of the cluster. */
    private interface Question {
        int ask(Submission cluster) throws IOException, YarnException;
    }

    private static int ask(Question question) {
        Configuration settings = YarnLauncher.settingsOf(Config.defaults());
        // Says what is missing in one sentence, where the client would try for minutes.
        ResourceManagerAddress.of(settings);
        try (Submission cluster = new Submission(Config.defaults(), settings)) {
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
        private static final Set<YarnApplicationState> UNFINISHED = EnumSet.of(
                YarnApplicationState.NEW,
                YarnApplicationState.NEW_SAVING,
                YarnApplicationState.SUBMITTED,
                YarnApplicationState.ACCEPTED,
                YarnApplicationState.RUNNING);

        @Option(names = "--all", description = "Also those that have ended.")
        private boolean isAll;

        @Override
        public Integer call() {
            return ask(cluster -> {
                EnumSet<YarnApplicationState> states =
                        isAll ? EnumSet.allOf(YarnApplicationState.class) : EnumSet.copyOf(UNFINISHED);
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
