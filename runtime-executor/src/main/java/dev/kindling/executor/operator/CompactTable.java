package dev.kindling.executor.operator;

import dev.kindling.util.Latin1;
import java.util.Arrays;

/**
 * Numbers by short keys, without an object for either: a slot of one array holds the key itself and its number, so a
 * look-up touches one place of memory, and the collector has nothing to follow. Keys are strings of at most
 * {@value #MOST_CHARS} characters of Latin-1, integers and longs; all values are of one class, {@code Integer},
 * {@code Long} or {@code Double}. Who owns it keeps everything else in a {@link KeyTable}. Entries are numbered in the
 * order of their keys' first appearance.
 */
final class CompactTable {
    private static final int MOST_CHARS = 15;
    private static final int FIRST_SLOTS = 1 << 6;
    // Three quarters full: the smaller the array, the more of it is in the cache. Frequent keys come early, when there
    // is room, and lie where they are looked for first.
    private static final int FIRST_ENTRIES = FIRST_SLOTS / 4 * 3;
    // As of KeyTable: a small bucket after a large one would pay for clearing what it never uses.
    private static final int KEPT_SLOTS = 1 << 15;
    private static final int WORDS = 3;

    // The highest byte of a key's second word says what it is: of a string the length and 1, so that 0 is a free slot.
    private static final int KIND_SHIFT = 56;
    private static final long INTEGER_KEY = (MOST_CHARS + 2L) << KIND_SHIFT;
    private static final long LONG_KEY = (MOST_CHARS + 3L) << KIND_SHIFT;

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

    /** Looks for {@code key}, to which {@link #isFound}, {@link #value} and {@link #set} then refer; false: not one for here. */
    boolean find(Object key) {
        if (key instanceof String text) {
            if (text.length() > MOST_CHARS || !encode(text)) {
                return false;
            }
        } else if (key instanceof Integer number) {
            low = number;
            high = INTEGER_KEY;
        } else if (key instanceof Long number) {
            low = number;
            high = LONG_KEY;
        } else {
            return false;
        }
        at = placeOf(slots, mask, low, high);
        isFound = slots[at + 1] != 0;
        return true;
    }

    private boolean encode(String text) {
        int length = text.length();
        int all = 0;
        long front = 0;
        for (int i = 0; i < Math.min(length, 8); i++) {
            char c = text.charAt(i);
            all |= c;
            front |= (long) c << 8 * i;
        }
        long back = length + 1L << KIND_SHIFT;
        for (int i = 8; i < length; i++) {
            char c = text.charAt(i);
            all |= c;
            back |= (long) c << 8 * (i - 8);
        }
        low = front;
        high = back;
        return all <= 0xff;
    }

    /** Where the slot of this key begins, or the free one that it would get. */
    private static int placeOf(long[] slots, int mask, long low, long high) {
        int slot = hashOf(low, high) & mask;
        while (slots[slot * WORDS + 1] != 0 && (slots[slot * WORDS] != low || slots[slot * WORDS + 1] != high)) {
            slot = slot + 1 & mask;
        }
        return slot * WORDS;
    }

    /** Each character counts for all bits of it: many keys differ in their last one alone. */
    private static int hashOf(long low, long high) {
        long h = low * 0x9E3779B97F4A7C15L ^ high;
        h = (h ^ h >>> 32) * 0xC2B2AE3D27D4EB4FL;
        h = (h ^ h >>> 29) * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32);
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
            int to = placeOf(wider, widerMask, slots[from], slots[from + 1]);
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
        long front = slots[entries[entry]];
        long back = slots[entries[entry] + 1];
        long kind = back & 0xffL << KIND_SHIFT;
        if (kind == INTEGER_KEY) {
            return (int) front;
        }
        if (kind == LONG_KEY) {
            return front;
        }
        byte[] bytes = new byte[(int) (kind >>> KIND_SHIFT) - 1];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i < 8 ? front >>> 8 * i : back >>> 8 * (i - 8));
        }
        return Latin1.read(bytes, 0, bytes.length);
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
