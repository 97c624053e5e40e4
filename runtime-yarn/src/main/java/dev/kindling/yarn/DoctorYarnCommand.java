package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.driver.cli.CliCommand;
import dev.kindling.driver.cli.YarnOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindling doctor yarn}: whether an application with these options would run on the cluster, and if not, why. */
@Command(
        name = "yarn",
        description =
                "Says whether an application would run on the YARN cluster that HADOOP_CONF_DIR describes, and what to"
                        + " change. Takes the options of submit that say what it asks for.",
        mixinStandardHelpOptions = true)
public final class DoctorYarnCommand implements CliCommand {
    @Option(
            names = {"--executors", "--num-executors"},
            paramLabel = "N",
            description = "How many executors.")
    private Integer executors;

    @Option(names = "--executor-cores", paramLabel = "N", description = "Tasks at a time in each executor.")
    private Integer executorCores;

    @Option(names = "--executor-memory", paramLabel = "SIZE", description = "Heap of each executor, such as 512m.")
    private String executorMemory;

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting; see kindling config.")
    private Map<String, String> conf = new LinkedHashMap<>();

    @Mixin
    private YarnOptions options = new YarnOptions();

    @Override
    public String parent() {
        return "doctor";
    }

    @Override
    public Integer call() {
        Map<String, String> settings = new LinkedHashMap<>(conf);
        settings.putAll(options.settings());
        putIfGiven(settings, ExecutorKeys.COUNT.name(), executors);
        putIfGiven(settings, ExecutorKeys.CORES.name(), executorCores);
        putIfGiven(settings, ExecutorKeys.MEMORY.name(), executorMemory);
        return new YarnDoctor(Config.parse(settings), System.out::println).examine() ? 0 : 1;
    }

    private static void putIfGiven(Map<String, String> settings, String key, Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }
}
