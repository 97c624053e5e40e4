package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bsh.Tripwire;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.sql.Timestamp;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.BadAttributeValueExpException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xml.sax.SAXException;

/** Objects that act when they are read, at each of the doors through which bytes become objects. */
class AllowedClassesTest {
    private static final ClassLoader LOADER = AllowedClassesTest.class.getClassLoader();

    private interface Door {
        void read(byte[] bytes) throws IOException;
    }

    @AfterEach
    void nothingHasActed() {
        assertFalse(Tripwire.wasSprung());
    }

    @Test
    void functionsBringNoClassThatActsWhenItIsRead() throws Exception {
        for (Object gadget : gadgets()) {
            byte[] bytes = byJava(new ArrayList<>(List.of(gadget)));
            isRefused(bytes, read -> ClosureCodec.decode(read, LOADER));
        }
    }

    @Test
    void rowsResultsAndValuesBringNoneEither() throws Exception {
        for (Object gadget : gadgets()) {
            // In a list Kryo writes the class; a pair of numbers and an object is a column of objects.
            for (Object row : List.of(List.of(gadget), new Tuple2<>(1, gadget), gadget)) {
                byte[] result = ResultCodec.encode(row);
                ByteArrayOutputStream value = new ByteArrayOutputStream();
                ValueStream.write(row, LOADER, value);
                Tripwire.wasSprung(); // writing may hash

                isRefused(result, read -> ResultCodec.decode(read, LOADER));
                isRefused(value.toByteArray(), read -> ValueStream.read(new ByteArrayInputStream(read), LOADER));
            }
        }
    }

    @Test
    void aClassOfTheJvmThatRunsCommandsIsNotEvenNamed() throws Exception {
        for (Class<?> type : List.of(Runtime.class, ProcessBuilder.class)) {
            isRefused(byJava(new ArrayList<>(List.of(type))), read -> ClosureCodec.decode(read, LOADER));
        }
    }

    @Test
    void valuesOfTheJdkAndExceptionsPass() {
        Map<TimeUnit, String> units = new EnumMap<>(Map.of(TimeUnit.DAYS, "d"));
        List<Object> values = List.of(
                new BigDecimal("1.5"),
                URI.create("s3://b/k"),
                new Timestamp(5),
                ZonedDateTime.parse("2026-11-22T10:15:30+01:00[Europe/Paris]"),
                BitSet.valueOf(new long[] {5}),
                Currency.getInstance("EUR"),
                units,
                Locale.ROOT,
                TimeZone.getTimeZone("Europe/Paris"),
                new UUID(1, 2),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                int.class);
        for (Object value : values) {
            assertEquals(value, ClosureCodec.decode(ClosureCodec.encode(value), LOADER));
            assertEquals(value, ResultCodec.decode(ResultCodec.encode(value), LOADER));
        }
        for (Object value : List.of(
                new AtomicLong(3),
                new PriorityQueue<>(List.of(1, 2)),
                new NoSuchFileException("x"),
                new SAXException("x"),
                new IllegalStateException("x", new IOException("y")))) {
            assertEquals(
                    value.getClass(),
                    ClosureCodec.decode(ClosureCodec.encode(value), LOADER).getClass());
            assertEquals(
                    value.getClass(),
                    ResultCodec.decode(ResultCodec.encode(value), LOADER).getClass());
        }
    }

    private static List<Object> gadgets() throws Exception {
        HashMap<Object, Integer> actsWhenFilled = new HashMap<>();
        actsWhenFilled.put(new Tripwire.OnHash(), 1);
        Tripwire.wasSprung();
        return List.of(
                new Tripwire.OnRead(),
                actsWhenFilled,
                new ObjectName("a:b=c"),
                new BadAttributeValueExpException(null));
    }

    private static byte[] byJava(Serializable object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        Tripwire.wasSprung(); // writing may hash
        return bytes.toByteArray();
    }

    private static void isRefused(byte[] bytes, Door door) {
        KindlingException refusal = assertThrows(KindlingException.class, () -> door.read(bytes));

        assertEquals(ErrorCode.NOT_SERIALIZABLE, refusal.code());
        assertTrue(refusal.getMessage().contains("is not among those that are read"), refusal.getMessage());
        assertFalse(Tripwire.wasSprung(), "it was read before it was refused");
    }
}
