package dev.kindling.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension is used here as a user would. */
class KindlingExtensionTest {
    @Nested
    @ExtendWith(KindlingExtension.class)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class OnAClass {
        private static final Set<String> SEEN = new HashSet<>();

        @Test
        @Order(1)
        void runsJobs(KindlingContext kindling) {
            SEEN.add(kindling.applicationId());
            assertEquals("local[2]", kindling.master());
            assertEquals(List.of(2, 4, 6), kindling.of(1, 2, 3).map(x -> 2 * x).collect());
        }

        @Test
        @Order(2)
        void isTheSameForAllTestsOfTheClass(KindlingContext kindling) {
            assertTrue(SEEN.contains(kindling.applicationId()));
        }
    }

    @Nested
    class InAStaticField {
        @RegisterExtension
        static final KindlingExtension KINDLING = KindlingExtension.local(3);

        @Test
        void isWhatWasAskedFor(KindlingContext kindling) {
            assertEquals("local[3]", kindling.master());
            assertSame(kindling, KINDLING.context());
        }

        @AfterAll
        static void isStillOpenWhenTheLastTestHasEnded() {
            assertEquals(1, KINDLING.context().of("x").count());
        }
    }

    @Nested
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class InAnInstanceField {
        private static KindlingContext previous;

        @RegisterExtension
        final KindlingExtension kindling = KindlingExtension.local(1);

        @Test
        @Order(1)
        void isOpenInTheFirstTest() {
            previous = kindling.context();
            assertEquals(3, previous.of(1, 2, 3).count());
        }

        @Test
        @Order(2)
        void isAnotherOneInTheSecondAndTheFirstIsClosed() {
            assertNotSame(previous, kindling.context());
            assertThrows(KindlingException.class, () -> previous.of(1).count());
            assertFalse(kindling.context().of(1).isEmpty());
        }
    }
}
