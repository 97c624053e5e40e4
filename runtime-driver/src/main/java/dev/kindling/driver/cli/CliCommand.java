package dev.kindling.driver.cli;

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
}
