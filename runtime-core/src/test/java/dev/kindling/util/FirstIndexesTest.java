package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstIndexesTest {
    @Test
    void isEqualToTheListOfItsNumbers() {
        assertEquals(List.of(0, 1, 2), FirstIndexes.below(3));
        assertEquals(FirstIndexes.below(3).hashCode(), List.of(0, 1, 2).hashCode());
        assertEquals(List.of(), FirstIndexes.below(0));
        assertTrue(FirstIndexes.below(3).contains(2));
        assertFalse(FirstIndexes.below(3).contains(3));
        assertThrows(
                IndexOutOfBoundsException.class, () -> FirstIndexes.below(3).get(3));
    }

    @Test
    void onlyTheFirstNumbersInOrderAreMadeSmall() {
        assertTrue(FirstIndexes.copyOf(new ArrayList<>(List.of(0, 1, 2))) instanceof FirstIndexes);

        for (List<Integer> others : List.of(List.of(1, 2), List.of(0, 2), List.of(1, 0), List.of(0, 0))) {
            List<Integer> given = new ArrayList<>(others);
            List<Integer> copy = FirstIndexes.copyOf(given);
            given.set(0, 77);
            assertEquals(others, copy);
        }
        assertThrows(NullPointerException.class, () -> FirstIndexes.copyOf(Arrays.asList(0, null)));
    }
}
