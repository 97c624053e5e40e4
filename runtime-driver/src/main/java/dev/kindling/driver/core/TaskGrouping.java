package dev.kindling.driver.core;

import java.util.Arrays;

/**
 * Forms the groups of a stage when it can begin: by what the map outputs, which are all there by then, say about their
 * sizes, for partitions whose number nobody named. No state of its own.
 */
final class TaskGrouping {
    /** Map outputs named in one group's launch, for all its tasks together: about half a megabyte. */
    private static final int MAX_SOURCES = 1 << 16;

    private final GroupSettings settings;
    private final StageReads reads;
    private final MapOutputs mapOutputs;
    private final ExecutorTable executors;

    TaskGrouping(GroupSettings settings, StageReads reads, MapOutputs mapOutputs, ExecutorTable executors) {
        this.settings = settings;
        this.reads = reads;
        this.mapOutputs = mapOutputs;
        this.executors = executors;
    }

    /** @param missing the partitions that have to be computed */
    PartitionGroups groupsOf(StageState stage, PartitionSet missing) {
        if (settings.targetBytes() == 0 || missing.size() < 2 || !readsDefaultCount(stage)) {
            return PartitionGroups.NONE;
        }
        int[] partitions = new int[missing.size()];
        long[] bytes = new long[partitions.length];
        int count = 0;
        for (int partition = missing.first(); partition >= 0; partition = missing.next(partition + 1)) {
            long read = reads.measuredBytes(stage, partition);
            partitions[count] = partition;
            bytes[count++] = read < 0 ? read : read + settings.emptyTaskBytes();
        }
        int slots = Math.max(1, executors.coreCount());
        long limitBytes = Math.min(settings.targetBytes(), Arrays.stream(bytes).sum() / slots);
        return PartitionGroups.of(partitions, bytes, limitBytes, maxTasks(stage));
    }

    private boolean readsDefaultCount(StageState stage) {
        return stage.spec.readsShuffles().stream().anyMatch(id -> mapOutputs.find(id).hasDefaultCount);
    }

    private int maxTasks(StageState stage) {
        int sources = stage.spec.readsShuffles().stream()
                .mapToInt(id -> mapOutputs.find(id).mapPartitions())
                .sum();
        return Math.max(1, MAX_SOURCES / Math.max(1, sources));
    }
}
