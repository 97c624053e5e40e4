package dev.kindling.yarn.emr;

import dev.kindling.config.ExecutorKeys;
import dev.kindling.driver.cli.UsageError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code kindling emr step}: a program as a step. On the primary node the step fetches runtime and program from S3 and
 * submits; its exit code is the program's, so EMR's state of the step is that of the program.
 */
@Command(
        name = "step",
        description = "Prints the commands that send a program, run it as a step, wait for it and show its log.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EmrStep implements Callable<Integer> {
    /** What EMR takes as arguments of a step, in characters. */
    private static final int MAX_ARGUMENT_CHARS = 10_240;

    /** What AWS advises. */
    private static final String SPOT_POLL = "5s";

    /** How the step names what it fetches, in its working directory. */
    private static final String PROGRAM = "program/";

    @Mixin
    private EmrOptions where;

    @Option(names = "--cluster-id", required = true, paramLabel = "ID", description = "The cluster, j-...")
    private String clusterId;

    @Option(
            names = "--release",
            paramLabel = "LABEL",
            defaultValue = EmrRelease.DEFAULT,
            description = "Release of the cluster. Default: " + EmrRelease.DEFAULT)
    private String release;

    @Option(
            names = "--java-archive",
            paramLabel = "FILE",
            description = "A .tar.gz with a Java 17 or newer, for releases before 7, whose nodes have Java 8.")
    private String javaArchive;

    @Option(names = "--java-home", paramLabel = "DIR", description = "Java 17 or newer of the cluster's nodes.")
    private String javaHome;

    @Option(
            names = "--on-failure",
            paramLabel = "ACTION",
            defaultValue = "CONTINUE",
            description = {
                "What EMR does when it fails: CONTINUE, CANCEL_AND_WAIT or TERMINATE_CLUSTER. Default: CONTINUE"
            })
    private OnFailure onFailure;

    /** As EMR calls them. */
    enum OnFailure {
        CONTINUE,
        CANCEL_AND_WAIT,
        TERMINATE_CLUSTER
    }

    @Option(names = "--jars", split = ",", paramLabel = "JAR", description = "More jars for driver and executors.")
    private List<String> jars = new ArrayList<>();

    @Option(names = "--files", split = ",", paramLabel = "FILE", description = "Files for driver and executors.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting; see kindling config.")
    private Map<String, String> conf = new LinkedHashMap<>();

    @Option(
            names = "--spot",
            description = {
                "Executors ask their machines every 5 s whether they are taken back, as AWS advises for spot instances"
                        + " (kindling.executor.spotPollMs=5s), and leave before."
            })
    private boolean isOnSpot;

    @Spec
    private CommandSpec spec;

    @Option(names = "--class", paramLabel = "CLASS", description = "The class whose main runs.")
    private String mainClass;

    @Option(
            names = "--deploy-mode",
            paramLabel = "MODE",
            defaultValue = "cluster",
            description = "cluster: the driver in a container; client: on the primary node. Default: cluster")
    private String deployMode;

    @Option(names = "--num-executors", paramLabel = "N", description = "How many executors.")
    private Integer executors;

    @Option(names = "--executor-cores", paramLabel = "N", description = "Tasks at a time in each.")
    private Integer executorCores;

    @Option(names = "--executor-memory", paramLabel = "SIZE", description = "Heap of each.")
    private String executorMemory;

    @Option(names = "--driver-memory", paramLabel = "SIZE", description = "Heap of the driver.")
    private String driverMemory;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "Queue of the application.")
    private String queue;

    @Option(names = "--am-label", paramLabel = "LABEL", description = "Label of the driver's node, such as CORE.")
    private String amLabel;

    @Option(names = "--executor-label", paramLabel = "LABEL", description = "Label of the executors' nodes.")
    private String executorLabel;

    @Option(
            names = "--elastic-label",
            paramLabel = "LABEL",
            description =
                    "Label of the nodes of executors that come and go, where their number follows the work; none for"
                            + " nodes without one, such as task nodes.")
    private String elasticLabel;

    /** Options of {@code kindling submit} that go on as they are. */
    private static final List<String> PASSED_ON = List.of(
            "--class",
            "--deploy-mode",
            "--num-executors",
            "--executor-cores",
            "--executor-memory",
            "--driver-memory",
            "--queue",
            "--am-label",
            "--executor-label",
            "--elastic-label");

    @Parameters(index = "0", paramLabel = "JAR", description = "The jar of the program, on this machine.")
    private String jar;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments of the program, behind --.")
    private List<String> arguments = new ArrayList<>();

    /** Where a cluster's steps find the runtime. */
    static String runtimeIn(EmrPlace work) {
        return work.uri("kindling.tar.gz");
    }

    @Override
    public Integer call() {
        where.check();
        String cluster = EmrOptions.clusterId(clusterId);
        if (!EmrRelease.parse(release).hasJava17() && javaArchive == null && javaHome == null) {
            throw new UsageError(
                    release + " has Java 8 on its nodes; bring a Java 17 along (--java-archive), or name the"
                            + " one that its nodes have (--java-home)");
        }
        if (javaArchive != null && (javaArchive.equals("auto") || javaArchive.startsWith("auto:"))) {
            throw new UsageError(
                    "--java-archive " + javaArchive + " links a Java where kindling submit runs, which in a step is"
                            + " the cluster's primary node with its own old Java; make the"
                            + " archive here, by jlink from a JDK for the cluster's"
                            + " processors, and name the file");
        }
        Shell shell = new Shell();
        shell.comment("The program.");
        String submit = script(shell);
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("Type", "CUSTOM_JAR");
        step.put("Name", where.name());
        step.put("ActionOnFailure", onFailure.name());
        step.put("Jar", "command-runner.jar");
        step.put("Args", List.of("bash", "-c", submit));
        if (submit.length() > MAX_ARGUMENT_CHARS) {
            throw new UsageError(
                    "the arguments of the step would have " + submit.length() + " characters, and EMR takes "
                            + MAX_ARGUMENT_CHARS + "; put long ones into a file that the program reads (--files)");
        }
        shell.comment("The step. aws waits half an hour for its end; say that line again for a longer one.");
        shell.set(
                "step",
                "aws",
                "emr",
                "add-steps",
                "--region",
                where.region(),
                "--cluster-id",
                cluster,
                "--steps",
                Shell.json(List.of(step)),
                "--query",
                Shell.word("StepIds[0]"),
                "--output",
                "text");
        List<String> ofStep = List.of("--region", where.region(), "--cluster-id", cluster, "--step-id", "\"$step\"");
        shell.run(words(List.of(List.of("aws", "emr", "wait", "step-complete"), ofStep, List.of("||", "true"))));
        shell.comment("What it said. EMR copies logs every few minutes; those of containers lie in containers/.");
        String logs = where.work().uri("logs/" + cluster + "/");
        shell.run("aws", "s3", "cp", "\"" + logs + "steps/$step/stderr.gz\"", "-", "|", "gunzip", "||", "true");
        shell.comment("How it ended: COMPLETED when the program's exit code was 0, else FAILED.");
        List<String> describe = List.of("aws", "emr", "describe-step");
        shell.set(
                "state", words(List.of(describe, ofStep, List.of("--query", "Step.Status.State", "--output", "text"))));
        shell.run("test", "\"$state\"", "=", "COMPLETED");
        System.out.print(shell);
        return 0;
    }

    private static String[] words(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toArray(String[]::new);
    }

    /**
     * What the primary node runs.
     *
     * @param sending gets the commands that send what it needs
     */
    private String script(Shell sending) {
        List<String> lines = new ArrayList<>();
        lines.add("set -eu");
        lines.add("work=$(mktemp -d)");
        lines.add("trap 'rm -rf \"$work\"' EXIT");
        lines.add("cd \"$work\"");
        lines.add("mkdir kindling");
        lines.add("aws s3 cp --quiet " + Shell.word(runtimeIn(where.work()))
                + " - | tar -xz --strip-components=1 -C kindling");
        List<String> submit = new ArrayList<>(List.of("kindling/bin/kindling", "submit", "--master", "yarn"));
        submit.addAll(List.of("--name", where.name()));
        if (javaArchive != null) {
            String there = fetched("java", javaArchive, sending, lines);
            lines.add("mkdir java && tar -xzf " + Shell.word(there) + " -C java");
            lines.add("java=$(ls -d java/bin/java java/*/bin/java 2>/dev/null | head -n 1)");
            lines.add("export JAVA_HOME=\"$work/${java%/bin/java}\"");
            submit.addAll(List.of("--java-archive", Shell.word(there)));
        } else if (javaHome != null) {
            lines.add("export JAVA_HOME=" + Shell.word(javaHome));
            submit.addAll(List.of("--java-home", Shell.word(javaHome)));
        }
        for (String name : PASSED_ON) {
            OptionSpec option = spec.findOption(name);
            if (option.getValue() != null) {
                submit.addAll(List.of(name, Shell.word(option.getValue().toString())));
            }
        }
        if (isOnSpot) {
            conf.putIfAbsent(ExecutorKeys.SPOT_POLL_MS.name(), SPOT_POLL);
        }
        conf.forEach((key, value) -> submit.addAll(List.of("--conf", Shell.word(key + "=" + value))));
        addFetched("--jars", jars, sending, lines, submit);
        addFetched("--files", files, sending, lines, submit);
        submit.add(Shell.word(fetched("jar", jar, sending, lines)));
        arguments.forEach(argument -> submit.add(Shell.word(argument)));
        lines.add("export HADOOP_CONF_DIR=/etc/hadoop/conf");
        // Archives for quick starts outlive a step by nothing.
        lines.add("export KINDLING_ARCHIVES=off");
        lines.add(String.join(" ", submit));
        return String.join("\n", lines);
    }

    private void addFetched(String option, List<String> local, Shell sending, List<String> lines, List<String> submit) {
        if (!local.isEmpty()) {
            List<String> there = new ArrayList<>();
            for (int i = 0; i < local.size(); i++) {
                there.add(fetched(option.substring(2) + i, local.get(i), sending, lines));
            }
            submit.addAll(List.of(option, Shell.word(String.join(",", there))));
        }
    }

    /** The file keeps its name, for tasks find files by it; two of one name lie in directories of their own. */
    private String fetched(String directory, String local, Shell sending, List<String> lines) {
        String name = local.substring(local.lastIndexOf('/') + 1);
        String there = PROGRAM + directory + "/" + name;
        String stored = Shell.word(where.work().uri("steps/" + where.name() + "/" + directory + "/" + name));
        sending.run("aws", "s3", "cp", Shell.word(local), stored);
        lines.add("aws s3 cp --quiet " + stored + " " + Shell.word(there));
        return there;
    }
}
