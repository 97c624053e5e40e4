package dev.kindling.driver.core;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.Frame;
import java.util.TreeMap;

/**
 * Copies of cached blocks that their executors were told to drop and have not said yet to be gone. An order that was
 * lost on its way is given again. An order costs a logarithm, a repetition what is outstanding.
 */
final class DropOrders {
    private final Outbox out;
    private final ExecutorTable executors;
    /** When each order was given last. */
    private final TreeMap<Copy, Long> givenMs = new TreeMap<>();
    /** Who waits until nothing of a set's epoch is left. */
    private final TreeMap<Integer, Copy> waiters = new TreeMap<>();

    /** A block on a process. Those of one epoch of a set follow each other. */
    private record Copy(CachedBlockId block, int executorIndex) implements Comparable<Copy> {
        static Copy firstOf(int setId, int epoch) {
            return new Copy(new CachedBlockId(setId, epoch, 0), 0);
        }

        boolean isOfSameEpoch(Copy other) {
            return block.setId() == other.block.setId() && block.epoch() == other.block.epoch();
        }

        @Override
        public int compareTo(Copy other) {
            int byBlock = block.compareTo(other.block);
            return byBlock != 0 ? byBlock : Integer.compare(executorIndex, other.executorIndex);
        }
    }

    DropOrders(Outbox out, ExecutorTable executors) {
        this.out = out;
        this.executors = executors;
    }

    void give(ExecutorState holder, CachedBlockId block) {
        given(holder.index, block);
        out.send(holder, new Frame.DropCachedBlock(block));
    }

    /** The order was given in another way, for the whole set. */
    void given(int executorIndex, CachedBlockId block) {
        givenMs.put(new Copy(block, executorIndex), out.nowMs());
    }

    /** The holder has said something new of the block, or is lost: what it was told does not matter any more. */
    void settle(int executorIndex, CachedBlockId block) {
        Copy copy = new Copy(block, executorIndex);
        if (givenMs.remove(copy) != null) {
            waiters.entrySet().removeIf(waiter -> copy.isOfSameEpoch(waiter.getValue()) && tellIfGone(waiter.getKey()));
        }
    }

    /** {@code CachedSetDropped} for the waiter, as soon as nothing of that epoch is left. */
    void await(int waiter, int setId, int epoch) {
        waiters.put(waiter, Copy.firstOf(setId, epoch));
        if (tellIfGone(waiter)) {
            waiters.remove(waiter);
        }
    }

    private boolean tellIfGone(int waiter) {
        Copy first = waiters.get(waiter);
        Copy next = givenMs.ceilingKey(first);
        if (next != null && next.isOfSameEpoch(first)) {
            return false;
        }
        out.add(new DriverEffect.CachedSetDropped(waiter));
        return true;
    }

    /** Gives those orders again that were given so long ago. */
    void repeat(long afterMs) {
        for (var order : givenMs.entrySet()) {
            if (out.nowMs() - order.getValue() >= afterMs) {
                order.setValue(out.nowMs());
                Copy copy = order.getKey();
                out.send(executors.byIndex(copy.executorIndex), new Frame.DropCachedBlock(copy.block));
            }
        }
    }

    boolean areAllFollowed() {
        return givenMs.isEmpty();
    }
}
