package dev.kindling.serde;

import dev.kindling.api.Tuple2;

/**
 * The pairs of one page, each to be had by its number. Who puts rows in order keeps a third to a half of the bytes that
 * their objects would take, and nothing that the garbage collector has to copy: a key becomes an object to be looked at,
 * a row when it is its turn. Made by {@link RowReader#pagePairs}; holds on to the page. Used by one thread.
 */
public final class PagePairs {
    private final ColumnValues.Pairs pairs;
    private final int count;
    private final long heldBytes;

    PagePairs(ColumnValues.Pairs pairs, int count, int pageBytes) {
        this.pairs = pairs;
        this.count = count;
        this.heldBytes = pageBytes + pairs.heapBytes();
    }

    public int count() {
        return count;
    }

    /** The key of pair {@code index}, a new object each time. */
    public Object key(int index) {
        return pairs.firsts().get(index);
    }

    /** Pair {@code index}, a new object each time. */
    public Tuple2<?, ?> pair(int index) {
        return pairs.get(index);
    }

    /**
     * Reads some of the bytes of pair {@code index} and forgets them: pairs in no order are found in the cache after that,
     * and their waits for memory have overlapped. The result means nothing.
     */
    public int touch(int index) {
        return pairs.touch(index);
    }

    /** Bytes of the page, and of what finds its rows. */
    public long heldBytes() {
        return heldBytes;
    }
}
