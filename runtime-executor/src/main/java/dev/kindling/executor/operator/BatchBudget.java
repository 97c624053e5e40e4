package dev.kindling.executor.operator;

import dev.kindling.serde.HeapSize;
import dev.kindling.serde.Immutable;

/**
 * Says when a batch ends, for those who fill it with what user code makes. A thousand small rows are a good batch, a
 * thousand of a megabyte fill the heap: one row of eight is measured and stands for all of them, the first of a batch
 * among them, so large rows go one at a time. So do rows that are not known to be {@linkplain Immutable immutable}: a
 * function may return the same array or bean for each row, and each must be used before the next one is asked for.
 * Owned by the task's thread.
 */
final class BatchBudget {
    private static final int STRIDE = 8;

    private final long limitBytes;
    private long bytes;

    BatchBudget(TaskScope scope) {
        limitBytes = scope.memory().batchBytes();
    }

    void start() {
        bytes = 0;
    }

    /**
     * Whether the batch has to end with {@code row}, its row {@code index}: because it holds enough, or because the
     * function that made the row may fill the same object anew for the next one.
     */
    boolean endsWith(Object row, int index) {
        return !Immutable.isKnown(row) || isFilledBy(row, index);
    }

    /** Whether the batch holds enough with {@code row}, its row {@code index}; for rows that are made once each. */
    boolean isFilledBy(Object row, int index) {
        if ((index & STRIDE - 1) == 0) {
            bytes += STRIDE * HeapSize.of(row);
        }
        return bytes >= limitBytes;
    }
}
