package dev.kindling.serde;

import dev.kindling.api.Tuple2;
import java.util.Arrays;

/**
 * Pairs of {@code Integer}s, which most shuffles are made of: written as a {@link PairColumn} of two columns, but both
 * halves lie in one array while the page is open, so that appending touches one place in memory.
 */
final class IntPairColumn extends Column {
    private static final int SCHEMA_BYTES = 3;

    private long[] pairs = new long[FIRST_CAPACITY];

    /** What {@link #scan} has seen. */
    private int scanned;

    private int minKey;
    private int maxKey;
    private int minValue;
    private int maxValue;

    IntPairColumn(OpenPage page) {
        super(page);
        page.grow(pairs.length * 8);
    }

    @Override
    boolean add(Object value) {
        return append(value) > 0;
    }

    /** As {@link #add}; returns the number of pairs then, 0 when it was refused. */
    int append(Object value) {
        if (value instanceof Tuple2<?, ?> pair
                && pair._1() instanceof Integer key
                && pair._2() instanceof Integer number) {
            return append((int) key, (int) number);
        }
        return 0;
    }

    int append(int key, int value) {
        int at = count;
        if (at == pairs.length) {
            grow();
        }
        pairs[at] = (long) key << 32 | value & 0xFFFF_FFFFL;
        count = at + 1;
        return at + 1;
    }

    @Override
    int addAll(Object[] rows, int from, int to) {
        int at = from;
        while (at < to && count < page.checkAtRow && append(rows[at]) > 0) {
            at++;
        }
        return at - from;
    }

    private void grow() {
        page.grow(count * 8);
        pairs = Arrays.copyOf(pairs, count * 2);
    }

    @Override
    void truncate(int kept) {
        count = kept;
        scanned = Math.min(scanned, kept);
    }

    /** Smallest and largest of the pairs not looked at before join those of the others. */
    private void scan() {
        if (scanned == count) {
            return;
        }
        int lowKey = scanned == 0 ? Integer.MAX_VALUE : minKey;
        int highKey = scanned == 0 ? Integer.MIN_VALUE : maxKey;
        int lowValue = scanned == 0 ? Integer.MAX_VALUE : minValue;
        int highValue = scanned == 0 ? Integer.MIN_VALUE : maxValue;
        for (int i = scanned; i < count; i++) {
            int key = (int) (pairs[i] >> 32);
            int value = (int) pairs[i];
            lowKey = Math.min(lowKey, key);
            highKey = Math.max(highKey, key);
            lowValue = Math.min(lowValue, value);
            highValue = Math.max(highValue, value);
        }
        minKey = lowKey;
        maxKey = highKey;
        minValue = lowValue;
        maxValue = highValue;
        scanned = count;
    }

    private static int width(int min, int max) {
        return BitPacking.widthOf((max - min) & 0xFFFF_FFFFL);
    }

    @Override
    int schemaBytes() {
        return SCHEMA_BYTES;
    }

    @Override
    int writeSchema(byte[] target, int at) {
        target[at] = PAIR;
        target[at + 1] = INT;
        target[at + 2] = INT;
        return at + SCHEMA_BYTES;
    }

    @Override
    int encodedBytes() {
        scan();
        return 2 * NumberColumn.Ints.FRAME_BYTES
                + BitPacking.packedBytes(count, width(minKey, maxKey))
                + BitPacking.packedBytes(count, width(minValue, maxValue));
    }

    @Override
    int encode(byte[] target, int at) {
        scan();
        int[] keys = page.scratch(0, count);
        int[] values = page.scratch(1, count);
        split(pairs, count, keys, values);
        int end = NumberColumn.Ints.encode(keys, count, minKey, width(minKey, maxKey), target, at);
        return NumberColumn.Ints.encode(values, count, minValue, width(minValue, maxValue), target, end);
    }

    private static void split(long[] pairs, int count, int[] keys, int[] values) {
        for (int i = 0; i < count; i++) {
            keys[i] = (int) (pairs[i] >> 32);
            values[i] = (int) pairs[i];
        }
    }

    @Override
    int rawBytes() {
        return count * 8;
    }
}
