package dev.kindling.driver.sim;

/** Numbers of which the smallest is taken first: a binary heap of as many as can be there at a time. */
final class SimTimes {
    private final long[] keys;
    private int size;

    SimTimes(int capacity) {
        keys = new long[capacity];
    }

    void add(long key) {
        int place = size++;
        while (place > 0 && keys[(place - 1) >>> 1] > key) {
            keys[place] = keys[(place - 1) >>> 1];
            place = (place - 1) >>> 1;
        }
        keys[place] = key;
    }

    long remove() {
        long first = keys[0];
        long key = keys[--size];
        int place = 0;
        for (int child = 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (key <= keys[child]) {
                break;
            }
            keys[place] = keys[child];
            place = child;
        }
        keys[place] = key;
        return first;
    }
}
