package dev.kindling.api;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Values gathered from tasks: those of one partition in the order in which they were added, partitions in the order in
 * which they ended. For the few odd rows of a large input: what one task adds travels in one message, which
 * {@code kindling.accumulator.maxBytes} bounds. The values must be serializable.
 */
public final class ListAccumulator<T> extends Accumulator<T, List<T>> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ArrayList<T> values = new ArrayList<>();

    @Override
    public synchronized boolean isZero() {
        return values.isEmpty();
    }

    @Override
    public synchronized ListAccumulator<T> copy() {
        ListAccumulator<T> copy = new ListAccumulator<>();
        copy.values.addAll(values);
        return copy;
    }

    @Override
    public ListAccumulator<T> copyAndReset() {
        return new ListAccumulator<>();
    }

    @Override
    public synchronized void reset() {
        values.clear();
    }

    @Override
    public synchronized void add(T v) {
        values.add(v);
    }

    @Override
    public synchronized void merge(Accumulator<T, List<T>> o) {
        values.addAll(((ListAccumulator<T>) o).values);
    }

    /** The values so far; the list does not change when more come. */
    @Override
    public synchronized List<T> value() {
        checkReadable();
        return Collections.unmodifiableList(new ArrayList<>(values));
    }
}
