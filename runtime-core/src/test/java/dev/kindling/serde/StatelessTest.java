package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.function.Function;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatelessTest {
    private record Node(Object content, List<?> others) {}

    private static final class Counting implements Function<Integer, Integer> {
        private static final long serialVersionUID = 1L;

        private int calls;

        @Override
        public Integer call(Integer value) {
            return value + ++calls;
        }
    }

    private static boolean isStateless(Object content) {
        return Stateless.isAll(new Node("text", List.of(3, new Node(content, List.of()))));
    }

    @Test
    void functionsWithoutFieldsAreStateless() {
        Function<Integer, Integer> next = value -> value + 1;
        Function<String, Integer> length = String::length;

        assertTrue(isStateless(next));
        assertTrue(isStateless(length));
        assertTrue(isStateless(new HashPartitioner(3)));
    }

    @Test
    void functionsThatCarrySomethingAreNot() {
        int[] calls = {0};
        Function<Integer, Integer> counting = value -> value + ++calls[0];
        int step = calls.length;
        Function<Integer, Integer> constant = value -> value + step;

        assertFalse(isStateless(counting));
        assertFalse(isStateless(constant));
        assertFalse(isStateless(new Counting()));
    }

    @Test
    void whatCanBeChangedIsNot() {
        assertFalse(isStateless(new ArrayList<>(List.of(1))));
        assertFalse(isStateless(new Object[] {1}));
        assertFalse(isStateless(new StringBuilder()));
    }
}
