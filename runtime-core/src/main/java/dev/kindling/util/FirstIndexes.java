package dev.kindling.util;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The numbers from 0 up to a count, in order, without an object for each: all partitions of a large set. Unmodifiable. */
public final class FirstIndexes extends AbstractList<Integer> implements RandomAccess {
    private final int count;

    private FirstIndexes(int count) {
        this.count = count;
    }

    public static List<Integer> below(int count) {
        return new FirstIndexes(count);
    }

    /** An unmodifiable list of the same numbers, as {@link List#copyOf} makes one; a small one where these are 0, 1, 2 and so on. */
    public static List<Integer> copyOf(List<Integer> indexes) {
        if (indexes instanceof FirstIndexes) {
            return indexes;
        }
        int expected = 0;
        for (Integer index : indexes) {
            if (index == null || index != expected++) {
                return List.copyOf(indexes);
            }
        }
        return new FirstIndexes(expected);
    }

    @Override
    public Integer get(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("index " + index + " of " + count);
        }
        return index;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public boolean contains(Object other) {
        return other instanceof Integer index && index >= 0 && index < count;
    }
}
