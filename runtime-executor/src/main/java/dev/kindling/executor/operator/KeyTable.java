package dev.kindling.executor.operator;

import dev.kindling.serde.HeapSize;
import java.util.Arrays;

/**
 * Keys by dense ids in the order of their first appearance: open addressing over plain arrays, reused from bucket to
 * bucket. A null key is a key. What a key's own {@code equals} or {@code hashCode} throws goes through.
 */
final class KeyTable {
    private static final int FIRST_SLOTS = 1 << 10;
    // A bucket much smaller than its predecessor would pay for clearing slots that it never uses.
    private static final int KEPT_SLOTS = 1 << 17;

    private Object[] keys = new Object[FIRST_SLOTS / 2];
    private int[] hashes = new int[FIRST_SLOTS / 2];
    // Id + 1, or 0 where the slot is free.
    private int[] slots = new int[FIRST_SLOTS];
    private int count;

    /** The id of {@code key}; a new key gets {@link #count()} as it was before. */
    int idOf(Object key) {
        int hash = hashOf(key);
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (int stored = slots[slot]; stored != 0; stored = slots[slot]) {
            int id = stored - 1;
            if (hashes[id] == hash && areEqual(keys[id], key)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        return add(key, hash, slot);
    }

    /** The id of {@code key}, or -1 when it has none. */
    int find(Object key) {
        int hash = hashOf(key);
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (int stored = slots[slot]; stored != 0; stored = slots[slot]) {
            int id = stored - 1;
            if (hashes[id] == hash && areEqual(keys[id], key)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    private int add(Object key, int hash, int slot) {
        int id = count++;
        if (id == keys.length) {
            keys = Arrays.copyOf(keys, 2 * id);
            hashes = Arrays.copyOf(hashes, 2 * id);
        }
        keys[id] = key;
        hashes[id] = hash;
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
            int slot = hashes[id] & mask;
            while (wider[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            wider[slot] = id + 1;
        }
        slots = wider;
    }

    int count() {
        return count;
    }

    /** Heap bytes of its arrays, and of those that growing once more makes beside them. */
    long heapBytes() {
        return 2L * slots.length * 4 + keys.length * (HeapSize.REFERENCE + 4L);
    }

    /** Holds on to an equal {@code key} from here on. */
    void replace(int id, Object key) {
        keys[id] = key;
    }

    Object keyOf(int id) {
        return keys[id];
    }

    void clear() {
        if (slots.length > KEPT_SLOTS) {
            slots = new int[FIRST_SLOTS];
            keys = new Object[FIRST_SLOTS / 2];
            hashes = new int[FIRST_SLOTS / 2];
        } else {
            Arrays.fill(slots, 0);
            Arrays.fill(keys, 0, count, null);
        }
        count = 0;
    }

    static boolean areEqual(Object left, Object right) {
        return left == right || left != null && left.equals(right);
    }

    /** The key's own hash, its bits spread: those of small integers all lie at one end. */
    static int hashOf(Object key) {
        return key == null ? 0 : spread(key.hashCode());
    }

    /** The finalizer of MurmurHash3: every bit of the input turns half of the output's. */
    static int spread(int hash) {
        int h = hash;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
