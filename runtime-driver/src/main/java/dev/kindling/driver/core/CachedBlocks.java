package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.Frame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which executor keeps which partition of which persisted set.
 *
 * <p>Executors tell every change, numbered, until it is acknowledged: of two changes of one block, the one with the
 * higher number is true, whichever came first. A set begins a new epoch when it is persisted and when what it is made
 * of turns out to be different; a block of an earlier epoch is believed by nobody. Whoever tells of one is ordered to
 * drop it, again and again until it says that it has. A block whose functions added to accumulators is believed once
 * that was counted: should its executor end before, nobody has read or copied it, and the partition is computed again.
 *
 * <p>A change costs a logarithm; the loss of an executor a pass over what it held.
 */
final class CachedBlocks {
    private static final String MEMORY_NEEDED = "memory was needed";

    private final Outbox out;
    private final ExecutorTable executors;
    private final Set<PlantedBug> bugs;
    private final TreeMap<Integer, CachedSet> sets = new TreeMap<>();
    /** What each process said last of each block, by the process's index; of blocks that are gone too. */
    private final TreeMap<Integer, TreeMap<CachedBlockId, CachedBlockStatus>> told = new TreeMap<>();

    private final DropOrders orders;
    private final Replicas replicas;
    private int lastEpoch;

    /** A persisted set. */
    static final class CachedSet {
        final int setId;
        final StorageLevel level;
        final int partitionCount;
        /** Partitions that nobody holds. */
        final PartitionSet missing;
        /** For which partitions accumulators got what functions below the set add, whatever computed them. */
        final CountedUpdates counted;
        /** Shuffles it is made from. */
        final TreeSet<Integer> madeFrom = new TreeSet<>();

        /** By partition, then by the index of the process. */
        private final TreeMap<Integer, TreeMap<Integer, CachedBlockStatus>> holders = new TreeMap<>();

        private int epoch;

        private CachedSet(int setId, StorageLevel level, int partitionCount, int epoch) {
            this.setId = setId;
            this.level = level;
            this.partitionCount = partitionCount;
            this.epoch = epoch;
            this.missing = PartitionSet.full(partitionCount);
            this.counted = new CountedUpdates(partitionCount);
        }

        int epoch() {
            return epoch;
        }

        boolean hasPartition(int partition) {
            return partition >= 0 && partition < partitionCount;
        }

        boolean isComplete() {
            return missing.isEmpty();
        }
    }

    CachedBlocks(Outbox out, ExecutorTable executors, Set<PlantedBug> bugs) {
        this.out = out;
        this.executors = executors;
        this.bugs = bugs;
        orders = new DropOrders(out, executors);
        replicas = new Replicas(out, executors, this);
    }

    // ---- what is kept ---------------------------------------------------------------------------------------------

    /** Null when it is not persisted. */
    CachedSet find(int setId) {
        return sets.get(setId);
    }

    Collection<CachedSet> all() {
        return sets.values();
    }

    boolean isComplete(int setId) {
        CachedSet set = sets.get(setId);
        return set != null && set.isComplete();
    }

    boolean isHeld(int setId, int partition) {
        CachedSet set = sets.get(setId);
        return set != null && !set.missing.contains(partition);
    }

    /** What the partition takes where it is held; 0 when it is not. */
    long bytesOf(int setId, int partition) {
        CachedSet set = sets.get(setId);
        TreeMap<Integer, CachedBlockStatus> held = set == null ? null : set.holders.get(partition);
        if (held == null || held.isEmpty()) {
            return 0;
        }
        CachedBlockStatus block = held.firstEntry().getValue();
        return block.memoryBytes() + block.diskBytes();
    }

    /** Those that hold the partition, in the order in which they registered. */
    List<ExecutorState> holders(int setId, int partition) {
        List<ExecutorState> found = new ArrayList<>();
        CachedSet set = sets.get(setId);
        TreeMap<Integer, CachedBlockStatus> held = set == null ? null : set.holders.get(partition);
        if (held != null) {
            held.keySet().forEach(index -> found.add(executors.byIndex(index)));
        }
        return found;
    }

    /** Whether this very process is believed to hold this very block. */
    boolean isBelieved(CachedBlockId block, ExecutorState executor) {
        CachedSet set = sets.get(block.setId());
        return set != null
                && set.epoch == block.epoch()
                && holders(block.setId(), block.partition()).contains(executor);
    }

    // ---- the program's word ---------------------------------------------------------------------------------------

    void persist(int setId, StorageLevel level, int partitionCount) {
        sets.computeIfAbsent(setId, id -> new CachedSet(id, level, partitionCount, ++lastEpoch));
    }

    /**
     * False when it is not persisted.
     *
     * @param waiter told by {@code CachedSetDropped} when nobody holds anything of it any more; -1 for none
     */
    boolean unpersist(int setId, int waiter) {
        CachedSet set = sets.remove(setId);
        if (set != null) {
            orderDrop(set, "the set was unpersisted");
        }
        if (waiter >= 0) {
            // When it was unpersisted before, nobody knows which epoch that was: then there is nothing to wait for.
            orders.await(waiter, setId, set == null ? -1 : set.epoch);
        }
        return set != null;
    }

    /** What the set is made of is different from now on: what is kept of it is of no use. */
    void beginAnew(CachedSet set) {
        orderDrop(set, "what the set is made of came out otherwise");
        set.epoch = ++lastEpoch;
        set.holders.clear();
        for (int partition = 0; partition < set.partitionCount; partition++) {
            set.missing.add(partition);
        }
    }

    private void orderDrop(CachedSet set, String why) {
        replicas.forget(set);
        set.holders.forEach((partition, held) -> held.forEach((index, status) ->
                report(set, executors.byIndex(index), CachedBlockStatus.gone(status.block(), status.version()), why)));
        CachedBlockId first = new CachedBlockId(set.setId, set.epoch, 0);
        CachedBlockId end = new CachedBlockId(set.setId, set.epoch + 1, 0);
        told.forEach((index, known) -> known.subMap(first, end).values().stream()
                .filter(CachedBlockStatus::isHeld)
                .forEach(status -> orders.given(index, status.block())));
        // To all: an attempt may be about to store one more.
        for (ExecutorState executor : executors.registered()) {
            out.send(executor, new Frame.DropCachedSet(set.setId, set.epoch));
        }
    }

    // ---- the executors' word --------------------------------------------------------------------------------------

    void changed(ExecutorState executor, CachedBlockStatus status) {
        CachedBlockId block = status.block();
        TreeMap<CachedBlockId, CachedBlockStatus> known =
                told.computeIfAbsent(executor.index, index -> new TreeMap<>());
        CachedBlockStatus before = known.get(block);
        boolean isLate = before != null && before.version() >= status.version();
        if (isLate && !bugs.contains(PlantedBug.CACHE_VERSION_NOT_COMPARED)) {
            return;
        }
        CachedSet set = sets.get(block.setId());
        boolean isCurrent = set != null
                && block.partition() < set.partitionCount
                && (set.epoch == block.epoch() || bugs.contains(PlantedBug.CACHE_EPOCH_NOT_COMPARED));
        orders.settle(executor.index, block);
        if (!isCurrent) {
            unwanted(executor, status, known);
            return;
        }
        known.put(block, status);
        if (isCounted(set, status)) {
            believe(set, executor, status, before == null ? "" : whyChanged(before, status));
        }
    }

    private boolean isCounted(CachedSet set, CachedBlockStatus status) {
        return !status.hasUpdates()
                || set.counted.has(status.block().partition())
                || bugs.contains(PlantedBug.CACHE_BELIEVED_BEFORE_COUNTED);
    }

    private void believe(CachedSet set, ExecutorState executor, CachedBlockStatus status, String why) {
        report(set, executor, status, why);
        if (status.isHeld()) {
            hold(set, executor, status);
        } else {
            release(set, executor, status.block().partition());
        }
        replicas.changed(set, status.block(), executor.index, status.isHeld());
    }

    /**
     * What the partition's functions added to accumulators has come: blocks that waited for it are believed from now on.
     * False when it had come before.
     */
    boolean isFirstCount(CachedSet set, int partition) {
        if (!set.counted.isFirst(partition)) {
            return false;
        }
        CachedBlockId block = new CachedBlockId(set.setId, set.epoch, partition);
        told.forEach((index, known) -> {
            CachedBlockStatus status = known.get(block);
            if (status != null && status.isHeld() && status.hasUpdates()) {
                believe(set, executors.byIndex(index), status, "");
            }
        });
        return true;
    }

    private void hold(CachedSet set, ExecutorState executor, CachedBlockStatus status) {
        int partition = status.block().partition();
        set.holders.computeIfAbsent(partition, p -> new TreeMap<>()).put(executor.index, status);
        set.missing.remove(partition);
    }

    private void release(CachedSet set, ExecutorState executor, int partition) {
        TreeMap<Integer, CachedBlockStatus> held = set.holders.get(partition);
        if (held != null && held.remove(executor.index) != null && held.isEmpty()) {
            set.holders.remove(partition);
            set.missing.add(partition);
        }
    }

    /** A block of an epoch that is over, or of a set that was unpersisted. */
    private void unwanted(
            ExecutorState executor, CachedBlockStatus status, TreeMap<CachedBlockId, CachedBlockStatus> known) {
        if (status.isHeld()) {
            known.put(status.block(), status);
            orders.give(executor, status.block());
        } else {
            known.remove(status.block());
        }
    }

    /** Orders to drop that were not followed for so long are given again; copies that are wanted are ordered. */
    void onTick(long afterMs) {
        replicas.onTick();
        if (!bugs.contains(PlantedBug.CACHE_DROP_NOT_REPEATED)) {
            orders.repeat(afterMs);
        }
    }

    boolean waitsForDrops() {
        return !orders.areAllFollowed();
    }

    void executorCame() {
        replicas.executorCame();
    }

    void executorDrains(ExecutorState executor) {
        replicas.executorDrains(believedOn(executor));
    }

    /** Whether something has still to be copied from there before it leaves. */
    boolean hasToMoveFrom(ExecutorState executor) {
        return replicas.isAwaited(believedOn(executor));
    }

    private List<CachedBlockId> believedOn(ExecutorState executor) {
        List<CachedBlockId> believed = new ArrayList<>();
        told.getOrDefault(executor.index, new TreeMap<>()).keySet().forEach(block -> {
            if (isBelieved(block, executor)) {
                believed.add(block);
            }
        });
        return believed;
    }

    /** Sets of which something was lost with the process. */
    List<CachedSet> executorLost(ExecutorState executor) {
        List<CachedSet> affected = new ArrayList<>();
        if (bugs.contains(PlantedBug.CACHE_HOLDER_NOT_DROPPED)) {
            return affected;
        }
        replicas.executorLost(executor);
        TreeMap<CachedBlockId, CachedBlockStatus> known = told.remove(executor.index);
        if (known == null) {
            return affected;
        }
        for (CachedBlockStatus status : known.values()) {
            CachedBlockId block = status.block();
            orders.settle(executor.index, block);
            CachedSet set = sets.get(block.setId());
            if (isBelieved(block, executor)) {
                report(set, executor, CachedBlockStatus.gone(block, status.version()), "the executor was lost");
                release(set, executor, block.partition());
                replicas.changed(set, block, executor.index, false);
                if (affected.isEmpty() || affected.get(affected.size() - 1) != set) {
                    affected.add(set);
                }
            }
        }
        return affected;
    }

    /** That very copy cannot be read, whatever its holder says of it. */
    void missed(CachedBlockId block, ExecutorState holder) {
        if (!isBelieved(block, holder)) {
            return;
        }
        CachedSet set = sets.get(block.setId());
        CachedBlockStatus held = set.holders.get(block.partition()).get(holder.index);
        report(set, holder, CachedBlockStatus.gone(held.block(), held.version()), "a task could not read it");
        release(set, holder, block.partition());
        replicas.changed(set, block, holder.index, false);
        orders.give(holder, held.block());
    }

    /** Executors give up blocks in memory for others and for running tasks, and those on disk that are damaged. */
    private static String whyChanged(CachedBlockStatus before, CachedBlockStatus now) {
        if (before.memoryBytes() > 0 && now.memoryBytes() == 0) {
            return MEMORY_NEEDED;
        }
        return before.isHeld() && !now.isHeld() ? "the file could not be read" : "";
    }

    private void report(CachedSet set, ExecutorState executor, CachedBlockStatus status, String why) {
        boolean isInMemory =
                status.isHeld() && set.level.useMemory() && (status.diskBytes() == 0 || status.memoryBytes() > 0);
        boolean isOnDisk = status.isHeld() && (status.diskBytes() > 0 || !isInMemory);
        StorageLevel where = status.isHeld()
                ? new StorageLevel(isOnDisk, isInMemory, false, false, set.level.replication())
                : StorageLevel.NONE;
        out.emit(new Event.BlockUpdated(
                out.time(), status.block().name(), executor.id, where, status.memoryBytes(), status.diskBytes(), why));
    }

    /** What processes that are not lost hold as far as the driver knows, wanted or not. */
    List<CachedBlockStatus> heldBy(ExecutorState executor) {
        List<CachedBlockStatus> held = new ArrayList<>();
        told.getOrDefault(executor.index, new TreeMap<>()).values().forEach(status -> {
            if (status.isHeld()) {
                held.add(status);
            }
        });
        return held;
    }
}
