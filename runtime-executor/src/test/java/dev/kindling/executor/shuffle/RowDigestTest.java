package dev.kindling.executor.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Tuple2;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowDigestTest {
    private final RowDigest digests = new RowDigest();

    @Test
    void stringsOfEqualContentsHaveOneDigest() {
        for (int length : new int[] {0, 1, 31, 32, 33, 97, 255, 256, 257, 1000}) {
            String letters = "wörter auf 日本語 ".repeat(length / 10 + 1).substring(0, length);
            long first = digests.ofPair(Tuple2.of(1, letters));
            digests.ofPair(Tuple2.of(2, "x".repeat(500))); // leaves its own letters behind
            assertEquals(
                    first, digests.ofPair(Tuple2.of(1, new String(letters.toCharArray()))), length + " characters");
            assertEquals(first, new RowDigest().ofPair(Tuple2.of(1, letters)), length + " characters");
        }
    }

    @Test
    void eachCharacterOfAStringCounts() {
        for (int length : new int[] {1, 31, 32, 40, 97, 256, 259, 700}) {
            Set<Long> seen = new HashSet<>();
            seen.add(digests.ofPair(Tuple2.of("key", "a".repeat(length))));
            for (int i = 0; i < length; i++) {
                String other = "a".repeat(i) + 'b' + "a".repeat(length - i - 1);
                assertTrue(seen.add(digests.ofPair(Tuple2.of("key", other))), "character " + i + " of " + length);
            }
            assertTrue(seen.add(digests.ofPair(Tuple2.of("key", "a".repeat(length + 1)))), "one more than " + length);
        }
    }
}
