package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an application's events, one JSON object a line in the order of the events. Each event is in the file
 * before the next one is taken, so what a crashed driver leaves is readable. Used by the listener's thread.
 */
public final class EventLog implements AppEventListener {
    private static final String SUFFIX = ".events.jsonl";
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final Path file;
    private Writer out;

    private EventLog(Path file, Writer out) {
        this.file = file;
        this.out = out;
    }

    /** Starts the log of an application: {@code directory/applicationId.events.jsonl}, which must not exist yet. */
    public static EventLog create(Path directory, String applicationId) {
        Path file = directory.resolve(applicationId + SUFFIX);
        try {
            Files.createDirectories(directory);
            return new EventLog(
                    file, Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot create the event log " + file + " (" + e.getClass().getSimpleName()
                            + "); name a directory that can be written in kindling.eventlog.dir",
                    e);
        }
    }

    /** Where it is written. */
    public Path file() {
        return file;
    }

    @Override
    public void onEvent(long timeMs, AppEvent event) {
        if (out == null) {
            return;
        }
        try {
            out.write(EventJson.write(new TimedEvent(timeMs, event)) + "\n");
            out.flush();
        } catch (IOException e) {
            // A full disk costs the log, not the application.
            LOG.warn("event log {} ends here: {}", file, e.getMessage());
            close();
        }
    }

    @Override
    public void close() {
        try (Writer closing = out) {
            out = null;
        } catch (IOException e) {
            LOG.warn("event log {} was not closed: {}", file, e.getMessage());
        }
    }

    /**
     * The events of a log. A last line that a crash cut off is left out, as are events of later versions.
     *
     * @throws KindlingException when there is no such file or a line in the middle is not an event
     */
    public static List<TimedEvent> read(Path file) {
        List<TimedEvent> events = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            String line = in.readLine();
            for (long number = 1; line != null; number++) {
                String next = in.readLine();
                readLine(file, number, line, next == null).ifPresent(events::add);
                line = next;
            }
        } catch (NoSuchFileException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "there is no event log " + file, e);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "cannot read the event log " + file + ": " + e.getMessage(), e);
        }
        return events;
    }

    private static Optional<TimedEvent> readLine(Path file, long number, String line, boolean isLast) {
        try {
            return EventJson.read(line);
        } catch (IllegalArgumentException e) {
            if (isLast) {
                return Optional.empty();
            }
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA,
                    "line " + number + " of " + file + " is not an event: " + e.getMessage(),
                    e);
        }
    }
}
