package dev.kindling.driver.cli;

import dev.kindling.config.ConfigManual;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindling config}: the manual of all settings, printed from their declarations. */
@Command(
        name = "config",
        description = "Prints every setting with its type, default, bounds and meaning.",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Option(names = "--markdown", description = "As a Markdown page.")
    private boolean isMarkdown;

    @Override
    public Integer call() {
        System.out.print(isMarkdown ? ConfigManual.markdown() : ConfigManual.text());
        return Main.DONE;
    }
}
