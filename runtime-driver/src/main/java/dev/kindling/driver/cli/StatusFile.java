package dev.kindling.driver.cli;

import dev.kindling.api.KindlingListener;
import dev.kindling.event.AppStatus;
import dev.kindling.event.ProgressLine;
import dev.kindling.event.StatusFold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the file from which {@code kindling status} tells what a driver process does. Owned by its event thread. */
final class StatusFile implements KindlingListener {
    private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);
    private static final long WRITE_EVERY_MS = 200;
    private static final int COLUMNS = 100;

    private final DetachedApplication application;
    private final StatusFold fold = new StatusFold();
    private long writtenMs;

    private StatusFile(DetachedApplication application) {
        this.application = application;
    }

    /** Present in a process that was started as the driver of an application. */
    static Optional<StatusFile> ofThisProcess() {
        return Optional.ofNullable(System.getenv(DetachedApplication.DIRECTORY_VARIABLE))
                .map(Path::of)
                .map(directory -> new StatusFile(
                        new DetachedApplication(directory.getFileName().toString(), directory)));
    }

    @Override
    public void onEvent(Event event) {
        fold.onEvent(event);
        long timeMs = event.time().toEpochMilli();
        boolean isFrequent = event instanceof Event.TaskStart || event instanceof Event.TaskEnd;
        if (!isFrequent || timeMs - writtenMs >= WRITE_EVERY_MS) {
            writtenMs = timeMs;
            write(fold.status());
        }
    }

    private void write(AppStatus status) {
        long alive = status.executors().stream()
                .filter(AppStatus.ExecutorStatus::isAlive)
                .count();
        String running = ProgressLine.of(status, COLUMNS, false);
        try {
            application.write("status", alive + " executors  " + (running.isEmpty() ? "no job runs" : running) + "\n");
        } catch (IOException e) {
            LOG.debug("cannot write the status of {}", application.id(), e);
        }
    }
}
