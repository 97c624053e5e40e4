package dev.kindling.data;

import java.util.AbstractCollection;
import java.util.Spliterator;
import java.util.Spliterators;

/**
 * The values of one key, in memory or on disk: readable any number of times until the task ends that made it, its size
 * known without reading. A later read fails. Serializers copy it; it never travels itself.
 *
 * @param <V> the values
 */
public abstract class Group<V> extends AbstractCollection<V> {
    /** How many values there are. */
    public abstract long count();

    /** {@link #count}, or {@code Integer.MAX_VALUE} where that is more. */
    @Override
    public final int size() {
        return (int) Math.min(Integer.MAX_VALUE, count());
    }

    @Override
    public Spliterator<V> spliterator() {
        return Spliterators.spliterator(iterator(), count(), Spliterator.ORDERED);
    }
}
