package dev.kindling.driver.cli;

import dev.kindling.config.ExecutorKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The archive of classes from which executor processes start quickly; the start script makes it and names it. Beside it lie
 * the names of all classes that were loaded when it was made, for archives of other class paths.
 */
public final class QuickStart {
    private static final String VARIABLE = "KINDLING_EXECUTOR_ARCHIVE";
    private static final String CLASS_NAMES = "classes";

    private QuickStart() {}

    static Optional<Path> executorArchive() {
        return Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of).filter(Files::isReadable);
    }

    /** Those of driver and executor, as Java writes them; empty where the start script has made no archive. */
    public static Optional<Path> classNames() {
        return executorArchive()
                .map(archive -> archive.resolveSibling(CLASS_NAMES))
                .filter(Files::isReadable);
    }

    /** Java falls back to loading classes by itself when the archive does not fit, so naming it never harms. */
    static void addExecutorArchive(Map<String, String> settings) {
        executorArchive()
                .ifPresent(archive -> settings.merge(
                        ExecutorKeys.JAVA_OPTIONS.name(),
                        "-XX:SharedArchiveFile=" + archive + ",-Xlog:disable,-Xlog:all=error:stderr",
                        (users, ours) -> ours + "," + users));
    }
}
