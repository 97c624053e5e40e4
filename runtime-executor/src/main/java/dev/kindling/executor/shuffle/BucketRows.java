package dev.kindling.executor.shuffle;

import dev.kindling.serde.NumberPairs;
import java.io.Closeable;
import java.io.IOException;

/** The rows of one bucket, in the order of the map outputs they came from; each open walks them all once. */
public interface BucketRows extends Closeable {
    /**
     * Fills {@code target} from {@code from} up to {@code to}, or with rows that take the heap bytes of a batch; returns
     * how many came, 0 at the end.
     */
    int read(Object[] target, int from, int to) throws IOException;

    /** As {@link dev.kindling.serde.RowReader#readNumbers}: the next rows as numbers where they are pairs of such. */
    int readNumbers(NumberPairs target) throws IOException;

    /** Heap bytes of all rows that {@link #read} gave. */
    long heapBytes();

    @Override
    void close();
}
