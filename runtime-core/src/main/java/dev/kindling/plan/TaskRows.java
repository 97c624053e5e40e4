package dev.kindling.plan;

import dev.kindling.serde.HeapSize;
import java.util.Iterator;

/**
 * The rows of a partition, as the engine's own functions over partitions get them. A row is good until the next one is
 * asked for: the user's function that made it may then fill the same object anew. Used by the task's thread.
 */
public interface TaskRows extends Iterator<Object> {
    /** {@code row}, or a part of one, to be used after the next row was asked for: itself, or a copy where it could change. */
    Object keep(Object row);

    /**
     * As {@link #keep}, for functions that keep as many rows as there are: counts what the row takes.
     *
     * @param advice what to use instead, for the error when that is more than the task may have
     */
    default Object keep(Object row, String advice) {
        Object kept = keep(row);
        hold(HeapSize.of(kept) + HeapSize.REFERENCE, advice);
        return kept;
    }

    /**
     * The function holds so many heap bytes more, or fewer, until its task ends.
     *
     * @throws dev.kindling.api.KindlingException {@code OUT_OF_RESOURCES} when that is more than the task may have
     */
    void hold(long bytes, String advice);

    /** Passes over all rows that are left; none is looked at, and cached ones are not even made. Returns how many. */
    default long skipAll() {
        long skipped = 0;
        for (; hasNext(); skipped++) {
            next();
        }
        return skipped;
    }

    /** Of the iterator that a task gave, or of rows that belong to no task and stay as they are. */
    static TaskRows of(Iterator<Object> rows) {
        if (rows instanceof TaskRows ofTask) {
            return ofTask;
        }
        return new TaskRows() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Object next() {
                return rows.next();
            }

            @Override
            public Object keep(Object row) {
                return row;
            }

            @Override
            public void hold(long bytes, String advice) {}
        };
    }
}
