package dev.kindling.executor.operator;

import dev.kindling.serde.NumberPairs;
import java.io.IOException;

/** Rows put aside, readable again from the start any number of times, also by several readers at once. */
interface StoredRows {
    long rowCount();

    /** Their encoded size. */
    long byteCount();

    Cursor open() throws IOException;

    /** One reading of the rows, by one of its methods. */
    interface Cursor {
        /**
         * Puts the next rows into {@code target[from..to)}; returns how many, 0 at the end. Not more at once than take
         * the heap bytes of a batch, give or take a page.
         */
        int read(Object[] target, int from, int to) throws IOException;

        /**
         * The same for pairs of whole numbers, without an object a row: 0 at the end, -1 when the next row is no such
         * pair. {@code target} holds {@link #NUMBER_ROWS} rows.
         */
        int readNumbers(NumberPairs target) throws IOException;

        /** Heap bytes of the rows decoded so far, those that {@link #readNumbers} gave left out. */
        long heapBytes();
    }

    /** Rows that readers of numbers make room for: no chunk of rows has more. */
    int NUMBER_ROWS = RowStore.MAX_CHUNK_ROWS;

    /** No rows. */
    StoredRows NONE = new StoredRows() {
        @Override
        public long rowCount() {
            return 0;
        }

        @Override
        public long byteCount() {
            return 0;
        }

        @Override
        public Cursor open() {
            return new Cursor() {
                @Override
                public int read(Object[] target, int from, int to) {
                    return 0;
                }

                @Override
                public int readNumbers(NumberPairs target) {
                    return 0;
                }

                @Override
                public long heapBytes() {
                    return 0;
                }
            };
        }
    };
}
