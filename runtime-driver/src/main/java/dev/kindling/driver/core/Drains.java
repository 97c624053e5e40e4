package dev.kindling.driver.core;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Executors that are to leave without loss. Such an executor gets no new tasks and ends the ones it has, while others are
 * ordered to copy its map outputs; its cached blocks move as {@link Replicas} have it. An output is pointed at its copy
 * when that has arrived whole, and stays readable where it was until all who were launched before have ended. When
 * nothing is left the executor may go; after its deadline it goes with what is left, which is lost as with any other.
 *
 * <p>An output keeps its name, the attempt that wrote it: readers of the copy read the same rows. An order is repeated
 * until it is answered, and an answer until it is acknowledged; a copy that nobody wants any more is dropped. An output of
 * which no copy succeeds is given up, as one that a task cannot read: its file is gone or broken, and would keep the
 * executor until its deadline. A tick costs a pass over the table of outputs while somebody leaves, and nothing else.
 */
final class Drains {
    /** Copies that one executor makes at the same time: it makes them one after the other. */
    private static final int MOST_ORDERS_OF_ONE = 4;
    /** Copies of one output that may fail in a row. */
    private static final int MOST_FAILURES = 3;

    private final long repeatMs;
    private final Outbox out;
    private final ExecutorTable executors;
    private final Stages stages;
    private final Set<PlantedBug> bugs;
    private final TreeMap<Output, Order> orders = new TreeMap<>();
    /** Orders that failed: what is out of reach is not asked for again at once, nor for ever. */
    private final TreeMap<Output, Failed> failed = new TreeMap<>();

    /** A map output, wherever it lies. */
    private record Output(int shuffleId, int map) implements Comparable<Output> {
        private static final Comparator<Output> ORDER =
                Comparator.comparingInt(Output::shuffleId).thenComparingInt(Output::map);

        @Override
        public int compareTo(Output other) {
            return ORDER.compare(this, other);
        }
    }

    private record Order(AttemptId attempt, ExecutorState source, ExecutorState target, long sentMs) {}

    /** @param last of so many orders in a row */
    private record Failed(Order last, int times, long atMs) {}

    Drains(long repeatMs, Outbox out, ExecutorTable executors, Stages stages, Set<PlantedBug> bugs) {
        this.repeatMs = repeatMs;
        this.out = out;
        this.executors = executors;
        this.stages = stages;
        this.bugs = bugs;
    }

    /** Orders what has to move; returns the executors that have nothing left. */
    List<ExecutorState> tick() {
        List<ExecutorState> done = new ArrayList<>();
        List<ExecutorState> draining = executors.draining();
        if (draining.isEmpty() && orders.isEmpty()) {
            return done;
        }
        failed.entrySet().removeIf(entry -> !isStillThere(entry.getKey(), entry.getValue().last));
        repeatOrders();
        for (ExecutorState executor : draining) {
            int left = orderCopies(executor);
            boolean isEmpty = left == 0 || bugs.contains(PlantedBug.DRAINED_WITH_OUTPUTS_LEFT);
            if (isEmpty && executor.running.isEmpty() && isLeft(executor)) {
                done.add(executor);
            }
        }
        return done;
    }

    /** Whether nobody needs what is on it besides map outputs. */
    private boolean isLeft(ExecutorState executor) {
        return !stages.cached().hasToMoveFrom(executor)
                && !stages.jobs().hasUnfetchedOn(executor)
                && !isReadByEarlier(executor.drain);
    }

    /** Whether somebody runs who was launched when outputs still lay there. */
    private boolean isReadByEarlier(Drain drain) {
        for (ExecutorState executor : executors.registered()) {
            for (RunningAttempt attempt : executor.running.all()) {
                boolean isEarlier = attempt.launchedMs <= drain.lastMoveMs;
                if (isEarlier && attempt.stage.spec.readsShuffles().stream().anyMatch(drain.movedShuffles::contains)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void repeatOrders() {
        for (Output output : new ArrayList<>(orders.keySet())) {
            Order order = orders.get(output);
            if (!isStillThere(output, order)) {
                orders.remove(output);
            } else if (out.nowMs() - order.sentMs >= repeatMs) {
                send(output, order.attempt, order.source, order.target);
            }
        }
    }

    private boolean isStillThere(Output output, Order order) {
        MapOutputs.Shuffle shuffle = stages.mapOutputs().find(output.shuffleId);
        return shuffle != null && shuffle.isHeld(order.attempt, order.source.index);
    }

    /** Returns how many outputs are still there. */
    private int orderCopies(ExecutorState source) {
        int left = 0;
        for (MapOutputs.Shuffle shuffle : stages.mapOutputs().all()) {
            for (int map : shuffle.heldBy(source.index)) {
                left++;
                Output output = new Output(shuffle.shuffleId, map);
                if (!orders.containsKey(output) && !hasJustFailed(output)) {
                    AttemptId attempt = new AttemptId(shuffle.mapStageId, map, shuffle.attemptOf(map));
                    target(source, map).ifPresent(target -> {
                        send(output, attempt, source, target);
                        if (bugs.contains(PlantedBug.OUTPUT_MOVED_BEFORE_IT_ARRIVED)) {
                            shuffle.move(map, target.index);
                        }
                    });
                }
            }
        }
        return left;
    }

    private boolean hasJustFailed(Output output) {
        Failed last = failed.get(output);
        return last != null && out.nowMs() - last.atMs < repeatMs;
    }

    private void send(Output output, AttemptId attempt, ExecutorState source, ExecutorState target) {
        orders.put(output, new Order(attempt, source, target, out.nowMs()));
        out.send(target, new Frame.CopyMapOutput(output.shuffleId, attempt, source.address));
    }

    /** One of the base, where there is a base; of those the one with the fewest orders; among several, one after the other. */
    private Optional<ExecutorState> target(ExecutorState source, int map) {
        TreeMap<Integer, Integer> ordersOf = new TreeMap<>();
        orders.values().forEach(order -> ordersOf.merge(order.target.index, 1, Integer::sum));
        return executors.registered().stream()
                .filter(executor -> !executor.isDraining())
                .filter(executor -> !executors.fullDisks.isAvoided(executor, executors.liveCount()))
                .filter(executor -> ordersOf.getOrDefault(executor.index, 0) < MOST_ORDERS_OF_ONE)
                .min(Comparator.<ExecutorState>comparingInt(executor -> executor.isBase ? 0 : 1)
                        .thenComparingInt(executor -> ordersOf.getOrDefault(executor.index, 0))
                        .thenComparingInt(executor -> Math.floorMod(executor.index + map, executors.liveCount()))
                        .thenComparingInt(executor -> executor.index));
    }

    /** The answer of who was ordered to copy; late, doubled, or about what nobody knows any more. */
    void copied(ExecutorState executor, Frame.MapOutputCopied e) {
        Output output = new Output(e.shuffleId(), e.attempt().partition());
        Order order = orders.get(output);
        boolean isAwaited = order != null && order.target == executor && order.attempt.equals(e.attempt());
        if (isAwaited) {
            orders.remove(output);
        }
        if (!e.isHeld()) {
            out.send(executor, new Frame.MapOutputCopyReceived(e.attempt()));
            if (isAwaited) {
                failed(output, order);
            }
            return;
        }
        MapOutputs.Shuffle shuffle = stages.mapOutputs().find(e.shuffleId());
        if (shuffle != null && shuffle.isHeld(e.attempt(), executor.index)) {
            out.send(executor, new Frame.MapOutputCopyReceived(e.attempt()));
        } else if (shuffle != null && shuffle.isHeld(e.attempt()) && !executor.isDraining() && isLeaving(shuffle, e)) {
            ExecutorState source =
                    executors.byIndex(shuffle.executorOf(e.attempt().partition()));
            shuffle.move(e.attempt().partition(), executor.index);
            source.drain.movedOutputs++;
            source.drain.lastMoveMs = out.nowMs();
            source.drain.movedShuffles.add(e.shuffleId());
            out.send(executor, new Frame.MapOutputCopyReceived(e.attempt()));
        } else if (bugs.contains(PlantedBug.UNWANTED_COPY_KEPT)) {
            out.send(executor, new Frame.MapOutputCopyReceived(e.attempt()));
        } else {
            out.send(executor, new Frame.DropMapOutput(e.shuffleId(), e.attempt()));
        }
    }

    /** Whether it was the source or the target that could not, nobody knows: each time another target is asked, if there is one. */
    private void failed(Output output, Order order) {
        Failed before = failed.get(output);
        boolean isInARow = before != null && before.last.attempt.equals(order.attempt);
        int times = isInARow ? before.times + 1 : 1;
        failed.put(output, new Failed(order, times, out.nowMs()));
        if (times >= MOST_FAILURES
                && isStillThere(output, order)
                && !bugs.contains(PlantedBug.UNREADABLE_OUTPUT_AWAITED)) {
            String reason = times + " copies from executor " + order.source.id
                    + ", which is to leave, failed, the last to " + order.target.id;
            stages.dropUncopied(output.shuffleId, output.map, reason);
        }
    }

    private boolean isLeaving(MapOutputs.Shuffle shuffle, Frame.MapOutputCopied e) {
        return executors.byIndex(shuffle.executorOf(e.attempt().partition())).isDraining();
    }

    /** How many map outputs are still there. */
    int outputsOn(ExecutorState executor) {
        int count = 0;
        for (MapOutputs.Shuffle shuffle : stages.mapOutputs().all()) {
            count += shuffle.heldBy(executor.index).size();
        }
        return count;
    }

    /** It is no source and no target any more. */
    void executorLost(ExecutorState executor) {
        orders.values().removeIf(order -> order.source == executor || order.target == executor);
    }
}
