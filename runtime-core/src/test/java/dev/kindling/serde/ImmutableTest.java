package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ImmutableTest {
    record Point(int x, double y, String name) {}

    record Holder(int id, Object content) {}

    @Test
    void numbersStringsAndWhatIsMadeOfThemIsKnown() {
        for (Object row : Arrays.asList(
                null,
                1,
                2L,
                3.0,
                4.0f,
                'c',
                true,
                "text",
                new BigDecimal("1.5"),
                new UUID(1, 2),
                Instant.EPOCH,
                DayOfWeek.MONDAY,
                Optional.empty(),
                Optional.of(1),
                Tuple2.of(1, null),
                new Tuple3<>("a", 1, Tuple2.of(1, 2L)),
                new Tuple4<>(1, 2, 3, 4),
                new Point(1, 2, "p"),
                new Holder(1, new Holder(2, "deep")))) {
            assertTrue(Immutable.isKnown(row), () -> String.valueOf(row));
        }
    }

    @Test
    void whatHoldsAnythingElseIsNot() {
        for (Object row : List.of(
                new int[1],
                new Object[] {1},
                new StringBuilder(),
                new ArrayList<>(),
                List.of(1),
                new Object(),
                Optional.of(new int[1]),
                Tuple2.of(new int[1], 1),
                Tuple2.of(1, new StringBuilder()),
                new Tuple3<>(1, 2, new byte[0]),
                new Tuple4<>(1, 2, 3, new ArrayList<>()),
                new Holder(1, new int[1]))) {
            assertFalse(Immutable.isKnown(row), row.getClass()::getName);
        }
    }

    @Test
    void keptRowIsACopyOnlyWhereItCouldChange() {
        RowCopier copier = new RowCopier(new RowCodecs(getClass().getClassLoader()));
        Tuple2<Integer, String> fixed = Tuple2.of(1, "a");
        int[] numbers = {1, 2};
        Object unwritable = new Thread();

        int[] kept = (int[]) copier.keep(numbers);
        numbers[0] = 7;

        assertSame(fixed, copier.keep(fixed));
        assertNotSame(numbers, kept);
        assertEquals(1, kept[0]);
        assertSame(unwritable, copier.keep(unwritable));
        assertEquals(List.of(3), copier.keep(new ArrayList<>(List.of(3))));
    }
}
