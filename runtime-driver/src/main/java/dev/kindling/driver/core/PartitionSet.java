package dev.kindling.driver.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of partition indexes as a tree of bitmaps, 64 children a node: a bit and a sixty-third a partition, and every
 * operation touches one word a level (four levels for sixteen million partitions). So a stage of a million waiting
 * tasks holds no object a task, and the lowest one is found in constant time however the others are spread.
 */
final class PartitionSet {
    private final long[][] levels;
    private int size;

    PartitionSet(int capacity) {
        List<long[]> built = new ArrayList<>();
        int words = Math.max(1, (capacity + 63) >>> 6);
        built.add(new long[words]);
        while (words > 1) {
            words = (words + 63) >>> 6;
            built.add(new long[words]);
        }
        levels = built.toArray(new long[0][]);
    }

    /** The set of all indexes below {@code capacity}. */
    static PartitionSet full(int capacity) {
        PartitionSet set = new PartitionSet(capacity);
        for (int index = 0; index < capacity; index++) {
            set.add(index);
        }
        return set;
    }

    boolean add(int index) {
        if (contains(index)) {
            return false;
        }
        size++;
        int at = index;
        for (long[] level : levels) {
            level[at >>> 6] |= 1L << at;
            at >>>= 6;
        }
        return true;
    }

    boolean remove(int index) {
        if (!contains(index)) {
            return false;
        }
        size--;
        int at = index;
        for (long[] level : levels) {
            level[at >>> 6] &= ~(1L << at);
            if (level[at >>> 6] != 0) {
                break;
            }
            at >>>= 6;
        }
        return true;
    }

    boolean contains(int index) {
        return (levels[0][index >>> 6] & 1L << index) != 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** The lowest index, -1 when empty. */
    int first() {
        return next(0);
    }

    /** The lowest index not below {@code from}, -1 when there is none. */
    int next(int from) {
        int at = from;
        for (int up = 0; up < levels.length; up++) {
            long[] level = levels[up];
            if (at >>> 6 >= level.length) {
                return -1;
            }
            long word = level[at >>> 6] & -1L << at;
            if (word != 0) {
                return descend(up, (at & ~63) + Long.numberOfTrailingZeros(word));
            }
            at = (at >>> 6) + 1;
        }
        return -1;
    }

    private int descend(int level, int at) {
        int index = at;
        for (int down = level - 1; down >= 0; down--) {
            index = (index << 6) + Long.numberOfTrailingZeros(levels[down][index]);
        }
        return index;
    }

    /** What is in this one or the other, which has the same capacity. */
    PartitionSet union(PartitionSet other) {
        PartitionSet union = new PartitionSet(levels[0].length << 6);
        for (int level = 0; level < levels.length; level++) {
            for (int word = 0; word < levels[level].length; word++) {
                union.levels[level][word] = levels[level][word] | other.levels[level][word];
            }
        }
        for (long word : union.levels[0]) {
            union.size += Long.bitCount(word);
        }
        return union;
    }

    /** Whether the other, which has the same capacity, has the very same indexes. */
    boolean isEqualTo(PartitionSet other) {
        return size == other.size && Arrays.equals(levels[0], other.levels[0]);
    }

    void clear() {
        for (int index = first(); index >= 0; index = next(index + 1)) {
            remove(index);
        }
    }
}
