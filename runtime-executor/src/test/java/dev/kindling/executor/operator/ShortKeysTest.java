package dev.kindling.executor.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortKeysTest {
    /** Two of each, so that equal ones are no longer the same object. */
    private static List<Object> shortOnes() {
        List<Object> keys = new ArrayList<>();
        for (int length = 0; length <= 15; length++) {
            keys.add("x".repeat(length));
            keys.add("\0".repeat(length));
            keys.add("\u00ff".repeat(length));
            for (int at = 0; at < length; at++) {
                char[] letters = "a".repeat(length).toCharArray();
                letters[at] = 'b';
                keys.add(new String(letters));
            }
        }
        for (long number : new long[] {0, 1, -1, 97, 255, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            keys.add((int) number);
            keys.add(number);
        }
        keys.addAll(List.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 56));
        return keys;
    }

    private static ShortKeys of(List<Object> keys) {
        ShortKeys taken = new ShortKeys(keys.size());
        // What an earlier batch has left behind must not show.
        Arrays.fill(taken.lows, 77);
        Arrays.fill(taken.highs, 77);
        taken.take(keys.stream().map(key -> new Tuple2<>(key, 1)).toArray(), keys.size());
        return taken;
    }

    @Test
    void wordsAreEqualWhereKeysAreAndOnlyThere() {
        List<Object> keys = shortOnes();
        ShortKeys first = of(keys);
        ShortKeys second = of(shortOnes());
        for (int one = 0; one < keys.size(); one++) {
            for (int other = 0; other < keys.size(); other++) {
                boolean areEqual = first.lows[one] == second.lows[other] && first.highs[one] == second.highs[other];
                assertEquals(keys.get(one).equals(keys.get(other)), areEqual, keys.get(one) + ", " + keys.get(other));
            }
        }
    }

    @Test
    void hashIsThatOfTheWordsAndDiffersBetweenKeys() {
        List<Object> keys = shortOnes().stream().distinct().toList();
        ShortKeys taken = of(keys);
        for (int key = 0; key < keys.size(); key++) {
            assertEquals(ShortKeys.hashOf(taken.lows[key], taken.highs[key]), taken.hashes[key]);
        }
        assertEquals(keys.size(), Arrays.stream(taken.hashes).distinct().count());
    }

    @Test
    void wordsGiveAnEqualKeyBack() {
        List<Object> keys = shortOnes();
        ShortKeys taken = of(keys);
        for (int key = 0; key < keys.size(); key++) {
            assertNotEquals(0, taken.highs[key]);
            assertEquals(keys.get(key), ShortKeys.keyOf(taken.lows[key], taken.highs[key]));
        }
    }

    @Test
    void keysThatDoNotFitAndRowsThatAreNoPairsAreNone() {
        List<Object> others = Arrays.asList(
                "x".repeat(16), "\u0100", "fourteen chars\u20ac", 1.0, 1f, (short) 1, 'c', true, null, List.of(1));
        assertEquals(
                0, Arrays.stream(of(others).highs).filter(high -> high != 0).count());

        ShortKeys taken = of(List.of("a", "b"));
        taken.take(new Object[] {null, "no pair"}, 2);
        assertEquals(List.of(0L, 0L), List.of(taken.highs[0], taken.highs[1]));
    }
}
