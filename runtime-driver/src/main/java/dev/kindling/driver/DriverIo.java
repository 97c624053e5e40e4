package dev.kindling.driver;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads {@code driver-io-n}, for what the loop wants done and may wait: publishing, deleting, fetching results. */
final class DriverIo implements Executor, AutoCloseable {
    private static final int MAX_THREADS = 4;
    private static final long END_WITHIN_MS = 500;

    private final ThreadPoolExecutor threads;

    DriverIo() {
        AtomicInteger last = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                MAX_THREADS, MAX_THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "driver-io-" + last.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable work) {
        if (!threads.isShutdown()) {
            threads.execute(work);
        }
    }

    /** Lets what is queued come to its end, as removing an unfinished output must; interrupts what takes longer. */
    @Override
    public void close() {
        end(threads);
    }

    /** Ends a pool of ours so. */
    static void end(ThreadPoolExecutor threads) {
        threads.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            if (!threads.awaitTermination(END_WITHIN_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
                threads.awaitTermination(END_WITHIN_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
