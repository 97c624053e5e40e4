package dev.kindling.executor.operator;

import java.io.IOException;

/** Rows put aside, readable again from the start any number of times, also by several readers at once. */
interface StoredRows {
    long rowCount();

    /** Their encoded size. */
    long byteCount();

    Cursor open() throws IOException;

    /** One reading of the rows. */
    interface Cursor {
        /** Puts the next rows into {@code target[from..to)}; returns how many, 0 at the end. */
        int read(Object[] target, int from, int to) throws IOException;
    }

    /**
     * Heap that the rows take as objects, guessed high: a pair of boxed numbers is 56 bytes and its references, packed
     * in a page perhaps one; text is a header and the bytes it had.
     */
    static long decodedBytes(long rowCount, long byteCount) {
        return 72 * rowCount + 2 * byteCount;
    }
}
