package dev.kindling.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one thread that owns a {@link Core}: takes events from its mailbox, lets the core decide, and has the shell
 * perform the effects in their order before the next event is looked at.
 *
 * <p>The mailbox has two priorities: urgent events (signs of life, closed connections, cancelling) overtake the others
 * (results), so a flood of results never makes a living executor look lost. Both are bounded. A sender that may wait
 * uses {@link #post}: a network thread that waits stops reading its connection, and TCP does the rest. A loop that
 * sends to another loop must not wait, or two full ones would wait for each other: it uses {@link #offer}, and what
 * finds no room is a lost message, which the protocol repeats.
 *
 * <p>Any thread may call any method.
 *
 * @param <E> events of the core
 * @param <F> effects of the core
 */
public final class EventLoop<E, F> implements AutoCloseable {
    /** Time between two ticks. */
    public static final long TICK_MS = 100;

    // A waiting sender holds at most one event, and a core takes about a microsecond for one: 64 Ki are some 60 ms.
    private static final int MAX_WAITING_EVENTS = 64 * 1024;

    /** So many ordinary events are taken at once; an urgent one waits for no more than these. */
    public static final int BATCH_EVENTS = 128;

    private static final int STORY_STEPS = 256;
    private static final long END_WITHIN_MS = 1_000;

    /** The world around the core, called by the loop's thread only. */
    public interface Shell<E, F> {
        /** Does it; never waits, never calls back into the core. */
        void perform(F effect);

        /** The event that says time has passed. */
        E tick();

        /** Whether it overtakes events that are not. */
        boolean isUrgent(E event);

        /** How a step is remembered; the default keeps the record itself. */
        default Object inStory(Object eventOrEffect) {
            return eventOrEffect;
        }

        /** The core or the shell threw: nothing can be relied on any more, and the loop has ended. */
        void onDefect(Throwable defect, Story story);
    }

    private final Core<E, F> core;
    private final Shell<E, F> shell;
    private final Story story = new Story(STORY_STEPS);
    private final Thread thread;
    private final long startMs = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final ArrayDeque<E> urgent = new ArrayDeque<>();
    private final ArrayDeque<E> ordinary = new ArrayDeque<>();
    private boolean ending;
    /** Written by the loop's thread: counts up when it has events to see to, and when it has done so. */
    private volatile long turns;

    public EventLoop(String threadName, Core<E, F> core, Shell<E, F> shell) {
        this.core = core;
        this.shell = shell;
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Adds an event, waiting for room if there is none; false when the loop is ending and will not see it. */
    public boolean post(E event) {
        ArrayDeque<E> queue = queueOf(event);
        lock.lock();
        try {
            while (!ending && queue.size() >= MAX_WAITING_EVENTS) {
                notFull.awaitUninterruptibly();
            }
            return addLocked(queue, event);
        } finally {
            lock.unlock();
        }
    }

    /** Adds an event if there is room; never waits. */
    public boolean offer(E event) {
        ArrayDeque<E> queue = queueOf(event);
        lock.lock();
        try {
            return queue.size() < MAX_WAITING_EVENTS && addLocked(queue, event);
        } finally {
            lock.unlock();
        }
    }

    private ArrayDeque<E> queueOf(E event) {
        return shell.isUrgent(event) ? urgent : ordinary;
    }

    private boolean addLocked(ArrayDeque<E> queue, E event) {
        if (ending) {
            return false;
        }
        queue.add(event);
        notEmpty.signal();
        return true;
    }

    public Story story() {
        return story;
    }

    /** Odd while the loop sees to events, which are others with each odd number; for {@link LoopWatch}. */
    public long turns() {
        return turns;
    }

    /** Where the loop's thread is, for whoever looks for what keeps it. */
    public StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    /** Whether the calling thread is the loop's own. */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /**
     * Ends the loop after the events that are already in its mailbox; returns when its thread is gone, at the latest
     * after a second, then interrupted. From the loop's own thread: returns at once, the loop ends after this step.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            ending = true;
            notEmpty.signal();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
        if (!isCurrentThread() && !joined(END_WITHIN_MS)) {
            thread.interrupt();
            joined(END_WITHIN_MS);
        }
    }

    private boolean joined(long withinMs) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(withinMs);
        } catch (InterruptedException e) {
            // Whoever closes must not stop half way; the flag is set again below.
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        List<E> batch = new ArrayList<>(BATCH_EVENTS);
        try {
            long nextTickMs = nowMs() + TICK_MS;
            long turn = 0;
            while (takeBatch(batch, nextTickMs)) {
                turns = ++turn;
                for (E event : batch) {
                    step(event);
                }
                batch.clear();
                if (nowMs() >= nextTickMs) {
                    step(shell.tick());
                    nextTickMs = nowMs() + TICK_MS;
                }
                turns = ++turn;
            }
        } catch (Throwable defect) {
            endWithoutRest();
            shell.onDefect(defect, story);
        }
    }

    /** Fills the batch with all urgent events, or else some ordinary ones; waits until the tick is due if none. */
    private boolean takeBatch(List<E> batch, long nextTickMs) {
        lock.lock();
        try {
            while (urgent.isEmpty() && ordinary.isEmpty()) {
                long waitMs = nextTickMs - nowMs();
                if (ending) {
                    return false;
                }
                if (waitMs <= 0) {
                    return true;
                }
                awaitEvent(waitMs);
            }
            ArrayDeque<E> source = urgent.isEmpty() ? ordinary : urgent;
            while (batch.size() < BATCH_EVENTS && !source.isEmpty()) {
                batch.add(source.poll());
            }
            notFull.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void awaitEvent(long waitMs) {
        try {
            notEmpty.await(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, and it has set the flag that the caller looks at.
            ending = true;
        }
    }

    private void step(E event) {
        long nowMs = nowMs();
        List<F> effects = new ArrayList<>(4);
        core.on(nowMs, event, effects::add);
        Object[] remembered = new Object[effects.size()];
        for (int i = 0; i < remembered.length; i++) {
            remembered[i] = shell.inStory(effects.get(i));
        }
        story.add(nowMs - startMs, shell.inStory(event), remembered);
        for (F effect : effects) {
            shell.perform(effect);
        }
    }

    private void endWithoutRest() {
        lock.lock();
        try {
            ending = true;
            urgent.clear();
            ordinary.clear();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The loop's time: the wall clock when it was made, going on at its own pace whatever the wall clock does. */
    public long nowMs() {
        return startMs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
