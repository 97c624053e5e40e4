package dev.kindling.rdd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockJoinTest {
    /** A group that counts how often it is walked. */
    private static final class Walked extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        private int walks;

        Walked(String name, int size, int length) {
            IntStream.range(0, size).forEach(i -> add(name + i + "x".repeat(length)));
        }

        @Override
        public Iterator<String> iterator() {
            walks++;
            return super.iterator();
        }
    }

    private static List<Object> join(Iterable<?> left, Iterable<?> right) {
        List<Object> rows = new ArrayList<>();
        new BlockJoin(left, right, false, false).forEachRemaining(rows::add);
        return rows;
    }

    @Test
    void everyPairComesOnceWhicheverSideIsLarger() {
        for (int[] sizes : new int[][] {{1, 2_000}, {2_000, 1}, {3, 1_500}, {1_500, 3}, {60, 60}}) {
            List<String> left = new Walked("l", sizes[0], 0);
            List<String> right = new Walked("r", sizes[1], 0);
            Set<Object> expected = new HashSet<>();
            left.forEach(l -> right.forEach(r -> expected.add(new Tuple2<>(l, r))));

            List<Object> found = join(left, right);

            assertEquals(expected.size(), found.size());
            assertEquals(expected, new HashSet<>(found));
        }
    }

    @Test
    void smallRightSideComesInOrderBesideEachLeftValue() {
        List<Object> found = join(new Walked("l", 1_100, 0), new Walked("r", 2, 0));

        assertEquals(List.of(Tuple2.of("l0", "r0"), Tuple2.of("l0", "r1"), Tuple2.of("l1", "r0")), found.subList(0, 3));
    }

    @Test
    void largerSideIsWalkedOnceABlockOfTheOther() {
        Walked larger = new Walked("l", 2_000, 0);
        Walked ofLargeValues = new Walked("r", 60, 100_000);

        join(larger, ofLargeValues);

        assertTrue(larger.walks > 1 && larger.walks < 10, larger.walks + " walks");
        Walked ofSmallValues = new Walked("r", 1_000, 1);
        Walked once = new Walked("l", 2_000, 0);
        join(once, ofSmallValues);
        assertEquals(1, once.walks);
    }

    @Test
    void valuesOfOuterJoinsAreOptionals() {
        BlockJoin join = new BlockJoin(new Walked("l", 1, 0), new Walked("r", 1, 0), true, false);

        assertEquals(Tuple2.of(Optional.of("l0"), "r0"), join.next());
        assertFalse(join.hasNext());
        assertThrows(NoSuchElementException.class, join::next);
    }

    @Test
    void onlyLargeGroupsAreWorthIt() {
        assertFalse(BlockJoin.isWorthIt(new Walked("l", 100, 0), new Walked("r", 100, 0)));
        assertFalse(BlockJoin.isWorthIt(new Walked("l", 5_000, 0), List.of()));
        assertTrue(BlockJoin.isWorthIt(new Walked("l", 5_000, 0), new Walked("r", 1, 0)));
    }
}
