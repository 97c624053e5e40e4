package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Forms the groups of a stage when it can begin: by what the map outputs, which are all there by then, say about their
 * sizes, for partitions whose number nobody named; for others, as they turn out quick. No state of its own.
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

    /**
     * The groups of a stage, and what they were formed by.
     *
     * @param readBytes by all partitions whose size is known
     */
    record Formed(PartitionGroups groups, int partitionCount, long readBytes, int coreCount) {
        static final Formed NONE = new Formed(PartitionGroups.NONE, 0, 0, 0);
    }

    /** @param missing the partitions that have to be computed */
    Formed groupsOf(StageState stage, PartitionSet missing) {
        if (settings.targetBytes() == 0 || missing.size() < 2 || !readsDefaultCount(stage)) {
            return Formed.NONE;
        }
        int[] partitions = new int[missing.size()];
        long[] bytes = new long[partitions.length];
        long readBytes = 0;
        int count = 0;
        for (int partition = missing.first(); partition >= 0; partition = missing.next(partition + 1)) {
            long read = reads.measuredBytes(stage, partition);
            readBytes += Math.max(0, read);
            partitions[count] = partition;
            bytes[count++] = read < 0 ? read : read + settings.emptyTaskBytes();
        }
        int slots = Math.max(1, executors.coreCount());
        long limitBytes = Math.min(settings.targetBytes(), Arrays.stream(bytes).sum() / slots);
        PartitionGroups groups = PartitionGroups.of(partitions, bytes, limitBytes, maxTasks(stage));
        return new Formed(groups, partitions.length, readBytes, slots);
    }

    /** Of a stage in which no partition has company there is nothing to tell. */
    Optional<Event> told(Instant time, StageState stage, Formed formed) {
        int groupCount = formed.groups.count();
        return groupCount == formed.partitionCount
                ? Optional.empty()
                : Optional.of(new Event.PartitionsGrouped(
                        time,
                        stage.id(),
                        formed.partitionCount,
                        groupCount,
                        formed.readBytes,
                        settings.targetBytes(),
                        formed.coreCount));
    }

    /** For the tasks of a stage that can begin, and are in no groups by what they read. */
    QuickTasks quickTasks(StageState stage) {
        int most = Math.min(settings.mostQuick(), maxTasks(stage));
        return most == 1
                ? QuickTasks.NONE
                : new QuickTasks(most, Math.max(1, executors.coreCount()), settings.quickMs());
    }

    private boolean readsDefaultCount(StageState stage) {
        for (int shuffleId : stage.spec.readsShuffles()) {
            if (mapOutputs.find(shuffleId).hasDefaultCount) {
                return true;
            }
        }
        return false;
    }

    private int maxTasks(StageState stage) {
        int sources = 0;
        for (int shuffleId : stage.spec.readsShuffles()) {
            sources += mapOutputs.find(shuffleId).mapPartitions();
        }
        return Math.max(1, MAX_SOURCES / Math.max(1, sources));
    }
}
