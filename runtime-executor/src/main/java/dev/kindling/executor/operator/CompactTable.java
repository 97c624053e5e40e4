package dev.kindling.executor.operator;

import java.util.Arrays;

/**
 * Numbers by short keys, without an object for either: a slot of one array holds the key itself and its number, so a
 * look-up touches one place of memory, and the collector has nothing to follow. Keys are those of {@link ShortKeys}; all
 * values are of one class, {@code Integer}, {@code Long} or {@code Double}. Who owns it keeps everything else in a
 * {@link KeyTable}. Entries are numbered in the order of their keys' first appearance.
 */
final class CompactTable {
    private static final int FIRST_SLOTS = 1 << 6;
    // Three quarters full: the smaller the array, the more of it is in the cache. Frequent keys come early, when there
    // is room, and lie where they are looked for first.
    private static final int FIRST_ENTRIES = FIRST_SLOTS / 4 * 3;
    // As of KeyTable: a small bucket after a large one would pay for clearing what it never uses.
    private static final int KEPT_SLOTS = 1 << 15;
    private static final int WORDS = 3;

    /** Three words a slot: two of the key, one of the value. */
    private long[] slots = new long[FIRST_SLOTS * WORDS];

    /** Where the slot of each entry begins. */
    private int[] entries = new int[FIRST_ENTRIES];

    private int mask = FIRST_SLOTS - 1;
    private int count;
    private Class<?> values = Void.class;

    // Of the last key that was asked for: its words, where its slot begins, and whether it has an entry.
    private long low;
    private long high;
    private int at;
    private boolean isFound;

    /** Looks for the key of a row, to which {@link #isFound}, {@link #value} and {@link #set} then refer; false: not one for here. */
    boolean find(ShortKeys keys, int row) {
        high = keys.highs[row];
        if (high == 0) {
            return false;
        }
        low = keys.lows[row];
        at = placeOf(slots, mask, low, high, keys.hashes[row]);
        isFound = slots[at + 1] != 0;
        return true;
    }

    /** Where the slot of this key begins, or the free one that it would get. */
    private static int placeOf(long[] slots, int mask, long low, long high, long hash) {
        int slot = (int) (hash >>> 32) & mask;
        while (slots[slot * WORDS + 1] != 0 && (slots[slot * WORDS] != low || slots[slot * WORDS + 1] != high)) {
            slot = slot + 1 & mask;
        }
        return slot * WORDS;
    }

    boolean isFound() {
        return isFound;
    }

    /** The value of the key that was found. */
    Object value() {
        return boxed(slots[at + 2]);
    }

    /** Gives the key that was looked for its value; false, and nothing is changed: not one for here. */
    boolean set(Object value) {
        long bits;
        if (value instanceof Long number) {
            bits = number;
        } else if (value instanceof Integer number) {
            bits = number;
        } else if (value instanceof Double number) {
            bits = Double.doubleToRawLongBits(number);
        } else {
            return false;
        }
        if (value.getClass() != values) {
            if (count > 0) {
                return false;
            }
            values = value.getClass();
        }
        slots[at + 2] = bits;
        if (!isFound) {
            slots[at] = low;
            slots[at + 1] = high;
            entries[count++] = at;
            if (count == entries.length) {
                grow();
            }
        }
        return true;
    }

    private void grow() {
        long[] wider = new long[2 * slots.length];
        int widerMask = 2 * mask + 1;
        for (int entry = 0; entry < count; entry++) {
            int from = entries[entry];
            long hash = ShortKeys.hashOf(slots[from], slots[from + 1]);
            int to = placeOf(wider, widerMask, slots[from], slots[from + 1], hash);
            System.arraycopy(slots, from, wider, to, WORDS);
            entries[entry] = to;
        }
        slots = wider;
        mask = widerMask;
        entries = Arrays.copyOf(entries, 2 * count);
    }

    int count() {
        return count;
    }

    /** Heap bytes of its arrays, and of those that growing once more makes beside them. */
    long heapBytes() {
        return 2L * (slots.length * 8L + entries.length * 4L);
    }

    /** Bytes of its entries alone. */
    long entryBytes() {
        return count * (WORDS * 8L + 4);
    }

    /** An equal of the key that this entry was made for. */
    Object keyOf(int entry) {
        return ShortKeys.keyOf(slots[entries[entry]], slots[entries[entry] + 1]);
    }

    Object valueOf(int entry) {
        return boxed(slots[entries[entry] + 2]);
    }

    private Object boxed(long bits) {
        if (values == Long.class) {
            return bits;
        }
        return values == Integer.class ? (Object) (int) bits : (Object) Double.longBitsToDouble(bits);
    }

    /** @param mayKeep whether there is memory for arrays as large as they are now */
    void clear(boolean mayKeep) {
        if (!mayKeep || mask >= KEPT_SLOTS) {
            slots = new long[FIRST_SLOTS * WORDS];
            entries = new int[FIRST_ENTRIES];
            mask = FIRST_SLOTS - 1;
        } else {
            Arrays.fill(slots, 0);
        }
        count = 0;
        values = Void.class;
    }
}
