package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said about the heap that rows take, beside what the collector finds of them. */
class HeapSizeTest {
    private static final int ROWS = 10_000;
    private static final long COPIES_BYTES = 4 << 20;

    record Point(int x, long y, String label) {}

    static class Visit {
        final long user;
        final List<String> pages;

        Visit(int i) {
            user = 1_000_000L + i;
            pages = new ArrayList<>(List.of("page " + i, "page " + i / 2));
        }

        @SuppressWarnings("unused") // for Kryo
        private Visit() {
            this(0);
        }
    }

    private static Arguments rows(String name, IntFunction<Object> row) {
        return Arguments.of(name, row);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                rows("ints", i -> 1_000 + i),
                rows("longs", i -> 1L << 40 | i),
                rows("doubles", i -> i / 3.0),
                rows("floats", i -> i / 3f),
                rows("strings", i -> "a string " + i),
                rows("long strings", i -> "x".repeat(500) + i),
                rows("wide strings", i -> "日本語の文字列 " + i),
                rows("byte arrays", i -> new byte[i % 100]),
                rows("pairs of ints", i -> Tuple2.of(1_000 + i, 1_000 + i)),
                rows("pairs of string and long", i -> Tuple2.of("key " + i, 1_000L + i)),
                rows("nested pairs", i -> Tuple2.of("key " + i, Tuple2.of(1_000L + i, i / 7.0))),
                rows("records", i -> new Point(i, i, "label " + i)),
                rows("lists of equal longs", i -> new ArrayList<>(LongList.of(50 + i % 20, 1L << 40))),
                rows("pairs with a null", i -> Tuple2.of("key " + i, i % 3 == 0 ? null : 1_000 + i)),
                rows("maps", i -> map(new HashMap<>(), 20, i)),
                rows("linked maps", i -> map(new LinkedHashMap<>(), 20, i)),
                rows("tree maps", i -> map(new TreeMap<>(), 20, i)),
                rows("sets", i -> new HashSet<>(map(new HashMap<>(), 30, i).values())),
                rows("linked lists", i -> new LinkedList<>(LongList.of(30, i + 1_000))),
                rows("large integers", i -> BigInteger.TWO.pow(2_000).add(BigInteger.valueOf(i))),
                rows("user classes", Visit::new),
                rows("arrays of longs", i -> new long[100 + i % 7]));
    }

    private static final class LongList {
        static List<Long> of(int size, long number) {
            return IntStream.range(0, size).mapToObj(i -> number).toList();
        }
    }

    private static Map<Object, Object> map(Map<Object, Object> map, int size, int i) {
        for (int key = 0; key < size; key++) {
            map.put("key " + key, 1_000L + i + key);
        }
        return map;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void readerSaysWhatItsRowsTakeWithinAThird(String name, IntFunction<Object> row) {
        byte[] pages = write(row);
        // Once for the classes and tables that Kryo makes when it meets them.
        long saidOfOne = read(pages, new Object[ROWS]);

        // So many copies that what other tests of this JVM leave or let go meanwhile is small beside them.
        Object[][] copies = new Object[(int) (COPIES_BYTES / saidOfOne) + 1][ROWS];
        // A collector may leave dead objects where they are for some collections, so more than one look is taken.
        double ratio = 0;
        for (int look = 0; look < 4 && (ratio < 0.7 || ratio > 1.35); look++) {
            Arrays.stream(copies).forEach(copy -> Arrays.fill(copy, null));
            long before = usedAfterCollection();
            long said = 0;
            for (Object[] copy : copies) {
                said += read(pages, copy);
            }
            long taken = usedAfterCollection() - before;
            Reference.reachabilityFence(copies);
            ratio = (double) said / taken;
        }

        assertTrue(ratio > 0.7 && ratio < 1.35, name + ": says " + ratio + " times what is taken");
    }

    private static byte[] write(IntFunction<Object> row) {
        RowWriter writer = new RowWriter(HeapSizeTest.class.getClassLoader(), 16 << 10);
        for (int i = 0; i < ROWS; i++) {
            writer.append(row.apply(i));
        }
        return writer.takeBytes();
    }

    private static long usedAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long read(byte[] pages, Object[] target) {
        RowReader reader = new RowReader(HeapSizeTest.class.getClassLoader());
        reader.reset(pages, 0, pages.length);
        assertEquals(ROWS, reader.read(target, 0, ROWS));
        return reader.heapBytes();
    }

    @Test
    void sizesAreThoseOfTheObjectLayout() {
        assertEquals(0, HeapSize.of(null));
        assertEquals(16, HeapSize.of(7));
        assertEquals(24, HeapSize.of(7L));
        assertEquals(24 + 16 + 24, HeapSize.of(Tuple2.of(1, 2L)));
        assertEquals(16 + 8_000, HeapSize.of(new double[1_000]));
        assertEquals(0, HeapSize.of(ErrorCode.CLOSED));
        assertTrue(HeapSize.of("x".repeat(10_000)) >= 10_000);
        assertTrue(HeapSize.of("日".repeat(10_000)) >= 20_000);
        assertTrue(HeapSize.of(Optional.of(new byte[1_000])) > 1_000);
        assertTrue(HeapSize.of(new Object[] {new byte[1_000], new byte[1_000]}) > 2_000);
    }

    @Test
    void cyclesAndDeepNestingEnd() {
        List<Object> self = new ArrayList<>();
        IntStream.range(0, 1_000).forEach(i -> self.add(self));
        Object deep = 1;
        for (int i = 0; i < 100_000; i++) {
            deep = Tuple2.of(deep, i);
        }

        assertTrue(HeapSize.of(self) > 1_000);
        assertTrue(HeapSize.of(deep) > 0);
        assertTrue(HeapSize.of(Collections.nCopies(1_000_000, "x".repeat(100))) > 100_000_000);
    }

    @Test
    void readStopsWithThePageInWhichItsRowsAreLargeEnough() {
        RowWriter writer = new RowWriter(getClass().getClassLoader(), 16 << 10);
        for (int i = 0; i < 100; i++) {
            writer.append("x".repeat(20_000));
        }
        byte[] pages = writer.takeBytes();
        RowReader reader = new RowReader(getClass().getClassLoader()).readAtOnce(64 << 10);
        reader.reset(pages, 0, pages.length);
        Object[] rows = new Object[100];

        int total = 0;
        for (int count = reader.read(rows, 0, 100); count > 0; count = reader.read(rows, 0, 100)) {
            assertTrue(count <= 5, count + " rows at once");
            total += count;
        }

        assertEquals(100, total);
    }

    @Test
    void rowLargerThanTheLimitIsRefusedWhateverWritesIt() {
        for (Object large : Arrays.asList(
                "x".repeat(3 << 20),
                new byte[3 << 20],
                Tuple2.of(1, "é".repeat(3 << 20)),
                LongList.of(1 << 20, 1L << 40),
                new ArrayList<>(LongList.of(1 << 20, 1L << 40)),
                new Object[] {"x".repeat(3 << 20)},
                new HashMap<>(Map.of(1, "x".repeat(3 << 20))))) {
            RowWriter writer = new RowCodecs(getClass().getClassLoader())
                    .refuseRowsAbove(2 << 20)
                    .newWriter(16 << 10);
            writer.append("small");

            KindlingException refusal = assertThrows(
                    KindlingException.class,
                    () -> writer.append(large),
                    () -> large.getClass().getName());

            assertEquals(ErrorCode.OUT_OF_RESOURCES, refusal.code());
            assertTrue(refusal.getMessage().startsWith("one row takes more than 2 MiB"), refusal.getMessage());
        }
    }

    /** Writes a gigabyte, as an object that holds much of it would. */
    static final class Endless implements Serializable {
        private static final long serialVersionUID = 1L;

        transient long writtenBytes;

        private void writeObject(ObjectOutputStream out) throws IOException {
            byte[] some = new byte[64 << 10];
            for (; writtenBytes < 1 << 30; writtenBytes += some.length) {
                out.write(some);
            }
        }
    }

    @Test
    void objectThatWritesItselfIsStoppedAtTheLimit() {
        Endless endless = new Endless();
        RowWriter writer = new RowCodecs(getClass().getClassLoader())
                .refuseRowsAbove(2 << 20)
                .newWriter(16 << 10);

        KindlingException refusal = assertThrows(KindlingException.class, () -> writer.append(endless));

        assertTrue(refusal.getMessage().startsWith("one row takes more than 2 MiB"), refusal.getMessage());
        assertTrue(endless.writtenBytes <= 2 << 20, endless.writtenBytes + " bytes were written");
    }

    @Test
    void anyNumberOfSmallRowsPassesTheLimitOfOne() {
        RowWriter writer = new RowCodecs(getClass().getClassLoader())
                .refuseRowsAbove(1 << 20)
                .newWriter(64 << 10);
        for (int i = 0; i < 5_000; i++) {
            writer.append(Tuple2.of(i, "x".repeat(1_000)));
            writer.append(new HashMap<>(Map.of(i, "x".repeat(1_000))));
        }

        assertTrue(writer.takeBytes().length > 10_000_000);
    }
}
