package dev.kindling.driver.cli;

import dev.kindling.config.ConfigManual;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.MemoryMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kindling config}: the manual of all settings, printed from their declarations. */
@Command(
        name = "config",
        description = "Prints every setting with its type, default, bounds and meaning.",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--markdown", description = "As a Markdown page.")
    private boolean isMarkdown;

    @Option(
            names = "--executor-memory",
            paramLabel = "SIZE",
            description = "Prints how an executor with such a heap divides its memory.")
    private String executorMemory;

    @Option(names = "--executor-cores", paramLabel = "N", description = "Tasks that it runs at a time; 1 if not said.")
    private Integer executorCores;

    @Override
    public Integer call() {
        RunOptions.requirePositive("--executor-cores", executorCores);
        if (executorMemory != null || executorCores != null) {
            MemoryMap.ofProcess(executorBytes(), executorCores == null ? 1 : executorCores)
                    .lines()
                    .forEach(spec.commandLine().getOut()::println);
            return Main.DONE;
        }
        System.out.print(isMarkdown ? ConfigManual.markdown() : ConfigManual.text());
        return Main.DONE;
    }

    private long executorBytes() {
        return executorMemory == null ? ExecutorKeys.MEMORY.defaultValue() : RunOptions.megabytes(executorMemory) << 20;
    }
}
