package dev.kindling.data;

/**
 * Rows handled together: one virtual call an operator and batch instead of one a row. The array is reused from call to
 * call; whoever keeps a row copies the reference out. Owned by the task's thread.
 */
public final class Batch {
    /** Rows of a batch unless configured otherwise: references and the objects behind them stay in the L2 cache. */
    public static final int DEFAULT_ROWS = 1024;

    /** The rows; only the first {@link #count} of them mean something. */
    public final Object[] rows;

    /** How many rows there are. */
    public int count;

    private int limit;

    public Batch(int capacity) {
        rows = new Object[capacity];
        limit = capacity;
    }

    /** How many rows the reader wants at most, from 1 to the capacity. */
    public int limit() {
        return limit;
    }

    /** Asks for at most {@code rowCount} rows from the next read on; more than the capacity means the capacity. */
    public Batch limitTo(long rowCount) {
        limit = (int) Math.max(1, Math.min(rowCount, rows.length));
        return this;
    }

    public int capacity() {
        return rows.length;
    }
}
