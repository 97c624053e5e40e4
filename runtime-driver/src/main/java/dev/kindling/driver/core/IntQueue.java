package dev.kindling.driver.core;

import java.util.Arrays;

/** Numbers that are taken in the order in which they came, without an object for each. */
final class IntQueue {
    private int[] numbers = new int[4];
    private int first;
    private int end;

    /** What was taken makes room before more is had. */
    void add(int number) {
        if (end == numbers.length) {
            int size = end - first;
            int[] room = first > numbers.length / 2 ? numbers : Arrays.copyOf(numbers, numbers.length * 3 / 2);
            System.arraycopy(numbers, first, room, 0, size);
            numbers = room;
            first = 0;
            end = size;
        }
        numbers[end++] = number;
    }

    boolean isEmpty() {
        return first == end;
    }

    /** Of a queue that is not empty. */
    int remove() {
        return numbers[first++];
    }
}
