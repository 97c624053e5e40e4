package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Pairs to be sorted together: rows, prefixes of their keys, and each row's place in its input as the last criterion.
 * Sorts indexes, not rows: by radix on the prefixes' bytes that differ, then by comparison among equal prefixes.
 */
final class SortBuffer {
    // Fewer strings are compared as they are: a radix pass clears and sums 256 counts.
    private static final int MERGED_ROWS = 32;
    // Strings that agree in so much are mostly equal; then one comparison of each says so.
    private static final int LAST_OFFSET = 64;

    private final Comparator<Object> order;
    private final SortPrefix prefixOf;
    private Object[] rows = new Object[1024];
    private long[] prefixes = new long[1024];
    private long[] places = new long[1024];
    private int count;
    private int[] sorted = new int[0];

    SortBuffer(Comparator<Object> order, SortPrefix prefixOf) {
        this.order = order;
        this.prefixOf = prefixOf;
    }

    /** @param place rises with the row's place in its input; a later row of an equal key comes after an earlier one */
    void add(Object row, long place) {
        if (count == rows.length) {
            int wider = count + (count >> 1);
            rows = Arrays.copyOf(rows, wider);
            prefixes = Arrays.copyOf(prefixes, wider);
            places = Arrays.copyOf(places, wider);
        }
        rows[count] = row;
        places[count] = place;
        prefixes[count++] = prefixOf.of(keyOf(row));
    }

    static Object keyOf(Object row) {
        return ((Tuple2<?, ?>) row)._1();
    }

    int count() {
        return count;
    }

    /** Row {@code index} of the sorted sequence, after {@link #sort}. */
    Object row(int index) {
        return rows[sorted[index]];
    }

    long place(int index) {
        return places[sorted[index]];
    }

    /** Empties it for more rows. */
    void clear() {
        Arrays.fill(rows, 0, count, null);
        count = 0;
    }

    /** Empties it for good. */
    void free() {
        rows = new Object[0];
        prefixes = new long[0];
        places = new long[0];
        sorted = new int[0];
        count = 0;
    }

    /** What the comparator throws goes through. */
    void sort() {
        sorted = byPlace();
        if (prefixOf.isKnown()) {
            sorted = radixSort(prefixes, sorted);
            if (!prefixOf.isExact()) {
                sortEqualPrefixes();
            }
        } else {
            mergeSort(sorted, new int[count], 0, count);
        }
    }

    /** Blocks arrive in any order; mostly they are in order already. */
    private int[] byPlace() {
        int[] indexes = new int[count];
        boolean isInOrder = true;
        for (int i = 0; i < count; i++) {
            indexes[i] = i;
            isInOrder &= i == 0 || places[i - 1] <= places[i];
        }
        return isInOrder ? indexes : radixSort(places, indexes);
    }

    private void sortEqualPrefixes() {
        int[] scratch = null;
        int start = 0;
        for (int end = 1; end <= count; end++) {
            if (end == count || prefixes[sorted[end]] != prefixes[sorted[start]]) {
                if (end - start > 1) {
                    scratch = scratch == null ? new int[count] : scratch;
                    sortEqual(prefixes[sorted[start]], start, end, 8, scratch);
                }
                start = end;
            }
        }
    }

    /** Sorts keys that agree in {@code prefix}, which ends before character {@code offset} where they are strings. */
    private void sortEqual(long prefix, int from, int to, int offset, int[] scratch) {
        boolean isWorthIt = to - from > MERGED_ROWS && offset <= LAST_OFFSET;
        if (isWorthIt && prefixOf.isText() && prefixOf.isWholeText(prefix)) {
            sortTexts(from, to, offset, scratch);
        } else {
            mergeSort(sorted, scratch, from, to);
        }
    }

    private void sortTexts(int from, int to, int offset, int[] scratch) {
        long[] keys = new long[to - from];
        int[] positions = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = prefixOf.ofText(keyOf(rows[sorted[from + i]]), offset);
            positions[i] = i;
        }
        positions = radixSort(keys, positions);
        System.arraycopy(sorted, from, scratch, from, keys.length);
        for (int i = 0; i < keys.length; i++) {
            sorted[from + i] = scratch[from + positions[i]];
        }
        int start = 0;
        for (int end = 1; end <= keys.length; end++) {
            if (end == keys.length || keys[positions[end]] != keys[positions[start]]) {
                if (end - start > 1) {
                    sortEqual(keys[positions[start]], from + start, from + end, offset + 8, scratch);
                }
                start = end;
            }
        }
    }

    // ---- radix ----------------------------------------------------------------------------------------------------

    /**
     * Stable, by signed order; one pass for each byte in which the keys differ. The keys move with their indexes, so
     * that every pass reads both in sequence.
     */
    private static int[] radixSort(long[] keys, int[] indexes) {
        int count = indexes.length;
        if (count < 2) {
            return indexes;
        }
        long[] from = new long[count];
        long differing = 0;
        for (int i = 0; i < count; i++) {
            from[i] = keys[indexes[i]];
            differing |= from[i] ^ from[0];
        }
        long[] to = new long[count];
        int[] fromIndexes = indexes;
        int[] toIndexes = new int[count];
        int[] next = new int[257];
        for (int shift = 0; shift < 64; shift += 8) {
            if ((differing >>> shift & 0xff) != 0) {
                radixPass(from, fromIndexes, to, toIndexes, next, shift);
                long[] swap = from;
                from = to;
                to = swap;
                int[] swapIndexes = fromIndexes;
                fromIndexes = toIndexes;
                toIndexes = swapIndexes;
            }
        }
        return fromIndexes;
    }

    private static void radixPass(long[] from, int[] fromIndexes, long[] to, int[] toIndexes, int[] next, int shift) {
        int sign = shift == 56 ? 0x80 : 0;
        Arrays.fill(next, 0);
        for (long key : from) {
            next[((int) (key >>> shift & 0xff) ^ sign) + 1]++;
        }
        for (int value = 0; value < 256; value++) {
            next[value + 1] += next[value];
        }
        for (int i = 0; i < from.length; i++) {
            int at = next[(int) (from[i] >>> shift & 0xff) ^ sign]++;
            to[at] = from[i];
            toIndexes[at] = fromIndexes[i];
        }
    }

    // ---- comparisons ----------------------------------------------------------------------------------------------

    /** Stable; linear where the range is sorted already. */
    private void mergeSort(int[] indexes, int[] scratch, int from, int to) {
        if (to - from < 8) {
            insertionSort(indexes, from, to);
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(indexes, scratch, from, middle);
        mergeSort(indexes, scratch, middle, to);
        if (compare(indexes[middle - 1], indexes[middle]) <= 0) {
            return;
        }
        System.arraycopy(indexes, from, scratch, from, middle - from);
        int left = from;
        int right = middle;
        for (int at = from; left < middle; at++) {
            if (right < to && compare(scratch[left], indexes[right]) > 0) {
                indexes[at] = indexes[right++];
            } else {
                indexes[at] = scratch[left++];
            }
        }
    }

    private void insertionSort(int[] indexes, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int moving = indexes[i];
            int at = i;
            while (at > from && compare(indexes[at - 1], moving) > 0) {
                indexes[at] = indexes[at - 1];
                at--;
            }
            indexes[at] = moving;
        }
    }

    private int compare(int left, int right) {
        return order.compare(keyOf(rows[left]), keyOf(rows[right]));
    }
}
