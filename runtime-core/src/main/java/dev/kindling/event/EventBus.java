package dev.kindling.event;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the events of one application to its listeners: one bounded queue and one thread for each. {@link #publish}
 * never waits; a listener that is {@value #QUEUED_EVENTS} events behind misses the next ones, and their count is
 * logged.
 *
 * <p>A tool that runs a program it did not write, such as the command line, installs its listeners for the whole JVM;
 * they hear of every application started after that.
 */
public final class EventBus implements AutoCloseable {
    /** A hundred thousand tasks make two events each; this is some seconds of the busiest driver. */
    static final int QUEUED_EVENTS = 65_536;

    /** How long closing waits for a slow listener. */
    private static final long CLOSE_WAIT_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);
    private static final List<AppEventListener> INSTALLED = new CopyOnWriteArrayList<>();

    private final List<Lane> lanes = new ArrayList<>();

    /** Starts a thread for each of these listeners and of those installed for the JVM. */
    public EventBus(List<AppEventListener> listeners) {
        List<AppEventListener> all = new ArrayList<>(listeners);
        all.addAll(INSTALLED);
        for (AppEventListener listener : all) {
            lanes.add(new Lane(listener, "events-" + lanes.size()));
        }
        lanes.forEach(lane -> lane.thread.start());
    }

    /** Adds a listener to every application of this JVM that starts from now on. */
    public static void install(AppEventListener listener) {
        INSTALLED.add(listener);
    }

    /** Takes back what {@link #install} did; running applications keep the listener. */
    public static void uninstall(AppEventListener listener) {
        INSTALLED.remove(listener);
    }

    /** Any thread; events of one thread keep their order. */
    public void publish(long timeMs, AppEvent event) {
        Timed timed = new Timed(timeMs, event);
        for (Lane lane : lanes) {
            lane.offer(timed);
        }
    }

    /** Delivers what is queued, tells the listeners, ends the threads. */
    @Override
    public void close() {
        lanes.forEach(Lane::end);
        long deadline = System.nanoTime() + CLOSE_WAIT_MS * 1_000_000;
        for (Lane lane : lanes) {
            lane.awaitEnd(deadline);
        }
    }

    private record Timed(long timeMs, AppEvent event) {}

    /** One listener, its queue and its thread. */
    private static final class Lane implements Runnable {
        private static final Timed END = new Timed(0, new AppEvent.ApplicationEnded(""));

        private final AppEventListener listener;
        private final BlockingQueue<Timed> queue = new ArrayBlockingQueue<>(QUEUED_EVENTS);
        private final AtomicLong missed = new AtomicLong();
        private final Thread thread;
        private volatile boolean isEnding;

        Lane(AppEventListener listener, String name) {
            this.listener = listener;
            this.thread = new Thread(this, name);
            thread.setDaemon(true);
        }

        void offer(Timed timed) {
            if (!isEnding && !queue.offer(timed)) {
                missed.incrementAndGet();
            }
        }

        /** When the queue is full, the flag ends the thread once the queue is empty. */
        void end() {
            isEnding = true;
            queue.offer(END);
        }

        void awaitEnd(long deadlineNanos) {
            try {
                thread.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                thread.interrupt();
            }
        }

        @Override
        public void run() {
            try {
                Timed next = queue.take();
                while (next != END) {
                    deliver(next);
                    next = isEnding && queue.isEmpty() ? END : queue.take();
                }
            } catch (InterruptedException e) {
                LOG.warn("listener {} did not finish its last events in {} ms", listener, CLOSE_WAIT_MS);
            }
            if (missed.get() > 0) {
                LOG.warn("listener {} was too slow and missed {} events", listener, missed.get());
            }
            closeListener();
        }

        private void deliver(Timed timed) {
            try {
                listener.onEvent(timed.timeMs(), timed.event());
            } catch (RuntimeException e) {
                LOG.warn(
                        "listener {} failed on {}",
                        listener,
                        timed.event().getClass().getSimpleName(),
                        e);
            }
        }

        private void closeListener() {
            try {
                listener.close();
            } catch (RuntimeException e) {
                LOG.warn("listener {} failed while closing", listener, e);
            }
        }
    }
}
