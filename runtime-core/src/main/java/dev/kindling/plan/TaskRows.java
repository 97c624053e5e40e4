package dev.kindling.plan;

import java.util.Iterator;

/**
 * The rows of a partition, as the engine's own functions over partitions get them. A row is good until the next one is
 * asked for: the user's function that made it may then fill the same object anew. Used by the task's thread.
 */
public interface TaskRows extends Iterator<Object> {
    /** {@code row}, or a part of one, to be used after the next row was asked for: itself, or a copy where it could change. */
    Object keep(Object row);

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
        };
    }
}
