package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.util.FileTrees;
import dev.kindling.util.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an application's events, one JSON object a line in the order of the events, after a first line that names
 * the version of the format. Each event is in the file before the next one is taken, so what a crashed driver leaves is
 * readable. Used by the listener's thread.
 *
 * <p>The file is bounded: above three quarters of what it may have, events about tasks and blocks are left out and
 * counted, a {@link KindlingListener.Event.Dropped} in their place; in the end everything but the application's end.
 */
public final class EventLog implements KindlingListener, AutoCloseable {
    /** Raised when a reader of the one before would read something wrongly; new events and components do not. */
    static final int VERSION = 1;

    private static final String HEAD = "{\"kindlingEventLog\":" + VERSION + "}";
    private static final String SUFFIX = ".events.jsonl";
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    /** For the end of the application and the count of what was left out before it. */
    private static final int RESERVED_BYTES = 1_024;

    private final Path file;
    private final long maxBytes;
    private Writer out;
    private long writtenBytes;
    private long leftOut;
    private boolean isFull;

    private EventLog(Path file, Writer out, long maxBytes) {
        this.file = file;
        this.out = out;
        this.maxBytes = maxBytes;
    }

    /**
     * Starts the log of an application: {@code directory/applicationId.events.jsonl}, which must not exist yet.
     *
     * @param maxBytes how large it may become
     */
    public static EventLog create(Path directory, String applicationId, long maxBytes) {
        Path file = directory.resolve(applicationId + SUFFIX);
        try {
            Files.createDirectories(directory);
            // What failed, and which keys a skewed shuffle had, is for nobody else on the machine.
            FileTrees.createForOwner(file);
            Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE);
            EventLog log = new EventLog(file, out, maxBytes);
            log.writeLine(HEAD);
            return log;
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot create the event log " + file + " (" + e.getClass().getSimpleName()
                            + "); name a directory that can be written in kindling.eventlog.dir",
                    e);
        }
    }

    /** Whether the file's name is one that {@link #create} gives. */
    public static boolean isNamedAsOne(Path file) {
        return file.getFileName().toString().endsWith(SUFFIX);
    }

    /** The id of the application in the name of its log. */
    public static String applicationIdOf(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** Where it is written. */
    public Path file() {
        return file;
    }

    @Override
    public void onEvent(Event event) {
        if (out == null) {
            return;
        }
        if (EventKinds.isOneOfMany(event) && writtenBytes > maxBytes / 4 * 3) {
            leftOut++;
            return;
        }
        try {
            write(event);
        } catch (IOException e) {
            // A full disk costs the log, not the application.
            LOG.warn("event log {} ends here: {}", file, e.getMessage());
            close();
        }
    }

    private void write(Event event) throws IOException {
        String line = EventJson.write(event);
        boolean isEnd = event instanceof Event.ApplicationEnd;
        if (!isEnd && writtenBytes + line.length() > maxBytes - RESERVED_BYTES) {
            leftOut++;
            if (!isFull) {
                isFull = true;
                LOG.warn(
                        "event log {} is full with {} bytes; a larger one is had by kindling.eventlog.maxBytes",
                        file,
                        writtenBytes);
            }
            return;
        }
        if (leftOut > 0) {
            writeLine(EventJson.write(new Event.Dropped(event.time(), leftOut)));
            leftOut = 0;
        }
        writeLine(line);
    }

    /** All characters are ASCII. */
    private void writeLine(String line) throws IOException {
        out.write(line + "\n");
        out.flush();
        writtenBytes += line.length() + 1;
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
     * @throws KindlingException when there is no such file, it is no event log, its format is a later one, or a line in
     *     the middle is not an event
     */
    public static List<Event> read(Path file) {
        List<Event> events = new ArrayList<>();
        read(file, events::add);
        return events;
    }

    /** The same one by one, for logs that are larger than memory. */
    public static void read(Path file, Consumer<Event> reader) {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            checkHead(file, in.readLine());
            String line = in.readLine();
            for (long number = 2; line != null; number++) {
                String next = in.readLine();
                readLine(file, number, line, next == null).ifPresent(reader);
                line = next;
            }
        } catch (NoSuchFileException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "there is no event log " + file, e);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "cannot read the event log " + file + ": " + e.getMessage(), e);
        }
    }

    private static void checkHead(Path file, String line) {
        long version = versionOf(line);
        if (version > VERSION) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "the event log " + file + " has format " + version + ", this version of Kindling reads up to "
                            + VERSION + "; use the version that wrote it, or a later one");
        }
        if (version < 1) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, file + " is no event log: its first line does not name a format");
        }
    }

    private static long versionOf(String line) {
        try {
            return line != null
                            && Json.parse(line) instanceof Map<?, ?> head
                            && head.get("kindlingEventLog") instanceof Long version
                    ? version
                    : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private static Optional<Event> readLine(Path file, long number, String line, boolean isLast) {
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
