package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.plan.SortPrefix;
import dev.kindling.serde.PagePairs;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Pairs to be sorted together: rows, prefixes of their keys, and each row's place in its input as the last criterion.
 * Sorts indexes, not rows: by radix on the prefixes' bytes that differ, then by comparison among equal prefixes. Rows that
 * come as a page stay bytes until they are asked for.
 */
final class SortBuffer {
    // Fewer strings are compared as they are: a radix pass clears and sums 256 counts.
    private static final int MERGED_ROWS = 32;
    // Strings that agree in so much are mostly equal; then one comparison of each says so.
    private static final int LAST_OFFSET = 64;
    // So many keys are made once to be compared; of more, and mostly equal ones, each for each comparison.
    private static final int MAX_KEYS_AT_HAND = 1 << 12;

    private final Comparator<Object> order;
    private final SortPrefix prefixOf;
    /** Rows, or the {@link Page} that a row is in. */
    private Object[] rows = new Object[1024];

    private long[] prefixes = new long[1024];
    private long[] places = new long[1024];
    private int count;
    private int[] sorted = new int[0];
    private Object[] keysAtHand = new Object[0];
    private boolean areKeysAtHand;

    /** @param firstRow number of the page's first row among all */
    private record Page(PagePairs pairs, int firstRow) {}

    SortBuffer(Comparator<Object> order, SortPrefix prefixOf) {
        this.order = order;
        this.prefixOf = prefixOf;
    }

    /** @param place rises with the row's place in its input; a later row of an equal key comes after an earlier one */
    void add(Object row, long place) {
        growTo(count + 1);
        rows[count] = row;
        places[count] = place;
        prefixes[count++] = prefixOf.of(keyOf(row));
    }

    /** Adds all pairs of a page. @param firstPlace of its first one; the others follow */
    void add(PagePairs pairs, long firstPlace) {
        growTo(count + pairs.count());
        Page page = new Page(pairs, count);
        for (int i = 0; i < pairs.count(); i++) {
            rows[count] = page;
            places[count] = firstPlace + i;
            prefixes[count++] = prefixOf.of(pairs.key(i));
        }
    }

    private void growTo(int rowCount) {
        if (rowCount > rows.length) {
            int wider = Math.max(rowCount, rows.length + (rows.length >> 1));
            rows = Arrays.copyOf(rows, wider);
            prefixes = Arrays.copyOf(prefixes, wider);
            places = Arrays.copyOf(places, wider);
        }
    }

    static Object keyOf(Object row) {
        return ((Tuple2<?, ?>) row)._1();
    }

    private Object keyOf(int number) {
        Object row = rows[number];
        return row instanceof Page page ? page.pairs.key(number - page.firstRow) : keyOf(row);
    }

    int count() {
        return count;
    }

    /** Row {@code index} of the sorted sequence, after {@link #sort}. */
    Object row(int index) {
        int number = sorted[index];
        Object row = rows[number];
        return row instanceof Page page ? page.pairs.pair(number - page.firstRow) : row;
    }

    /** Brings rows that come next into the cache, where they are bytes of pages; what it returns means nothing. */
    int touch(int from, int to) {
        int touched = 0;
        for (int index = from; index < to; index++) {
            int number = sorted[index];
            if (rows[number] instanceof Page page) {
                touched ^= page.pairs.touch(number - page.firstRow);
            }
        }
        return touched;
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
        keysAtHand = new Object[0];
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
            sortByKeys(0, count, new int[count]);
        }
        Arrays.fill(keysAtHand, null);
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
            sortByKeys(from, to, scratch);
        }
    }

    private void sortTexts(int from, int to, int offset, int[] scratch) {
        long[] keys = new long[to - from];
        int[] positions = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = prefixOf.ofText(keyOf(sorted[from + i]), offset);
            positions[i] = i;
        }
        positions = radixSort(keys, positions);
        permute(from, positions, keys.length, scratch);
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

    /** Puts the row that stands at {@code from + positions[i]} to {@code from + i}. */
    private void permute(int from, int[] positions, int size, int[] scratch) {
        System.arraycopy(sorted, from, scratch, from, size);
        for (int i = 0; i < size; i++) {
            sorted[from + i] = scratch[from + positions[i]];
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

    private void sortByKeys(int from, int to, int[] scratch) {
        int size = to - from;
        if (size > MAX_KEYS_AT_HAND) {
            mergeSort(sorted, scratch, from, to);
            return;
        }
        if (size > keysAtHand.length) {
            keysAtHand = new Object[Math.max(size, 2 * keysAtHand.length)];
        }
        int[] positions = new int[size];
        for (int i = 0; i < size; i++) {
            keysAtHand[i] = keyOf(sorted[from + i]);
            positions[i] = i;
        }
        areKeysAtHand = true;
        try {
            mergeSort(positions, new int[size], 0, size);
        } finally {
            areKeysAtHand = false;
        }
        permute(from, positions, size, scratch);
    }

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
        return areKeysAtHand
                ? order.compare(keysAtHand[left], keysAtHand[right])
                : order.compare(keyOf(left), keyOf(right));
    }
}
