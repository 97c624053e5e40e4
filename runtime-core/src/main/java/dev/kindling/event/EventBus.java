package dev.kindling.event;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Carries the events of one application to its listeners: a {@link ListenerLane} with a thread of its own for each.
 * {@link #publish} never waits for one of them. The application's own {@link StatusFold} is not behind a queue: it knows
 * every event before {@code publish} returns. All see the events in the same order. Safe for many threads.
 *
 * <p>A tool that runs a program it did not write, such as the command line, installs its listeners for the whole JVM;
 * they hear of every application started after that.
 */
public final class EventBus implements AutoCloseable {
    /** How long closing waits for slow listeners, all together. */
    private static final long CLOSE_WAIT_MS = 1_000;

    private static final List<KindlingListener> INSTALLED = new CopyOnWriteArrayList<>();

    private final StatusFold status = new StatusFold();
    private final List<ListenerLane> lanes = new ArrayList<>();
    private int startedLanes;
    private boolean isClosed;

    /** Starts a thread for each of these listeners and of those installed for the JVM. */
    public EventBus(List<? extends KindlingListener> listeners) {
        listeners.forEach(this::add);
        INSTALLED.forEach(this::add);
    }

    /** Adds a listener to every application of this JVM that starts from now on. */
    public static void install(KindlingListener listener) {
        INSTALLED.add(listener);
    }

    /** Takes back what {@link #install} did; running applications keep the listener. */
    public static void uninstall(KindlingListener listener) {
        INSTALLED.remove(listener);
    }

    /** How the application stands after all that was published. */
    public StatusFold status() {
        return status;
    }

    /** It hears what is published from now on; nothing when the bus is closed. */
    public synchronized void add(KindlingListener listener) {
        if (!isClosed) {
            lanes.add(new ListenerLane(listener, "events-" + startedLanes++));
        }
    }

    /** It hears what was published before, and no more. Returns at once; does nothing for one that is not there. */
    public synchronized void remove(KindlingListener listener) {
        lanes.removeIf(lane -> {
            boolean isIt = lane.listener() == listener;
            if (isIt) {
                lane.end();
            }
            return isIt;
        });
    }

    /** Any thread; events of one thread keep their order. */
    public synchronized void publish(Event event) {
        status.onEvent(event);
        for (ListenerLane lane : lanes) {
            lane.offer(event);
        }
    }

    /** Delivers what is queued, closes the listeners, ends the threads. */
    @Override
    public void close() {
        List<ListenerLane> ending;
        synchronized (this) {
            isClosed = true;
            ending = List.copyOf(lanes);
            lanes.clear();
        }
        ending.forEach(ListenerLane::end);
        long deadlineNanos = System.nanoTime() + CLOSE_WAIT_MS * 1_000_000;
        ending.forEach(lane -> lane.awaitEnd(deadlineNanos));
    }
}
