package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.driver.page.PageHtml;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.RunFold;
import dev.kindling.event.EventBus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes the page of each application of this JVM when it has ended: the first to the file that was asked for, the
 * second to {@code run-2.html} beside {@code run.html}, and so on. Its events come on one thread.
 */
final class PageFile implements KindlingListener {
    private static final long WRITTEN_WITHIN_MS = 20_000;

    private final Path file;
    private final Terminal terminal;
    private RunFold fold = new RunFold();
    private int written;
    /** An application has started, and its page is not written. */
    private boolean isOwed;

    PageFile(Path file, Terminal terminal) {
        this.file = file;
        this.terminal = terminal;
    }

    /** When the JVM ends, it does not before the page of an application that ends with it is written. */
    void listen() {
        EventBus.install(this);
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitWritten, "kindling-page"));
    }

    private synchronized void awaitWritten() {
        long deadlineNanos = System.nanoTime() + WRITTEN_WITHIN_MS * 1_000_000;
        try {
            for (long left = WRITTEN_WITHIN_MS; isOwed && left > 0; ) {
                wait(left);
                left = (deadlineNanos - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void setOwed(boolean isNowOwed) {
        isOwed = isNowOwed;
        notifyAll();
    }

    @Override
    public void onEvent(Event event) {
        fold.onEvent(event);
        if (event instanceof Event.ApplicationStart) {
            setOwed(true);
        }
        if (event instanceof Event.ApplicationEnd) {
            end();
        }
    }

    private void end() {
        written++;
        Path next = written == 1 ? file : numbered(file, written);
        try {
            write(PageModel.of(fold.run()), next);
            terminal.say("page written to " + next);
        } catch (KindlingException e) {
            terminal.say("kindling: " + e.getMessage());
        } finally {
            fold = new RunFold();
            setOwed(false);
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
        Path absolute = file.toAbsolutePath();
        try {
            // A new temporary file is for its owner alone.
            Path next = Files.createTempFile(absolute.getParent(), ".page", ".html");
            try {
                Files.writeString(next, PageHtml.of(model));
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
