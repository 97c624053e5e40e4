package dev.kindling.sim;

import java.util.Arrays;

/**
 * What is still to happen, by time, then by order of coming: a binary heap of plain numbers beside the actions, because
 * a run is little else than taking the next one.
 */
final class SimQueue {
    /** Bits below the time that say in which order things came. */
    private static final int ORDER_BITS = 32;

    private long[] keys = new long[256];
    private Runnable[] actions = new Runnable[256];
    private int size;
    private long nextOrder;

    void add(long atMs, Runnable action) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        long key = atMs << ORDER_BITS | nextOrder++;
        int place = size++;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (keys[parent] < key) {
                break;
            }
            keys[place] = keys[parent];
            actions[place] = actions[parent];
            place = parent;
        }
        keys[place] = key;
        actions[place] = action;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** When the next thing happens. */
    long nextMs() {
        return keys[0] >>> ORDER_BITS;
    }

    /** Takes the next thing out. */
    Runnable remove() {
        Runnable first = actions[0];
        long key = keys[--size];
        Runnable action = actions[size];
        actions[size] = null;
        int place = 0;
        for (int child = 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (key < keys[child]) {
                break;
            }
            keys[place] = keys[child];
            actions[place] = actions[child];
            place = child;
        }
        if (size > 0) {
            keys[place] = key;
            actions[place] = action;
        }
        return first;
    }
}
