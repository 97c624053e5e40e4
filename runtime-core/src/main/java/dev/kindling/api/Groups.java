package dev.kindling.api;

import dev.kindling.api.spi.CountedGroup;
import java.util.Collection;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Over the values of one key, which may lie on disk: never copy them into a list to count or fold them. */
public final class Groups {
    private Groups() {}

    /** How many values the group holds; at once for the groups of {@code groupByKey} and {@code cogroup}. */
    public static long size(Iterable<?> group) {
        if (group instanceof CountedGroup<?> counted) {
            return counted.size();
        }
        if (group instanceof Collection<?> collection) {
            return collection.size();
        }
        long count = 0;
        for (Object ignored : group) {
            count++;
        }
        return count;
    }

    /** The values one after the other, sequentially. */
    public static <V> Stream<V> stream(Iterable<V> group) {
        return StreamSupport.stream(group.spliterator(), false);
    }
}
