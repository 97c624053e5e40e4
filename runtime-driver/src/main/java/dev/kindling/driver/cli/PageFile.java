package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.driver.page.PageHtml;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.Run;
import dev.kindling.driver.page.RunFold;
import dev.kindling.event.EventBus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the page of each application of this JVM when it has ended: the first to the file that was asked for, the
 * second to {@code run-2.html} beside {@code run.html}, and so on; and to the directory where runs are kept, by the
 * application's id. Its events come on one thread; pages are written on others, so that nobody waits for them but the
 * end of the JVM.
 */
final class PageFile implements KindlingListener {
    private static final Logger LOG = LoggerFactory.getLogger(PageFile.class);
    private static final long WRITTEN_WITHIN_MS = 20_000;

    private final Optional<Path> file;
    private final Optional<Path> keptIn;
    private final Terminal terminal;
    private RunFold fold = new RunFold();
    private int ended;
    /** Applications that have started and whose pages are not written. */
    private int owed;

    /** @param keptIn the directory of kept runs, where this one is to be kept */
    PageFile(Optional<Path> file, Optional<Path> keptIn, Terminal terminal) {
        this.file = file;
        this.keptIn = keptIn;
        this.terminal = terminal;
    }

    /** When the JVM ends, it does not before the page of an application that ends with it is written. */
    void listen() {
        EventBus.install(this);
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitWritten, "kindling-page-end"));
    }

    private synchronized void awaitWritten() {
        long deadlineNanos = System.nanoTime() + WRITTEN_WITHIN_MS * 1_000_000;
        try {
            for (long left = WRITTEN_WITHIN_MS; owed > 0 && left > 0; ) {
                wait(left);
                left = (deadlineNanos - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void owes(int more) {
        owed += more;
        notifyAll();
    }

    @Override
    public void onEvent(Event event) {
        fold.onEvent(event);
        if (event instanceof Event.ApplicationStart) {
            owes(1);
        }
        if (event instanceof Event.ApplicationEnd) {
            Run run = fold.run();
            fold = new RunFold();
            ended++;
            int number = ended;
            new Thread(() -> writeAll(run, number), "kindling-page").start();
        }
    }

    private void writeAll(Run run, int number) {
        try {
            String page = PageHtml.of(PageModel.of(run));
            keptIn.ifPresent(directory ->
                    keep(page, KeptRuns.pageOf(directory, run.status().applicationId())));
            file.ifPresent(first -> {
                Path next = number == 1 ? first : numbered(first, number);
                write(page, next);
                terminal.say("page written to " + next);
            });
        } catch (KindlingException e) {
            terminal.say("kindling: " + e.getMessage());
        } finally {
            owes(-1);
        }
    }

    /** Nobody has asked for it: where it cannot be written it costs nothing else. */
    private static void keep(String page, Path kept) {
        try {
            write(page, kept);
        } catch (KindlingException e) {
            LOG.debug("the page is not kept", e);
        }
    }

    private static Path numbered(Path file, int number) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return file.resolveSibling(stem + "-" + number + (dot < 0 ? "" : name.substring(dot)));
    }

    /**
     * Makes the file or replaces it, never in part. Only its owner can read it: it names what failed and which keys a
     * skewed shuffle had.
     */
    static void write(PageModel model, Path file) {
        write(PageHtml.of(model), file);
    }

    private static void write(String page, Path file) {
        Path absolute = file.toAbsolutePath();
        try {
            // A new temporary file is for its owner alone.
            Path next = Files.createTempFile(absolute.getParent(), ".page", ".html");
            try {
                Files.writeString(next, page);
                Files.move(next, absolute, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException
                    ? "there is no directory " + absolute.getParent()
                    : e.getClass().getSimpleName() + " at " + e.getMessage();
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "cannot write the page to " + file + ": " + why + "; name a file in a directory that can be"
                            + " written",
                    e);
        }
    }
}
