package dev.kindling.executor.operator;

import java.util.Arrays;

/** As {@link KeyTable}, for keys that are numbers: no object and no call a key. */
final class NumberTable {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final int KEPT_SLOTS = 1 << 17;

    private long[] keys = new long[FIRST_SLOTS / 2];
    // Id + 1, or 0 where the slot is free.
    private int[] slots = new int[FIRST_SLOTS];
    private int count;

    /** Puts the id of each of the first {@code rowCount} of {@code rowKeys} into {@code ids} from {@code at} on. */
    void number(long[] rowKeys, int rowCount, int[] ids, int at) {
        for (int row = 0; row < rowCount; row++) {
            ids[at + row] = idOf(rowKeys[row]);
        }
    }

    private int idOf(long key) {
        int[] table = slots;
        int mask = table.length - 1;
        int slot = slotOf(key, mask);
        for (int stored = table[slot]; stored != 0; stored = table[slot]) {
            if (keys[stored - 1] == key) {
                return stored - 1;
            }
            slot = (slot + 1) & mask;
        }
        return add(key, slot);
    }

    private int add(long key, int slot) {
        int id = count++;
        if (id == keys.length) {
            keys = Arrays.copyOf(keys, 2 * id);
        }
        keys[id] = key;
        slots[slot] = id + 1;
        if (2 * count > slots.length) {
            rehash();
        }
        return id;
    }

    private void rehash() {
        int[] wider = new int[2 * slots.length];
        int mask = wider.length - 1;
        for (int id = 0; id < count; id++) {
            int slot = slotOf(keys[id], mask);
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = id + 1;
        }
        slots = wider;
    }

    /** Fibonacci hashing: the product's high bits depend on all of the key. */
    private static int slotOf(long key, int mask) {
        return (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & mask;
    }

    int count() {
        return count;
    }

    /** Heap bytes of its arrays, and of those that growing once more makes beside them. */
    long heapBytes() {
        return 2L * slots.length * 4 + keys.length * 8L;
    }

    long keyOf(int id) {
        return keys[id];
    }

    void clear() {
        if (slots.length > KEPT_SLOTS) {
            slots = new int[FIRST_SLOTS];
            keys = new long[FIRST_SLOTS / 2];
        } else {
            Arrays.fill(slots, 0);
        }
        count = 0;
    }
}
