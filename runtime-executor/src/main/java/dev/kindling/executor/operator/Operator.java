package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.serde.PackedRows;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * One step of a task's chain. The sink pulls batches from the last operator, that one from its child, and so on down to
 * the source: one thread, no queue. Owned by the task's thread.
 */
public interface Operator extends Closeable {
    /** Gives nothing. */
    Operator NO_ROWS = batch -> {
        batch.count = 0;
        return 0;
    };

    /**
     * Replaces the content of {@code batch} by the next rows, at most {@code batch.limit()} of them, and reads no more
     * input than these rows need. Returns how many there are; 0 means that there are no more, also when asked again.
     */
    int read(Batch batch) throws Exception;

    /**
     * As {@link #read}, where the next rows come as no objects: into {@code target}, at most {@code limit}. Returns how many
     * there are; -1 where rows have to be had by {@link #read}, and then nothing was read.
     */
    default int readPacked(PackedRows target, int limit) throws Exception {
        return -1;
    }

    /**
     * Passes over all rows that are left, where their number is known without making them: for readers that only count.
     * Returns how many there were; -1 where they have to be read, and then nothing was passed over.
     */
    default long passOver() throws Exception {
        return -1;
    }

    /** Where in a file row {@code index} of the batch read last comes from, as far as that is known. */
    default Optional<InputPosition> positionOf(int index) {
        return Optional.empty();
    }

    /** Gives back files and memory; called once, also after a failure. */
    @Override
    default void close() throws IOException {}
}
