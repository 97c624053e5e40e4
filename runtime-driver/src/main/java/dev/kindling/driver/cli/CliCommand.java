package dev.kindling.driver.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * A command of {@code kindling} that another package or module brings: a class with picocli's {@code @Command}, found
 * by {@code ServiceLoader}. Its answer is the exit code: 0 done, 1 failed, 2 called wrongly.
 */
public interface CliCommand extends Callable<Integer> {
    /** Which command of ours it is a part of, such as {@code doctor}; empty for one that stands alone. */
    default String parent() {
        return "";
    }

    /**
     * Does what its work begins with, for nobody: Java notes the classes, and later starts take them from an archive.
     *
     * @param scratch deleted afterwards
     */
    default void train(Path scratch) throws IOException, InterruptedException {}
}
