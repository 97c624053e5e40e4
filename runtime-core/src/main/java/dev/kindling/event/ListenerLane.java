package dev.kindling.event;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener, the events it has not heard yet, and the thread on which it hears them.
 *
 * <p>While more than {@value #TASK_EVENTS} wait, events about tasks and blocks are left out and counted; the count
 * stands in their place as a {@link Event.Dropped}. All others always get in. A listener that is
 * {@value #MOST_EVENTS} events behind is given up: it is told nothing more.
 */
final class ListenerLane implements Runnable {
    /** A hundred thousand tasks make two events each; this is some seconds of the busiest driver. */
    static final int TASK_EVENTS = 65_536;

    /** Jobs and stages come some thousand a second at most: nobody who is so far behind will ever catch up. */
    static final int MOST_EVENTS = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(ListenerLane.class);

    private final KindlingListener listener;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final ArrayDeque<Event> queue = new ArrayDeque<>();
    private long leftOut;
    private boolean isEnding;
    private volatile boolean isGivenUp;
    private long failures;

    ListenerLane(KindlingListener listener, String threadName) {
        this.listener = listener;
        thread = new Thread(this, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    KindlingListener listener() {
        return listener;
    }

    /** Never waits for the listener. */
    void offer(Event event) {
        lock.lock();
        try {
            if (isEnding) {
                return;
            }
            if (queue.size() >= TASK_EVENTS && EventKinds.isOneOfMany(event)) {
                leftOut++;
                return;
            }
            if (queue.size() >= MOST_EVENTS) {
                LOG.warn("listener {} is {} events behind and hears nothing more", listener, queue.size());
                queue.clear();
                isEnding = true;
            } else {
                tellLeftOut(event);
                queue.add(event);
            }
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }

    private void tellLeftOut(Event before) {
        if (leftOut > 0) {
            queue.add(new Event.Dropped(before.time(), leftOut));
            leftOut = 0;
        }
    }

    /** What is queued will still be delivered, then the thread ends. */
    void end() {
        lock.lock();
        try {
            isEnding = true;
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the thread's end; at the deadline it is interrupted and left to itself. */
    void awaitEnd(long deadlineNanos) {
        if (thread == Thread.currentThread()) {
            return;
        }
        boolean wasInterrupted = Thread.interrupted();
        try {
            thread.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            wasInterrupted = true;
        }
        if (thread.isAlive()) {
            LOG.warn("listener {} has not heard the last events before the application ended", listener);
            isGivenUp = true;
            thread.interrupt();
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        List<Event> batch = new ArrayList<>();
        try {
            while (take(batch)) {
                for (int i = 0; i < batch.size() && !isGivenUp; i++) {
                    deliver(batch.get(i));
                }
                batch.clear();
            }
        } catch (InterruptedException e) {
            LOG.debug("listener {} was interrupted while it waited", listener);
        }
        closeListener();
    }

    /** Fills the batch with all that waits; false when nothing will come any more. */
    private boolean take(List<Event> batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty() && !isEnding) {
                notEmpty.await();
            }
            batch.addAll(queue);
            queue.clear();
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(Event event) {
        try {
            listener.onEvent(event);
            EventKinds.tell(listener, event);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            failures++;
            if (failures == 1) {
                LOG.warn("listener {} failed on {}", listener, event.getClass().getSimpleName(), e);
            }
        }
    }

    private void closeListener() {
        if (failures > 1) {
            LOG.warn("listener {} failed on {} events in all", listener, failures);
        }
        if (listener instanceof AutoCloseable closing) {
            try {
                closing.close();
            } catch (Exception | LinkageError | AssertionError e) {
                LOG.warn("listener {} failed while closing", listener, e);
            }
        }
    }
}
