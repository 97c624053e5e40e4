package dev.kindling.executor;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads {@code task-n}, one for each core: each runs one attempt at a time from its beginning to its end. An
 * attempt waits only for the moment in which the one before it, whose end is known already, leaves its thread.
 */
final class TaskThreads {
    private final ThreadPoolExecutor threads;

    TaskThreads(int cores) {
        AtomicInteger last = new AtomicInteger();
        threads = new ThreadPoolExecutor(cores, cores, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "task-" + last.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    void run(RunningAttempt attempt) {
        threads.execute(attempt);
    }

    /** Interrupts what runs; false when something still runs after {@code withinMs}. */
    boolean end(long withinMs) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        boolean isEnded = threads.isTerminated();
        try {
            isEnded = threads.awaitTermination(withinMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isEnded;
    }
}
