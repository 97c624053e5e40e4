package dev.kindling.driver;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads {@code actions-n}, on which jobs that nobody waits for hand over results and ends. What the program does
 * then may wait, also for jobs of its own: so there are as many as are busy, and none when nothing is to be told.
 */
final class ActionThreads implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 2;

    private final ThreadPoolExecutor threads;

    ActionThreads() {
        AtomicInteger last = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new OwnThread(work, "actions-" + last.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public void execute(Runnable work) {
        if (!threads.isShutdown()) {
            threads.execute(work);
        }
    }

    private final class OwnThread extends Thread {
        OwnThread(Runnable work, String name) {
            super(work, name);
        }

        boolean isOf(ActionThreads threads) {
            return ActionThreads.this == threads;
        }
    }

    /** Lets what is being told come to its end; interrupts what takes longer. Who is told may be who closes. */
    @Override
    public void close() {
        threads.shutdown();
        if (!(Thread.currentThread() instanceof OwnThread own && own.isOf(this))) {
            DriverIo.end(threads);
        }
    }
}
