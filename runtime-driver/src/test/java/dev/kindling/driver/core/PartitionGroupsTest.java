package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartitionGroupsTest {
    @Test
    void neighboursAreTogetherUpToTheLimit() {
        PartitionGroups groups = PartitionGroups.of(new int[] {0, 1, 2, 3, 4}, new long[] {4, 5, 2, 9, 0}, 10, 100);

        assertEquals(List.of(0, 1), groups.of(0));
        assertEquals(List.of(0, 1), groups.of(1));
        assertEquals(List.of(2), groups.of(2));
        assertEquals(List.of(3, 4), groups.of(4));
    }

    @Test
    void largeAndUnmeasuredPartitionsAreAlone() {
        PartitionGroups groups = PartitionGroups.of(new int[] {0, 1, 2, 3}, new long[] {1, 1000, -1, 1}, 10, 100);

        for (int partition = 0; partition < 4; partition++) {
            assertEquals(List.of(partition), groups.of(partition));
        }
    }

    @Test
    void partitionThatIsNotToBeComputedIsInNoGroup() {
        PartitionGroups groups = PartitionGroups.of(new int[] {1, 5, 9}, new long[] {1, 1, 1}, 10, 100);

        assertEquals(List.of(1, 5, 9), groups.of(5));
        assertEquals(List.of(4), groups.of(4));
    }

    @Test
    void everyPartitionIsInOneGroupOfItsNeighboursWithinTheBounds() {
        SplittableRandom random = new SplittableRandom(7);
        for (int run = 0; run < 2_000; run++) {
            int count = 1 + random.nextInt(60);
            int[] partitions = new int[count];
            long[] bytes = new long[count];
            for (int i = 0; i < count; i++) {
                partitions[i] = (i == 0 ? 0 : partitions[i - 1] + 1) + random.nextInt(3);
                bytes[i] = random.nextInt(8) == 0 ? -1 : random.nextLong(1L << random.nextInt(1, 30));
            }
            long limitBytes = random.nextLong(1L << random.nextInt(1, 33));
            int most = 1 + random.nextInt(20);

            PartitionGroups groups = PartitionGroups.of(partitions, bytes, limitBytes, most);

            List<Integer> inOrder = new ArrayList<>();
            for (int at = 0; at < count; at = inOrder.size()) {
                List<Integer> group = groups.of(partitions[at]);
                group.forEach(member -> assertEquals(group, groups.of(member)));
                long sum = Arrays.stream(bytes, at, at + group.size()).sum();
                boolean isMeasured = Arrays.stream(bytes, at, at + group.size()).allMatch(one -> one >= 0);
                assertTrue(group.size() == 1 || sum <= limitBytes && isMeasured && group.size() <= most);
                inOrder.addAll(group);
            }
            assertEquals(Arrays.stream(partitions).boxed().toList(), inOrder);
        }
    }
}
