package dev.kindling.driver.core;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which partitions of a stage are computed together by one slot, one after the other: neighbours, as long as what they
 * read stays within a bound. A partition that is larger than the bound, or of which nobody knows how much it reads, is
 * alone. Immutable; a pure function of what was measured.
 */
final class PartitionGroups {
    static final PartitionGroups NONE = new PartitionGroups(new int[0], new int[0], new int[0]);

    /** Ascending. */
    private final int[] partitions;
    /** Of each of them, where its group begins and ends among them. */
    private final int[] begins;

    private final int[] ends;

    private PartitionGroups(int[] partitions, int[] begins, int[] ends) {
        this.partitions = partitions;
        this.begins = begins;
        this.ends = ends;
    }

    /**
     * @param partitions those to be computed, ascending
     * @param bytes what each of them reads; negative for one that must be alone
     * @param limitBytes the most that a group of several reads
     * @param maxPartitions the most that a group has
     */
    static PartitionGroups of(int[] partitions, long[] bytes, long limitBytes, int maxPartitions) {
        int[] begins = new int[partitions.length];
        int[] ends = new int[partitions.length];
        int begin = 0;
        while (begin < partitions.length) {
            int end = endOf(begin, bytes, limitBytes, maxPartitions);
            Arrays.fill(begins, begin, end, begin);
            Arrays.fill(ends, begin, end, end);
            begin = end;
        }
        return new PartitionGroups(partitions.clone(), begins, ends);
    }

    private static int endOf(int begin, long[] bytes, long limitBytes, int maxPartitions) {
        int end = begin + 1;
        if (bytes[begin] < 0) {
            return end;
        }
        long groupBytes = bytes[begin];
        while (end < bytes.length && end - begin < maxPartitions && bytes[end] >= 0) {
            groupBytes += bytes[end];
            if (groupBytes > limitBytes) {
                break;
            }
            end++;
        }
        return end;
    }

    int count() {
        int count = 0;
        for (int index = 0; index < begins.length; index++) {
            count += begins[index] == index ? 1 : 0;
        }
        return count;
    }

    /** All of the partition's group, ascending; itself alone when it is in none. */
    List<Integer> of(int partition) {
        int at = Arrays.binarySearch(partitions, partition);
        return at < 0
                ? List.of(partition)
                : IntStream.range(begins[at], ends[at])
                        .mapToObj(index -> partitions[index])
                        .toList();
    }
}
