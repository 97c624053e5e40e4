package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PartitionSetTest {
    @Test
    void itAnswersLikeASortedSetOfNumbers() {
        for (int capacity : new int[] {1, 63, 64, 65, 4_096, 4_097, 300_000}) {
            SplittableRandom random = new SplittableRandom(capacity);
            PartitionSet set = new PartitionSet(capacity);
            TreeSet<Integer> expected = new TreeSet<>();
            for (int step = 0; step < 20_000; step++) {
                int index = random.nextInt(capacity);
                if (random.nextInt(3) > 0) {
                    assertEquals(expected.add(index), set.add(index));
                } else {
                    assertEquals(expected.remove(index), set.remove(index));
                }
                int from = random.nextInt(capacity);
                Integer next = expected.ceiling(from);
                assertEquals(next == null ? -1 : next, set.next(from));
                assertEquals(expected.size(), set.size());
            }
            set.clear();
            assertEquals(-1, set.first());
        }
    }

    @Test
    void codedSizesAreWithinFivePercentAndOnlyNothingIsZero() {
        assertEquals(0, SizeCode.decode(SizeCode.encode(0)));
        for (long bytes = 1; bytes < 20_000_000_000L; bytes = bytes * 3 / 2 + 1) {
            long decoded = SizeCode.decode(SizeCode.encode(bytes));
            assertEquals(1.0, (double) decoded / bytes, bytes < 20 ? 0.5 : 0.051, bytes + " bytes");
        }
    }
}
