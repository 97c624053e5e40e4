package dev.kindling.driver.core;

import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.TaskInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What stages and their tasks have to read, given what is cached: below a persisted set that is complete nothing is
 * needed, and a task reads a partition that is held, or what it is made of, never both. No state of its own.
 *
 * <p>A launch that relies on a cached block says nothing of what is below it: should the block be gone when the task
 * wants it, the attempt ends uncharged, the block is believed in no more, and the next launch says it. So a launch
 * costs what its task reads, and there is one way to compute a partition.
 */
final class StageReads {
    private final CachedBlocks cached;
    private final MapOutputs mapOutputs;
    private final ExecutorTable executors;

    StageReads(CachedBlocks cached, MapOutputs mapOutputs, ExecutorTable executors) {
        this.cached = cached;
        this.mapOutputs = mapOutputs;
        this.executors = executors;
    }

    /** The shuffles that have to be complete before the stage can run. */
    Iterable<Integer> shufflesOf(StageState stage) {
        if (stage.below.isEmpty() || stage.isCacheDistrusted) {
            return stage.spec.readsShuffles();
        }
        TreeSet<Integer> shuffles = new TreeSet<>();
        TreeSet<Integer> seen = new TreeSet<>();
        ArrayDeque<Integer> next = new ArrayDeque<>(List.of(JobGraph.Below.STAGE));
        while (!next.isEmpty()) {
            JobGraph.Below below = stage.below.get(next.remove());
            shuffles.addAll(below.shuffles());
            for (int setId : below.sets()) {
                if (!cached.isComplete(setId) && seen.add(setId)) {
                    next.add(setId);
                }
            }
        }
        return shuffles;
    }

    /** All shuffles that the set is made of in this stage, also by way of other persisted sets. */
    void addShufflesBelow(StageState stage, int setId, TreeSet<Integer> shuffles) {
        TreeSet<Integer> seen = new TreeSet<>();
        ArrayDeque<Integer> next = new ArrayDeque<>(List.of(setId));
        while (!next.isEmpty()) {
            JobGraph.Below below = stage.below.get(next.remove());
            shuffles.addAll(below.shuffles());
            below.sets().stream().filter(seen::add).forEach(next::add);
        }
    }

    private List<LeafInput> leavesOf(StageState stage, int partition) {
        if (stage.below.isEmpty() || stage.isCacheDistrusted) {
            return stage.spec.inputs().of(partition);
        }
        return stage.spec.inputs().of(partition, cached::isHeld);
    }

    /** Everything the task has to be told to run on {@code executor}. */
    List<TaskInput> inputsOf(StageState stage, int partition, ExecutorState executor) {
        List<TaskInput> inputs = new ArrayList<>();
        for (LeafInput leaf : leavesOf(stage, partition)) {
            if (leaf instanceof LeafInput.ShufflePartition read) {
                MapOutputs.Shuffle shuffle = mapOutputs.find(read.shuffleId());
                inputs.add(shuffle.inputOf(read.leafId(), read.leafPartition(), executors));
            } else if (leaf instanceof LeafInput.Bytes part) {
                inputs.add(new TaskInput.Bytes(part.leafId(), part.leafPartition(), part.bytes()));
            } else if (leaf instanceof LeafInput.CachedPartition part) {
                addCached(stage, part, executor, inputs);
            }
        }
        return inputs;
    }

    /** Of a set that is not persisted any more nothing is said: its rows only pass. */
    private void addCached(
            StageState stage, LeafInput.CachedPartition part, ExecutorState executor, List<TaskInput> inputs) {
        CachedBlocks.CachedSet set = cached.find(part.leafId());
        if (set == null) {
            return;
        }
        List<ExecutorAddress> holders = new ArrayList<>();
        if (!stage.isCacheDistrusted) {
            List<ExecutorState> held = cached.holders(part.leafId(), part.leafPartition());
            held.stream().filter(holder -> holder == executor).forEach(holder -> holders.add(holder.address));
            held.stream()
                    .filter(holder -> holder != executor && isSameHost(holder, executor))
                    .forEach(holder -> holders.add(holder.address));
            held.stream()
                    .filter(holder -> !isSameHost(holder, executor))
                    .forEach(holder -> holders.add(holder.address));
        }
        inputs.add(new TaskInput.CachedPartition(part.leafId(), part.leafPartition(), set.epoch(), set.level, holders));
    }

    private static boolean isSameHost(ExecutorState one, ExecutorState other) {
        return one.host.equals(other.host);
    }

    /**
     * What the task reads; -1 when it has to be computed by itself, because some of it was not measured or is cut into
     * partitions whose number somebody named.
     */
    long measuredBytes(StageState stage, int partition) {
        for (LeafInput leaf : stage.spec.inputs().of(partition)) {
            boolean isOfDefaultCount = leaf instanceof LeafInput.CachedPartition
                    || leaf instanceof LeafInput.ShufflePartition read
                            && mapOutputs.find(read.shuffleId()).hasDefaultCount;
            if (!isOfDefaultCount) {
                return -1;
            }
        }
        return inputBytes(stage, partition);
    }

    /** What the task reads, as far as that is known. */
    long inputBytes(StageState stage, int partition) {
        long bytes = 0;
        for (LeafInput leaf : leavesOf(stage, partition)) {
            if (leaf instanceof LeafInput.ShufflePartition read) {
                bytes += mapOutputs.find(read.shuffleId()).bytesOf(read.leafPartition());
            } else if (leaf instanceof LeafInput.Bytes part) {
                bytes += part.inputBytes();
            } else {
                bytes += cached.bytesOf(leaf.leafId(), leaf.leafPartition());
            }
        }
        return bytes;
    }

    /** Executors that hold what the task reads; empty when nothing of it is cached. */
    List<String> preferredExecutors(StageState stage, int partition) {
        List<String> preferred = new ArrayList<>();
        if (!stage.below.isEmpty() && !stage.isCacheDistrusted) {
            for (LeafInput leaf : leavesOf(stage, partition)) {
                if (leaf instanceof LeafInput.CachedPartition part) {
                    cached.holders(part.leafId(), part.leafPartition()).forEach(holder -> preferred.add(holder.id));
                }
            }
        }
        return preferred;
    }

    /** What the task reads where nothing is cached contains a partition of this shuffle. */
    static boolean reads(StageState stage, int partition, int shuffleId) {
        for (LeafInput leaf : stage.spec.inputs().of(partition)) {
            if (leaf instanceof LeafInput.ShufflePartition read && read.shuffleId() == shuffleId) {
                return true;
            }
        }
        return false;
    }
}
