package dev.kindling.driver.cli;

import dev.kindling.event.AppEvent;
import dev.kindling.event.AppEventListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the file from which {@code kindling status} tells what a driver process does. Owned by its event thread. */
final class StatusFile implements AppEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);
    private static final long WRITE_EVERY_MS = 200;

    private final Application application;
    private int jobCount;
    private String stage = "";
    private int doneTasks;
    private int stageTasks;
    private int executorCount;
    private long lastWriteMs;

    private StatusFile(Application application) {
        this.application = application;
    }

    /** Present in a process that was started as the driver of an application. */
    static Optional<StatusFile> ofThisProcess() {
        String directory = System.getenv(Application.DIRECTORY_VARIABLE);
        return directory == null
                ? Optional.empty()
                : Optional.of(new StatusFile(
                        new Application(Path.of(directory).getFileName().toString(), Path.of(directory))));
    }

    @Override
    public void onEvent(long timeMs, AppEvent event) {
        boolean isTask = false;
        if (event instanceof AppEvent.JobStarted) {
            jobCount++;
        } else if (event instanceof AppEvent.StageStarted started) {
            stage = "stage " + started.stageId() + " " + started.name();
            stageTasks = started.taskCount();
            doneTasks = 0;
        } else if (event instanceof AppEvent.AttemptSucceeded) {
            isTask = true;
            doneTasks++;
        } else if (event instanceof AppEvent.ExecutorAdded) {
            executorCount++;
        } else if (event instanceof AppEvent.ExecutorLost) {
            executorCount--;
        } else {
            return;
        }
        if (!isTask || timeMs - lastWriteMs >= WRITE_EVERY_MS) {
            lastWriteMs = timeMs;
            write();
        }
    }

    private void write() {
        try {
            application.write(
                    "status",
                    "%d executors, job %d%s\n"
                            .formatted(
                                    executorCount,
                                    jobCount,
                                    stage.isEmpty()
                                            ? ""
                                            : ", " + stage + ", " + doneTasks + " of " + stageTasks + " tasks"));
        } catch (IOException e) {
            LOG.debug("cannot write the status of {}", application.id(), e);
        }
    }
}
