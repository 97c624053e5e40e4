package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes of a shuffle by map output and reduce partition, for people to look at: both sides in groups of neighbours, so
 * that it takes 8 KiB whatever the shuffle's size, and an event of it some more.
 */
final class ShuffleMatrix {
    /** More squares than that are not told apart on a screen. */
    private static final int MAX_SIDE = 32;

    /** Sizes of more partitions would make an event of more than 100 KB. */
    private static final int MAX_TOLD_PARTITIONS = 16_384;

    private final int mapsPerRow;
    private final int partitionsPerColumn;
    private final int columns;
    private final long[] bytes;

    ShuffleMatrix(int mapPartitions, int reducePartitions) {
        mapsPerRow = groupSize(mapPartitions);
        partitionsPerColumn = groupSize(reducePartitions);
        columns = groups(reducePartitions, partitionsPerColumn);
        bytes = new long[groups(mapPartitions, mapsPerRow) * columns];
    }

    private static int groupSize(int partitions) {
        return Math.max(1, groups(partitions, MAX_SIDE));
    }

    private static int groups(int partitions, int groupSize) {
        return (int) (((long) partitions + groupSize - 1) / groupSize);
    }

    void add(int mapPartition, int reducePartition, long moreBytes) {
        bytes[mapPartition / mapsPerRow * columns + reducePartition / partitionsPerColumn] += moreBytes;
    }

    Event.ShuffleWritten written(Instant time, int shuffleId, int stageId, long[] partitionBytes) {
        return new Event.ShuffleWritten(
                time,
                shuffleId,
                stageId,
                mapsPerRow,
                partitionsPerColumn,
                listOf(bytes),
                partitionBytes.length > MAX_TOLD_PARTITIONS ? List.of() : listOf(partitionBytes));
    }

    private static List<Long> listOf(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
