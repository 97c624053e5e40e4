package dev.kindling.driver.cli;

import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.driver.launch.ClusterLauncherProvider;
import dev.kindling.driver.launch.SubmittedProgram;
import dev.kindling.event.EventBus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kindling submit}: runs the main method of a user's own jar. */
@Command(
        name = "submit",
        description = "Runs a program of yours: the main method of a class in a jar.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SubmitCommand implements Callable<Integer> {
    @Option(
            names = "--class",
            paramLabel = "CLASS",
            description = "The class whose main runs. Default: the one the jar's manifest names")
    private String mainClass;

    @Mixin
    private RunOptions options;

    @Parameters(index = "0", paramLabel = "JAR", description = "The jar of the program.")
    private Path jar;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments of the program.")
    private List<String> arguments = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    private SubmittedProgram program() {
        Map<String, String> settings = options.settings(
                mainClass != null ? mainClass : jar.getFileName().toString());
        // What is said of files is true on this machine only.
        settings.keySet()
                .removeAll(List.of(
                        ApplicationKeys.JARS.name(), ApplicationKeys.FILES.name(), StorageKeys.EVENT_LOG_DIR.name()));
        return new SubmittedProgram(
                Optional.ofNullable(mainClass),
                jar,
                arguments,
                settings,
                options.jars(),
                options.files(),
                options.isDetached());
    }

    @Override
    public Integer call() throws IOException {
        options.expectPaths(arguments);
        options.check();
        UserProgram.check(jar, mainClass);
        if (options.isCluster()) {
            Optional<ClusterLauncherProvider> cluster = options.clusterOfDriver();
            return cluster.isPresent()
                    ? cluster.get().runInCluster(program())
                    : ClusterClient.run("submit", options.isDetached());
        }
        PrintWriter err = spec.commandLine().getErr();
        Terminal terminal = Terminal.ofStandardError();
        if (options.showsProgress()) {
            EventBus.install(new Progress(terminal));
        }
        options.observe(terminal);
        StatusFile.ofThisProcess().ifPresent(EventBus::install);
        UserProgram program = UserProgram.load(jar, options.jars(), mainClass);
        options.setAsSystemDefaults(program.mainClassName());
        try {
            program.run(arguments.toArray(String[]::new));
            return Main.DONE;
        } catch (UserProgram.MainFailed failed) {
            return Failures.reportMain(program.mainClassName(), failed.getCause(), err);
        }
    }
}
