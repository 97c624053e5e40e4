package dev.kindling.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads on which a store waits for another system; they are there while there is work. Safe for many threads. */
public final class IoThreads implements AutoCloseable {
    /** A listing or a commit has so many requests under way. */
    public static final int PARALLEL = 16;

    private static final long IDLE_MS = 500;

    private final String name;
    private final AtomicInteger lastThread = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    /** @param name of the store; its threads are {@code <name>-io-1} and so on */
    public IoThreads(String name) {
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_MS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, name + "-io-" + lastThread.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Work that may read or write files. */
    public interface Step<A, B> {
        B on(A item) throws IOException;
    }

    /**
     * The answers in the order of the items, with up to {@link #PARALLEL} of them under way. After a failure no more are
     * begun; it is thrown when those under way have ended, so that nothing happens behind the caller's back.
     */
    public <A, B> List<B> each(List<A> items, Step<A, B> step) throws IOException {
        if (items.size() == 1) {
            return List.of(step.on(items.get(0)));
        }
        List<B> answers = new ArrayList<>();
        for (int from = 0; from < items.size(); from += PARALLEL) {
            answers.addAll(atOnce(items.subList(from, Math.min(items.size(), from + PARALLEL)), step));
        }
        return answers;
    }

    private <A, B> List<B> atOnce(List<A> items, Step<A, B> step) throws IOException {
        List<Future<B>> running = new ArrayList<>();
        items.forEach(item -> running.add(threads.submit(() -> step.on(item))));
        List<B> answers = new ArrayList<>();
        Throwable failure = null;
        try {
            for (Future<B> one : running) {
                try {
                    answers.add(one.get());
                } catch (ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                }
            }
        } catch (InterruptedException e) {
            running.forEach(one -> one.cancel(true));
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + name);
        }
        if (failure != null) {
            throw rethrown(failure);
        }
        return answers;
    }

    /** Runs what fetches or uploads beside a task. */
    public <B> Future<B> start(Callable<B> work) {
        return threads.submit(work);
    }

    /** As it was thrown on the other thread. */
    public static IOException rethrown(Throwable cause) throws IOException {
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    /** Interrupts what is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
