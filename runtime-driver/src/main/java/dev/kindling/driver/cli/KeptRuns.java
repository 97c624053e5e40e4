package dev.kindling.driver.cli;

import dev.kindling.event.EventLog;
import dev.kindling.event.StoryLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event logs and pages of the last runs of {@code demo} and {@code submit}, in a directory of the user's own:
 * {@code $KINDLING_DIR/runs}, else {@code $XDG_STATE_HOME/kindling/runs}, else {@code ~/.local/state/kindling/runs}.
 */
final class KeptRuns {
    private static final Logger LOG = LoggerFactory.getLogger(KeptRuns.class);
    private static final String LAST = "last";

    private KeptRuns() {}

    static Path directory() {
        return directory(System.getenv(), System.getProperty("user.home"));
    }

    static Path directory(Map<String, String> environment, String userHome) {
        String own = environment.getOrDefault("KINDLING_DIR", "");
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        if (!own.isEmpty()) {
            return Path.of(own, "runs");
        }
        return state.startsWith("/")
                ? Path.of(state, "kindling", "runs")
                : Path.of(environment.getOrDefault("HOME", userHome), ".local", "state", "kindling", "runs");
    }

    /** The latest first: ids begin with the time of the start. */
    static List<Path> all(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(EventLog::isNamedAsOne)
                    .sorted(Collections.reverseOrder())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the kept runs in " + directory, e);
        }
    }

    /** Where the page of a kept run lies; one that is running or was killed has none. */
    static Path pageOf(Path directory, String applicationId) {
        return directory.resolve(applicationId + ".html");
    }

    /** Whether it is there or can be made: a home that cannot be written costs the log, not the run. */
    static boolean isWritable(Path directory) {
        Path there = directory.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    /** Keeps the latest of them, at most so many and so many bytes. */
    static void forgetOld(Path directory, int count, long bytes) {
        long keptBytes = 0;
        int kept = 0;
        try {
            for (Path log : all(directory)) {
                Path page = pageOf(directory, EventLog.applicationIdOf(log));
                keptBytes += Files.size(log) + (Files.exists(page) ? Files.size(page) : 0);
                kept++;
                if (kept > count || keptBytes > bytes) {
                    // The page first: without its log nobody would find it again.
                    Files.deleteIfExists(page);
                    Files.deleteIfExists(log);
                }
            }
        } catch (IOException e) {
            // Another command may be doing the same; the next one does what is left.
            LOG.debug("not all old runs in {} were forgotten", directory, e);
        }
    }

    /** The log of what a user calls a run: a file, the id of a kept run or its beginning, or {@code last}. */
    static Path logOf(String name) {
        return logOf(name, directory());
    }

    static Path logOf(String name, Path directory) {
        Path file = Path.of(name);
        if (Files.isRegularFile(file)) {
            RunOptions.requireFile("RUN", file);
            return file;
        }
        List<Path> all = all(directory);
        List<Path> found = all.stream()
                .filter(log -> log.getFileName().toString().startsWith(name))
                .toList();
        if (name.equals(LAST) && !all.isEmpty()) {
            return all.get(0);
        } else if (found.size() == 1) {
            return found.get(0);
        }
        String kept =
                all.isEmpty() ? "no run is kept" : StoryLines.count(all.size(), "kept run") + ", see kindling runs";
        throw new UsageError(
                found.isEmpty()
                        ? "there is no event log or kept run " + name + " (" + kept + ", in " + directory
                                + "); give the path of an event log, the id of a kept run, or: last"
                        : found.size() + " kept runs begin with " + name + "; give more of the id");
    }
}
