package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShuffleMatrixTest {
    @Test
    void aSmallShuffleHasASquareForEachBlock() {
        ShuffleMatrix matrix = new ShuffleMatrix(2, 3);
        matrix.add(0, 0, 10);
        matrix.add(1, 2, 30);

        Event.ShuffleWritten written = matrix.written(Instant.EPOCH, 7, 4, new long[] {10, 0, 30});

        assertEquals(
                new Event.ShuffleWritten(
                        Instant.EPOCH, 7, 4, 1, 1, List.of(10L, 0L, 0L, 0L, 0L, 30L), List.of(10L, 0L, 30L)),
                written);
    }

    @Test
    void aLargeShuffleIsSummedUpInGroupsAndLosesNoByte() {
        int maps = 1_000;
        int partitions = 17_000;
        ShuffleMatrix matrix = new ShuffleMatrix(maps, partitions);
        for (int map = 0; map < maps; map += 7) {
            for (int partition = 0; partition < partitions; partition += 13) {
                matrix.add(map, partition, 1);
            }
        }

        Event.ShuffleWritten written = matrix.written(Instant.EPOCH, 0, 0, new long[partitions]);

        assertEquals(
                ((maps + 6) / 7) * ((partitions + 12) / 13),
                written.matrix().stream().mapToLong(Long::longValue).sum());
        assertTrue(
                written.matrix().size() <= 32 * 32, "it has " + written.matrix().size() + " squares");
        assertEquals(32, written.mapsPerRow());
        assertEquals(532, written.partitionsPerColumn());
        assertEquals(List.of(), written.partitionBytes(), "so many sizes are not told");
    }

    @Test
    void whatWasLostIsTakenOutAgain() {
        ShuffleMatrix matrix = new ShuffleMatrix(1, 1);
        matrix.add(0, 0, 10);
        matrix.add(0, 0, -10);
        matrix.add(0, 0, 4);

        assertEquals(
                List.of(4L), matrix.written(Instant.EPOCH, 0, 0, new long[] {4}).matrix());
    }
}
