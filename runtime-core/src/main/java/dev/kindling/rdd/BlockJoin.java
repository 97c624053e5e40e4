package dev.kindling.rdd;

import dev.kindling.api.Groups;
import dev.kindling.api.Tuple2;
import dev.kindling.serde.HeapSize;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Every value of one group with every value of another, where one of them is large and may lie on disk: the smaller one
 * is taken a block at a time, and for each block the larger one is walked once. So the larger group is decoded as often
 * as there are blocks, not as often as there are values on the other side, and memory holds one block. Used by one
 * thread.
 */
final class BlockJoin implements Iterator<Object> {
    /** A group up to this size is a chunk of a store: walking it again decodes no more. */
    private static final long SMALL_GROUP = 1024;

    private static final int BLOCK_VALUES = 4096;
    private static final long BLOCK_BYTES = 1 << 20;

    private final Iterator<?> smaller;
    private final Iterable<?> larger;
    private final boolean isLeftSmaller;
    private final boolean isLeftOptional;
    private final boolean isRightOptional;
    private final Object[] block = new Object[BLOCK_VALUES];
    private int blockValues;
    private int next;
    private Iterator<?> ofLarger;
    private Object current;

    /** Neither group is empty. */
    BlockJoin(Iterable<?> left, Iterable<?> right, boolean isLeftOptional, boolean isRightOptional) {
        // Of two alike the left one is walked once: its values come in their order, as from a nested loop.
        this.isLeftSmaller = Groups.size(left) < Groups.size(right);
        this.smaller = (isLeftSmaller ? left : right).iterator();
        this.larger = isLeftSmaller ? right : left;
        this.isLeftOptional = isLeftOptional;
        this.isRightOptional = isRightOptional;
        loadBlock();
    }

    static boolean isWorthIt(Iterable<?> left, Iterable<?> right) {
        return Math.max(Groups.size(left), Groups.size(right)) > SMALL_GROUP
                && Math.min(Groups.size(left), Groups.size(right)) > 0;
    }

    private void loadBlock() {
        long bytes = 0;
        blockValues = 0;
        while (blockValues < BLOCK_VALUES && bytes < BLOCK_BYTES && smaller.hasNext()) {
            Object value = smaller.next();
            bytes += HeapSize.of(value);
            block[blockValues++] = value;
        }
        ofLarger = larger.iterator();
        next = blockValues;
    }

    @Override
    public boolean hasNext() {
        return next < blockValues || ofLarger.hasNext() || smaller.hasNext();
    }

    @Override
    public Object next() {
        if (next == blockValues) {
            if (!ofLarger.hasNext()) {
                if (!smaller.hasNext()) {
                    throw new NoSuchElementException();
                }
                loadBlock();
            }
            current = ofLarger.next();
            next = 0;
        }
        Object other = block[next++];
        return isLeftSmaller ? pair(other, current) : pair(current, other);
    }

    private Tuple2<Object, Object> pair(Object left, Object right) {
        return new Tuple2<>(
                isLeftOptional ? Optional.ofNullable(left) : left,
                isRightOptional ? Optional.ofNullable(right) : right);
    }
}
