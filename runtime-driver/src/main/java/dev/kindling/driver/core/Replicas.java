package dev.kindling.driver.core;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.Frame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings each partition of a set that is to be kept more than once to as many executors: another one is told to copy it
 * from a holder. So it is after a partition was stored, after a holder was lost, and when one is to leave. Executors of other hosts are chosen
 * first, by a hash, so that copies spread and a run can be repeated. A copy that fails is tried once more elsewhere;
 * after that the partition has fewer copies until something changes about it.
 */
final class Replicas {
    private static final int MOST_TRIES = 2;
    /** Copies that one executor makes at the same time: it makes them one after the other. */
    private static final int MOST_ORDERS_OF_ONE = 4;
    /** A copy that has not come after so long does not come. */
    private static final long GIVEN_UP_AFTER_MS = 20_000;

    private final Outbox out;
    private final ExecutorTable executors;
    private final CachedBlocks cached;
    private final TreeSet<CachedBlockId> tooFew = new TreeSet<>();
    private final TreeMap<CachedBlockId, Order> orders = new TreeMap<>();
    private final TreeMap<CachedBlockId, Integer> failures = new TreeMap<>();
    private final TreeMap<Integer, Integer> ordersOf = new TreeMap<>();

    private record Order(int executorIndex, long givenMs) {}

    Replicas(Outbox out, ExecutorTable executors, CachedBlocks cached) {
        this.out = out;
        this.executors = executors;
        this.cached = cached;
    }

    /** A copy of the block came or went; {@code executorIndex} is where. */
    void changed(CachedBlocks.CachedSet set, CachedBlockId block, int executorIndex, boolean isHeld) {
        Order order = orders.get(block);
        if (set.level.replication() == 1
                && order == null
                && executors.draining().isEmpty()) {
            return;
        }
        if (order != null && order.executorIndex == executorIndex) {
            end(block, order);
            if (!isHeld) {
                failures.merge(block, 1, Integer::sum);
            }
        } else if (isHeld) {
            failures.remove(block);
        }
        look(set, block);
    }

    private void look(CachedBlocks.CachedSet set, CachedBlockId block) {
        List<ExecutorState> holders = cached.holders(set.setId, block.partition());
        long staying = holders.stream().filter(holder -> !holder.isDraining()).count();
        int possible = Math.min(set.level.replication(), executors.liveCount());
        if (!holders.isEmpty() && staying < possible && failures.getOrDefault(block, 0) < MOST_TRIES) {
            tooFew.add(block);
        } else {
            tooFew.remove(block);
        }
    }

    private void end(CachedBlockId block, Order order) {
        orders.remove(block);
        ordersOf.computeIfPresent(order.executorIndex, (index, count) -> count == 1 ? null : count - 1);
    }

    /** The set is kept no more, or anew. */
    void forget(CachedBlocks.CachedSet set) {
        CachedBlockId first = new CachedBlockId(set.setId, set.epoch(), 0);
        CachedBlockId end = new CachedBlockId(set.setId, set.epoch() + 1, 0);
        tooFew.subSet(first, end).clear();
        failures.subMap(first, end).clear();
        new ArrayList<>(orders.subMap(first, end).entrySet()).forEach(order -> end(order.getKey(), order.getValue()));
    }

    /** There is one more that can hold what has too few copies. */
    void executorCame() {
        boolean isAnyDraining = !executors.draining().isEmpty();
        for (CachedBlocks.CachedSet set : cached.all()) {
            boolean isCopied = set.level.replication() > 1 || isAnyDraining;
            for (int partition = 0; isCopied && partition < set.partitionCount; partition++) {
                look(set, new CachedBlockId(set.setId, set.epoch(), partition));
            }
        }
    }

    /** What only it has, or one of too few, has to be copied before it leaves. */
    void executorDrains(List<CachedBlockId> believed) {
        believed.forEach(block -> look(cached.find(block.setId()), block));
    }

    /** Whether a copy of one of these is under way or will be ordered, and no other executor that stays has one. */
    boolean isAwaited(List<CachedBlockId> believed) {
        return believed.stream()
                .filter(block -> cached.holders(block.setId(), block.partition()).stream()
                        .allMatch(ExecutorState::isDraining))
                .anyMatch(block -> executors.liveCount() == 0 || tooFew.contains(block) || orders.containsKey(block));
    }

    void executorLost(ExecutorState executor) {
        for (var order : new ArrayList<>(orders.entrySet())) {
            if (order.getValue().executorIndex == executor.index) {
                end(order.getKey(), order.getValue());
                tooFew.add(order.getKey());
            }
        }
    }

    /** Gives orders for what has too few copies, and gives up those that took too long. */
    void onTick() {
        if (orders.isEmpty() && tooFew.isEmpty()) {
            return;
        }
        for (var order : new ArrayList<>(orders.entrySet())) {
            if (out.nowMs() - order.getValue().givenMs >= GIVEN_UP_AFTER_MS) {
                end(order.getKey(), order.getValue());
                failures.merge(order.getKey(), 1, Integer::sum);
                CachedBlocks.CachedSet set = cached.find(order.getKey().setId());
                if (set != null) {
                    look(set, order.getKey());
                }
            }
        }
        Iterator<CachedBlockId> next = new ArrayList<>(tooFew).iterator();
        while (next.hasNext() && orders.size() < MOST_ORDERS_OF_ONE * executors.liveCount()) {
            CachedBlockId block = next.next();
            if (!orders.containsKey(block)) {
                order(block);
            }
        }
    }

    private void order(CachedBlockId block) {
        List<ExecutorState> holders = cached.holders(block.setId(), block.partition());
        CachedBlocks.CachedSet set = cached.find(block.setId());
        if (set == null || holders.isEmpty()) {
            tooFew.remove(block);
            return;
        }
        ExecutorState target = targetOf(block, holders);
        if (target != null) {
            orders.put(block, new Order(target.index, out.nowMs()));
            ordersOf.merge(target.index, 1, Integer::sum);
            out.send(target, new Frame.CopyCachedBlock(block, set.level, holders.get(0).address));
        }
    }

    /** On another host if there is one, and of those one of the base if there is one; null when nobody is free to take it. */
    private ExecutorState targetOf(CachedBlockId block, List<ExecutorState> holders) {
        List<ExecutorState> elsewhere = new ArrayList<>();
        List<ExecutorState> sameHost = new ArrayList<>();
        TreeMap<Integer, ExecutorState> inOrder = new TreeMap<>();
        executors.registered().forEach(executor -> inOrder.put(executor.index, executor));
        for (ExecutorState executor : inOrder.values()) {
            boolean mayHold = !holders.contains(executor) && !executor.isDraining();
            if (mayHold && ordersOf.getOrDefault(executor.index, 0) < MOST_ORDERS_OF_ONE) {
                boolean isOnHost = holders.stream().anyMatch(holder -> holder.host.equals(executor.host));
                (isOnHost ? sameHost : elsewhere).add(executor);
            }
        }
        List<ExecutorState> anywhere = elsewhere.isEmpty() ? sameHost : elsewhere;
        List<ExecutorState> ofBase =
                anywhere.stream().filter(executor -> executor.isBase).toList();
        List<ExecutorState> candidates = ofBase.isEmpty() ? anywhere : ofBase;
        if (candidates.isEmpty()) {
            return null;
        }
        int hash = (block.setId() * 31 + block.partition()) * 0x9E3779B1 + failures.getOrDefault(block, 0);
        return candidates.get(Math.floorMod(hash ^ hash >>> 15, candidates.size()));
    }
}
