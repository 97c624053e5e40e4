package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.SerializableComparator;
import java.io.Serial;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The messages are the product here: they are compared whole where the path matters. */
class ClosureCheckTest implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String PLACE = "map at ZipCount.java:42";

    static final class Connection {
        String ask(String key) {
            return key;
        }
    }

    static class Cache implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        transient Connection ignored = new Connection();
        Object conn = new Connection();
        final Map<String, Object> byName = new HashMap<>();
    }

    private Cache cache;

    private Function<String, String> capturingThis() {
        return key -> key + cache.conn;
    }

    static final class NotSerializableOwner {
        private final int factor = 3;

        Function<Integer, Integer> times() {
            return value -> value * factor;
        }
    }

    /** Without the compiler's -g the type stands for the name; {@code LocalNamesTest} looks at the names. */
    private static String named(String message, String name, String type) {
        return message.replace("a local variable of type " + type, name);
    }

    private static String refusal(Object function) {
        KindlingException refused = assertThrows(KindlingException.class, () -> ClosureCheck.check(PLACE, function));
        assertEquals(ErrorCode.NOT_SERIALIZABLE, refused.code());
        return refused.getMessage();
    }

    @Test
    void theWholePathToTheCulpritIsNamed() {
        cache = new Cache();

        String message = refusal(capturingThis());

        assertEquals(
                "map at ZipCount.java:42: the lambda captures this (ClosureCheckTest) -> cache -> conn : Connection, which"
                        + " is not serializable; copy what it needs to a local variable",
                message);
    }

    @Test
    void aCapturedLocalVariableIsNamed() {
        Connection connection = new Connection();
        long unrelated = 5;
        Function<String, String> f = key -> connection.ask(key) + unrelated;

        String message = named(refusal(f), "connection", "Connection");

        assertTrue(message.contains("the lambda captures connection : Connection, which is not"), message);
    }

    @Test
    void anObjectThatOnlyLendsAFieldIsFound() {
        String message = refusal(new NotSerializableOwner().times());

        assertTrue(message.contains("captures this (NotSerializableOwner) : NotSerializableOwner"), message);
        assertTrue(message.endsWith("copy what it needs to a local variable"), message);
    }

    @Test
    void elementsOfJdkCollectionsAreLookedInto() {
        Cache full = new Cache();
        full.conn = null;
        full.byName.put("a", List.of(1, new Connection()));
        Function<String, String> f = key -> key + full;

        String message = named(refusal(f), "full", "Cache");

        assertTrue(message.contains("captures full -> byName -> [a] -> [1] : Connection"), message);
    }

    @Test
    void aLambdaOfAForeignInterfaceIsNamedByIt() {
        java.util.function.Function<String, String> plain = key -> key;
        Function<String, String> f = key -> plain.apply(key);

        String message = named(refusal(f), "plain", "Function");

        assertTrue(message.contains("captures plain : lambda of type java.util.function.Function"), message);
    }

    @Test
    void aBoundMethodReferenceNamesItsReceiver() {
        Function<String, String> f = new Connection()::ask;

        assertTrue(
                refusal(f).contains("the method reference captures its receiver (Connection) : Connection"),
                refusal(f));
    }

    @Test
    void anOrderThatIsNotSerializableIsRefusedItself() {
        Comparator<String> order = Comparator.comparing(String::length);

        String message = refusal(order);

        assertTrue(message.contains("holds a lambda written in " + getClass().getName()), message);
        assertTrue(message.endsWith("SerializableComparator.by(key)"), message);
    }

    @Test
    void anAnonymousClassNamesTheObjectAroundIt() {
        cache = new Cache();
        Function<String, String> f = new Function<>() {
            @Serial
            private static final long serialVersionUID = 1L;

            @Override
            public String call(String key) {
                return key + cache;
            }
        };

        assertTrue(
                refusal(f).contains("the anonymous class captures this (ClosureCheckTest) -> cache -> conn"),
                refusal(f));
    }

    @Test
    void whatCanTravelPasses() {
        Cache fine = new Cache();
        fine.conn = "text";
        int[] numbers = {1, 2};
        SerializableComparator<String> order = SerializableComparator.by(String::length);
        Function<String, String> f = key -> key + fine + numbers.length + order.compare(key, "b");

        assertDoesNotThrow(() -> ClosureCheck.check(PLACE, f));
    }

    @Test
    void largeCapturesAreNamedWithTheirSize() {
        Cache fine = new Cache();
        fine.conn = new byte[2 << 20];
        Function<String, String> f = key -> key + fine;

        String warning = named(ClosureCheck.largeClosure(PLACE, f, ClosureCheck.sizeOf(f)), "fine", "Cache");

        assertTrue(
                warning.startsWith("map at ZipCount.java:42: the function is 2049 KiB large with what it captures,"
                        + " most of it fine -> conn (byte[], 2048 KiB)"),
                warning);
    }
}
