package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntQueueTest {
    @Test
    void isAQueueHoweverAddsAndRemovalsAlternate() {
        Random random = new Random(7);
        IntQueue queue = new IntQueue();
        ArrayDeque<Integer> expected = new ArrayDeque<>();

        for (int step = 0; step < 10_000; step++) {
            boolean isFilling = step / 1_000 % 2 == 0;
            if (random.nextInt(10) < (isFilling ? 7 : 3)) {
                queue.add(step);
                expected.add(step);
            } else if (!expected.isEmpty()) {
                assertEquals(expected.remove(), queue.remove());
            }
            assertEquals(expected.isEmpty(), queue.isEmpty());
        }
        while (!expected.isEmpty()) {
            assertEquals(expected.remove(), queue.remove());
        }
        assertTrue(queue.isEmpty());
    }
}
