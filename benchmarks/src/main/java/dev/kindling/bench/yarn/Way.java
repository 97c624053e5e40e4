package dev.kindling.bench.yarn;

import dev.kindling.bench.work.OnYarn;
import java.util.ArrayList;
import java.util.List;

/**
 * An engine and how it is started on YARN.
 *
 * @param settings of Spark, {@code NAME=VALUE}
 */
record Way(String title, boolean isSpark, String deployMode, List<String> settings) {
    static final Way CLIENT = new Way("Kindling, client", false, "client", List.of());
    static final Way CLUSTER = new Way("Kindling, cluster", false, "cluster", List.of());

    /** Options that both commands have. */
    List<String> options(OnYarn what, String mainClass) {
        List<String> options = new ArrayList<>(List.of("--master", "yarn", "--deploy-mode", deployMode));
        options.addAll(List.of("--num-executors", "2", "--executor-cores", "1", "--executor-memory", "512m"));
        options.addAll(List.of("--driver-memory", "512m", "--class", mainClass, "--name", what.name()));
        settings.forEach(setting -> options.addAll(List.of("--conf", setting)));
        return options;
    }
}
