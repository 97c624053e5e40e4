package dev.kindling.executor.operator;

import dev.kindling.serde.HeapSize;

/**
 * Says when a batch holds enough, for those who fill it with what user code makes: a thousand small rows are a good
 * batch, a thousand of a megabyte fill the heap. One row of eight is measured and stands for all of them, the first of
 * a batch among them, so large rows go one at a time. Owned by the task's thread.
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

    /** Whether row {@code index} of a batch or of a piece of one is to be shown to {@link #isFilledBy}. */
    static boolean isMeasured(int index) {
        return (index & STRIDE - 1) == 0;
    }

    /** Counts {@code made}, measured, for itself and those that are not; whether the batch should end with it. */
    boolean isFilledBy(Object made) {
        bytes += STRIDE * HeapSize.of(made);
        return bytes >= limitBytes;
    }

    /** Counts {@code count} rows like {@code row} at once. */
    boolean isFilledBy(Object row, int count) {
        bytes += count * HeapSize.of(row);
        return bytes >= limitBytes;
    }
}
