package dev.kindling.driver.core;

import dev.kindling.protocol.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Broadcast values that executors were told to forget and have not said that they have. The order is repeated to each
 * until it answers or is lost; whoever waits is told then.
 */
final class BroadcastDrops {
    private final long repeatMs;
    private final Outbox out;
    private final ExecutorTable executors;
    private final Set<PlantedBug> bugs;
    private final TreeMap<Long, Pending> pending = new TreeMap<>();

    private static final class Pending {
        /** Indexes of executors that have not answered. */
        private final TreeSet<Integer> unanswered = new TreeSet<>();

        private final List<Integer> waiters = new ArrayList<>();
        private long lastSentMs;
    }

    BroadcastDrops(long repeatMs, Outbox out, ExecutorTable executors, Set<PlantedBug> bugs) {
        this.repeatMs = repeatMs;
        this.out = out;
        this.executors = executors;
        this.bugs = bugs;
    }

    void drop(DriverEvent.DropBroadcast e) {
        Pending drop = pending.computeIfAbsent(e.broadcastId(), id -> new Pending());
        if (e.waiter() >= 0) {
            drop.waiters.add(e.waiter());
        }
        executors.registered().forEach(executor -> drop.unanswered.add(executor.index));
        send(e.broadcastId(), drop);
        endIfAnswered(e.broadcastId(), drop);
    }

    /** May come late or twice. */
    void dropped(ExecutorState executor, long broadcastId) {
        Pending drop = pending.get(broadcastId);
        if (drop != null) {
            drop.unanswered.remove(executor.index);
            endIfAnswered(broadcastId, drop);
        }
    }

    /** What it held went with it. */
    void executorLost(ExecutorState executor) {
        for (long broadcastId : new ArrayList<>(pending.keySet())) {
            dropped(executor, broadcastId);
        }
    }

    void repeat() {
        pending.forEach((broadcastId, drop) -> {
            if (out.nowMs() - drop.lastSentMs >= repeatMs && !bugs.contains(PlantedBug.BROADCAST_DROP_NOT_REPEATED)) {
                send(broadcastId, drop);
            }
        });
    }

    private void send(long broadcastId, Pending drop) {
        drop.lastSentMs = out.nowMs();
        for (int index : drop.unanswered) {
            out.send(executors.byIndex(index), new Frame.DropBroadcast(broadcastId));
        }
    }

    private void endIfAnswered(long broadcastId, Pending drop) {
        if (drop.unanswered.isEmpty()) {
            pending.remove(broadcastId);
            drop.waiters.forEach(waiter -> out.add(new DriverEffect.BroadcastGone(waiter)));
        }
    }
}
