package dev.kindling.driver.ui;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.page.PageHtml;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.Run;
import dev.kindling.driver.page.RunFold;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * What is known of the run by now, and those who wait to hear more of it. A reader is told at most once in
 * {@value #TOLD_EVERY_MS} ms; readers who are told the same share the picture. Safe for many threads.
 */
final class LiveRun {
    private static final long TOLD_EVERY_MS = 1_000;
    /** So often something is written when nothing happens: a reader that has gone is noticed. */
    private static final long SIGN_OF_LIFE_MS = 10_000;

    private final RunFold fold = new RunFold();
    /** Counts events. */
    private long version;

    private boolean isEnded;

    /** Guards the picture, which takes longer to make than an event may wait. */
    private final Object painting = new Object();

    private String picture = "";
    private long pictureVersion = -1;

    /** Somebody who looks. */
    @FunctionalInterface
    interface Reader {
        void tell(String message) throws IOException;
    }

    /** What a reader waits for. */
    private record Next(long version, boolean isLast) {}

    synchronized void onEvent(Event event) {
        fold.onEvent(event);
        version++;
        notifyAll();
    }

    /** There will be no more events. */
    synchronized void end() {
        isEnded = true;
        notifyAll();
    }

    Run now() {
        return fold.run();
    }

    /** Tells each new picture as a server-sent event; returns when the run is over, throws when the reader has gone. */
    void follow(Reader reader) throws IOException {
        Next next = new Next(-1, false);
        while (!next.isLast) {
            long told = next.version;
            next = await(told);
            reader.tell(next.version == told ? ": nothing new\n\n" : message(next.version));
        }
    }

    /** What a reader would be told now. */
    String message() {
        long known;
        synchronized (this) {
            known = version;
        }
        return message(known);
    }

    private String message(long wanted) {
        return "data: " + picture(wanted) + "\n\n";
    }

    /** Until there is something new and some time has passed, it is time for a sign of life, or all is over. */
    private synchronized Next await(long told) throws IOException {
        long beginNanos = System.nanoTime();
        try {
            while (!isEnded) {
                long passedMs = (System.nanoTime() - beginNanos) / 1_000_000;
                long wantedMs = told < 0 ? 0 : version == told ? SIGN_OF_LIFE_MS : TOLD_EVERY_MS;
                if (passedMs >= wantedMs) {
                    break;
                }
                wait(wantedMs - passedMs);
            }
            return new Next(version, isEnded);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server is closed");
        }
    }

    /** With that many events in it, or more. */
    private String picture(long wanted) {
        synchronized (painting) {
            if (pictureVersion < wanted) {
                picture = PageHtml.json(PageModel.of(fold.run()));
                pictureVersion = wanted;
            }
            return picture;
        }
    }
}
