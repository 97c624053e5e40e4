package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.data.Group;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final ClassLoader LOADER = RowsTest.class.getClassLoader();

    record Point(int x, int y) {}

    record Order(String name, long id, double price, Point place, boolean paid, List<Integer> lines) {}

    record Wide(byte a, short b, char c, float d, byte[] e) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Wide w && a == w.a && b == w.b && c == w.c && d == w.d && Arrays.equals(e, w.e);
        }

        @Override
        public int hashCode() {
            return a;
        }
    }

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "grass";
            }
        }
    }

    static class Plain {
        private final int number;
        private final String name;
        Plain next;

        Plain(int number, String name) {
            this.number = number;
            this.name = name;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Plain p && p.number == number && p.name.equals(name);
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    static final class Celsius implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient double degrees;

        Celsius(double degrees) {
            this.degrees = degrees;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeDouble(degrees);
        }

        private void readObject(java.io.ObjectInputStream in) throws IOException {
            degrees = in.readDouble();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Celsius c && c.degrees == degrees;
        }

        @Override
        public int hashCode() {
            return (int) degrees;
        }
    }

    static final class NamedList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        String name = "?";

        @Override
        public boolean equals(Object o) {
            return o instanceof NamedList n && n.name.equals(name) && super.equals(o);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    static final class Countdown extends AbstractList<Integer> {
        private final int from;

        Countdown(int from) {
            this.from = from;
        }

        @Override
        public Integer get(int index) {
            return from - index;
        }

        @Override
        public int size() {
            return from;
        }
    }

    record ListGroup<V>(List<V> values) implements Group<V> {
        @Override
        public long size() {
            return values.size();
        }

        @Override
        public Iterator<V> iterator() {
            return values.iterator();
        }
    }

    private static byte[] write(List<?> rows, int pageBytes) {
        RowWriter writer = new RowWriter(LOADER, pageBytes);
        for (Object row : rows) {
            writer.append(row);
        }
        assertEquals(rows.size(), writer.rowCount());
        long announced = writer.byteCount();
        byte[] bytes = writer.takeBytes();
        assertEquals(announced, bytes.length, "byteCount is exact");
        assertEquals(0, writer.byteCount());
        return bytes;
    }

    private static List<Object> read(byte[] bytes) {
        RowReader reader = new RowReader(LOADER);
        byte[] shifted = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, shifted, 3, bytes.length);
        reader.reset(shifted, 3, bytes.length);
        List<Object> rows = new ArrayList<>();
        Object[] batch = new Object[100];
        for (int n = reader.read(batch, 7, 90); n > 0; n = reader.read(batch, 7, 90)) {
            rows.addAll(Arrays.asList(batch).subList(7, 7 + n));
        }
        return rows;
    }

    private static void comesBack(List<?> rows) {
        for (int pageBytes : new int[] {50, 1000, 1 << 20}) {
            byte[] bytes = write(rows, pageBytes);
            assertEquals(rows, read(bytes), "in pages of " + pageBytes);
            assertEquals(rows, readByNumber(bytes), "by number, in pages of " + pageBytes);
        }
    }

    /** Pages of pairs from their last pair to their first one where that can be, other rows as they come. */
    private static List<Object> readByNumber(byte[] bytes) {
        RowReader reader = new RowReader(LOADER);
        reader.reset(bytes, 0, bytes.length);
        List<Object> rows = new ArrayList<>();
        Object[] row = new Object[1];
        for (; ; ) {
            Optional<PagePairs> page = reader.pagePairs();
            if (page.isPresent()) {
                PagePairs pairs = page.get();
                Object[] found = new Object[pairs.count()];
                for (int i = pairs.count() - 1; i >= 0; i--) {
                    pairs.touch(i);
                    Tuple2<?, ?> pair = pairs.pair(i);
                    assertEquals(pair._1(), pairs.key(i));
                    found[i] = pair;
                }
                rows.addAll(Arrays.asList(found));
            } else if (reader.read(row, 0, 1) == 1) {
                rows.add(row[0]);
            } else {
                return rows;
            }
        }
    }

    @Test
    void pairsOfWhatIsUsualAreHadByNumber() {
        List<IntFunction<Object>> kinds = List.of(
                i -> i,
                i -> (long) i * i * i,
                i -> i / 3.0,
                i -> "key" + i % 17,
                i -> new byte[i],
                i -> new Tuple2<>(i, "v" + i),
                i -> new Point(i, -i));
        for (IntFunction<Object> first : kinds) {
            for (IntFunction<Object> second : kinds) {
                byte[] bytes = write(rows(100, i -> new Tuple2<>(first.apply(i), second.apply(i))), 1 << 20);
                RowReader reader = new RowReader(LOADER);
                reader.reset(bytes, 0, bytes.length);

                PagePairs pairs = reader.pagePairs().orElseThrow();

                assertEquals(100, pairs.count());
                assertTrue(pairs.heldBytes() >= bytes.length);
                assertTrue(reader.pagePairs().isEmpty());
                assertEquals(0, reader.read(new Object[1], 0, 1));
            }
        }
    }

    @Test
    void aPageThatWasReadInPartIsReadOnInTurn() {
        byte[] bytes = write(rows(3, i -> new Tuple2<>("k" + i, i)), 1000);
        RowReader reader = new RowReader(LOADER);
        reader.reset(bytes, 0, bytes.length);
        Object[] read = new Object[2];

        assertEquals(1, reader.read(read, 0, 1));
        assertTrue(reader.pagePairs().isEmpty());
        assertEquals(2, reader.read(read, 0, 2));
        assertEquals(List.of(new Tuple2<>("k1", 1), new Tuple2<>("k2", 2)), List.of(read));
    }

    @Test
    void byteArraysAreHadByNumber() {
        byte[] bytes = write(rows(50, i -> new Tuple2<>(new byte[] {(byte) i}, new byte[i])), 1 << 20);
        RowReader reader = new RowReader(LOADER);
        reader.reset(bytes, 0, bytes.length);
        PagePairs pairs = reader.pagePairs().orElseThrow();

        assertArrayEquals(new byte[] {49}, (byte[]) pairs.key(49));
        assertArrayEquals(new byte[30], (byte[]) pairs.pair(30)._2());
    }

    private static List<Object> rows(int count, IntFunction<Object> row) {
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row.apply(i));
        }
        return rows;
    }

    @Test
    void noRowsAreNoBytes() {
        assertEquals(0, write(List.of(), 100).length);
        assertEquals(List.of(), read(new byte[0]));
    }

    @Test
    void numbersComeBackAtEveryWidth() {
        Random random = new Random(1);
        for (int bits = 0; bits <= 32; bits++) {
            int width = bits;
            comesBack(rows(300, i -> width == 0 ? 7 : random.nextInt() >> 32 - width));
            comesBack(rows(17, i -> new Tuple2<>(width == 0 ? -1 : random.nextInt() >>> 32 - width, i)));
        }
        for (int bits = 1; bits <= 64; bits++) {
            int width = bits;
            comesBack(rows(70, i -> random.nextLong() >> 64 - width));
            comesBack(rows(9, i -> new Tuple2<>(random.nextLong() >>> 64 - width, i)));
        }
        comesBack(List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1));
        comesBack(List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L));
        comesBack(List.of(0.0, -0.0, Double.NaN, Double.MIN_VALUE, Double.NEGATIVE_INFINITY));
        comesBack(List.of(0f, -0f, Float.NaN, Float.MAX_VALUE));
    }

    @Test
    void numbersAndStringsComeAsNoObjectsAndTheOthersAsRows() {
        Random random = new Random(2);
        List<IntFunction<Object>> kinds = List.of(
                i -> random.nextInt(),
                i -> -i,
                i -> random.nextLong(),
                i -> new Tuple2<>(i, random.nextInt()),
                i -> new Tuple2<>(random.nextLong(), i),
                i -> new Tuple2<>(i, "v" + i),
                i -> "text " + i,
                i -> "a".repeat(i % 200) + "é",
                i -> "\u0394\ud83d" + i,
                i -> (short) i,
                i -> null);
        for (int round = 0; round < 50; round++) {
            List<Object> rows = new ArrayList<>();
            for (int run = random.nextInt(6); run >= 0; run--) {
                rows.addAll(rows(random.nextInt(700), kinds.get(random.nextInt(kinds.size()))));
            }
            byte[] bytes = write(rows, 1 << random.nextInt(6, 20));
            RowReader reader = new RowReader(LOADER);
            reader.reset(bytes, 0, bytes.length);

            List<Object> back = new ArrayList<>();
            PackedRows packed = new PackedRows();
            while (back.size() < rows.size()) {
                int limit = 1 + random.nextInt(300);
                int count = random.nextInt(4) == 0 ? -1 : reader.readPacked(packed, limit);
                int asked = random.nextInt(3) > 0 ? count : random.nextInt(Math.max(1, count));
                for (int i = 0; i < asked; i++) {
                    back.add(packed.row(i));
                }
                if (asked < count) {
                    // Nobody asks for the others.
                    back.addAll(rows.subList(back.size(), back.size() + count - asked));
                }
                if (count < 0) {
                    Object[] batch = new Object[limit];
                    count = reader.read(batch, 0, limit);
                    back.addAll(Arrays.asList(batch).subList(0, count));
                }
                assertTrue(count > 0, "rows are left");
            }
            assertEquals(rows, back);
            assertEquals(0, reader.readPacked(packed, 1));
        }
    }

    @Test
    void pairsOfAllColumnKindsComeBack() {
        List<IntFunction<Object>> kinds = List.of(
                i -> i,
                i -> (long) i * i * i,
                i -> i / 3.0,
                i -> i / 3f,
                i -> (short) i,
                i -> (byte) i,
                i -> (char) i,
                i -> i % 3 == 0,
                i -> "key" + i % 17,
                i -> new Tuple2<>(i, "v" + i),
                i -> new Point(i, -i),
                i -> new ArrayList<>(List.of(i, i + 1)));
        for (IntFunction<Object> first : kinds) {
            comesBack(rows(300, first));
            for (IntFunction<Object> second : kinds) {
                comesBack(rows(300, i -> new Tuple2<>(first.apply(i), second.apply(i))));
            }
        }
    }

    @Test
    void intPairsArePackedIntoTheBitsTheyNeed() {
        byte[] bytes = write(rows(2048, i -> new Tuple2<>(1000 + i % 16, 5_000_000 + i)), 16 << 10);

        assertTrue(bytes.length < 2048 * (4 + 11) / 8 + 40, bytes.length + " bytes");
    }

    @Test
    void stringsOfAllAlphabetsComeBack() {
        comesBack(List.of("", "plain", "Ünïcödé in Latin-1", "ÿ", "Ā", "Ελληνικά", "日本語", "emoji 😀🎉", "mixed é日😀"));
        comesBack(List.of("\uD83D half", "\uDE00", "a\uDE00\uD83D", "😀\uD83D"));
        comesBack(rows(9, i -> ("ж日😀a\u0080\u07ff\u0800\uffff".repeat(1_000 * i + 100)).substring(2 * (i % 3))));
        comesBack(rows(500, i -> "x".repeat(i) + (i % 7 == 0 ? "é" : i % 11 == 0 ? "字" : "")));
    }

    @Test
    void aRowLargerThanAPageComesBack() {
        byte[] big = new byte[3_000_000];
        new Random(2).nextBytes(big);
        List<Object> back = read(write(List.of(new byte[0], big, new byte[] {1}), 1000));
        assertArrayEquals(big, (byte[]) back.get(1));
        comesBack(List.of("z".repeat(2_000_000), "q"));
        comesBack(List.of(new ArrayList<>(Collections.nCopies(100_000, 5))));
    }

    @Test
    void aPageForEachRowComesBack() {
        List<Object> rows = rows(50, i -> i % 3 == 0 ? new Plain(i, "p") : new Tuple2<>(i, "v" + i));
        assertEquals(rows, read(write(rows, 1)));
    }

    @Test
    void nullsAndChangingClassesComeBack() {
        comesBack(Arrays.asList(1, null, 2, "three", null, 4L, new Tuple2<>(null, 1), new Tuple2<>(1, null), 5));
        comesBack(rows(1000, i -> i % 2 == 0 ? new Tuple2<>(i, i) : new Tuple2<>(i, null)));
        comesBack(rows(1000, i -> i % 100 == 0 ? "s" + i : (Object) i));
        comesBack(List.of(new Tuple2<>(1, "a"), new Tuple2<>(2, 3), new Tuple2<>("b", 3)));
        comesBack(List.of(
                new ArrayList<>(List.of(1, 2)),
                new ArrayList<>(List.of(1, "x")),
                new ArrayList<>(),
                new ArrayList<>(List.of(3))));
    }

    @Test
    void rowsOfChangingClassesDoNotMakeAPageEach() {
        byte[] bytes = write(rows(10_000, i -> i % 2 == 0 ? (Object) i : "s"), 16 << 10);

        assertTrue(bytes.length < 10_000 * 6, bytes.length + " bytes");
    }

    @Test
    void recordsAndTuplesComeBack() {
        comesBack(rows(700, i -> new Point(i, i * i)));
        comesBack(rows(
                700, i -> new Order("n" + i, i, i / 2.0, new Point(i, 1), i % 2 == 0, new ArrayList<>(List.of(i, 2)))));
        comesBack(rows(700, i -> new Order(i % 5 == 0 ? null : "n", i, i, null, true, List.of())));
        comesBack(rows(300, i -> new Wide((byte) i, (short) i, (char) i, i, new byte[i])));
        comesBack(rows(300, i -> new Tuple3<>(i, "b", (long) i)));
        comesBack(rows(300, i -> new Tuple4<>(i, null, (long) i, new Tuple2<>(1, 2))));
    }

    @Test
    void typesOfTheJdkComeBackWithoutAnyJvmFlag() {
        List<Object> rows = new ArrayList<>(List.of(
                new BigDecimal("1.50"),
                BigInteger.TEN.pow(50),
                UUID.randomUUID(),
                URI.create("http://example.org/a?b=c"),
                LocalDate.of(2024, 2, 29),
                LocalDateTime.of(2024, 2, 29, 1, 2, 3, 4),
                ZonedDateTime.of(2024, 2, 29, 1, 2, 3, 4, ZoneId.of("Europe/Paris")),
                Instant.ofEpochSecond(1, 2),
                Duration.ofMillis(5),
                new Date(5),
                new java.sql.Timestamp(5),
                Locale.GERMANY,
                Currency.getInstance("EUR"),
                Optional.of("x"),
                Optional.empty(),
                OptionalInt.of(3),
                Color.RED,
                Color.GREEN,
                TimeUnit.DAYS,
                EnumSet.of(Color.RED, Color.GREEN),
                String.class,
                int[].class));
        rows.addAll(List.of(
                List.of(),
                List.of(1),
                List.of(1, "b", 3L),
                List.of(1, 2, 3, 4).subList(1, 3),
                Set.of(1, 2, 3),
                Map.of("a", 1, "b", 2),
                Map.of(),
                Arrays.asList(1, null, 3),
                new ArrayList<>(List.of(1, 2, 3, 4)).subList(1, 3),
                Collections.unmodifiableList(new ArrayList<>(List.of(1, 2))),
                Collections.unmodifiableSet(new HashSet<>(List.of(1, 2))),
                Collections.unmodifiableMap(new TreeMap<>(Map.of(1, 2))),
                Collections.synchronizedList(new ArrayList<>(List.of(1))),
                Collections.emptyList(),
                Collections.emptyMap(),
                Collections.singletonList(5),
                Collections.nCopies(3, "x"),
                new LinkedHashMap<>(Map.of("k", List.of(1))).keySet(),
                new TreeMap<>(Map.of(1, "a", 2, "b", 3, "c")).headMap(3),
                new TreeSet<>(Set.of("b", "a")).descendingSet(),
                new LinkedList<>(List.of(1, 2))));
        rows.addAll(List.of(
                new HashMap<>(Map.of("k", new ArrayList<>(List.of(1)))),
                new ConcurrentHashMap<>(Map.of(1, 2)),
                new EnumMap<>(Map.of(Color.RED, 1)),
                new TreeMap<>(Map.of(1, 2)),
                BitSet.valueOf(new long[] {5}),
                new Countdown(3)));
        for (Object row : rows) {
            comesBack(List.of(row, row));
            comesBack(List.of(new Tuple2<>(1, row)));
        }
        comesBack(rows);
        assertArrayEquals(new int[][] {{1}, {2, 3}}, (int[][]) read(write(
                        List.of((Object) new int[][] {{1}, {2, 3}}), 100))
                .get(0));
        assertEquals(
                7,
                ((AtomicInteger) read(write(List.of(new AtomicInteger(7)), 100)).get(0)).get());
        assertEquals(
                7, ((AtomicLong) read(write(List.of(new AtomicLong(7)), 100)).get(0)).get());
        assertEquals(List.of(1, 2), new ArrayList<>((ArrayDeque<?>)
                read(write(List.of(new ArrayDeque<>(List.of(1, 2))), 100)).get(0)));
        assertEquals(
                "p",
                ((StringBuilder) read(write(List.of(new StringBuilder("p")), 100))
                                .get(0))
                        .toString());
    }

    @Test
    void exceptionsComeBackWithStackAndCause() {
        Exception failure = new IllegalStateException("outer", new IOException("inner"));

        Exception back = (Exception) read(write(List.of(failure), 100)).get(0);

        assertEquals("outer", back.getMessage());
        assertEquals("inner", back.getCause().getMessage());
        assertEquals(failure.getStackTrace()[0], back.getStackTrace()[0]);
    }

    @Test
    void plainObjectsComeBackWithoutBeingSerializableEvenInACircle() {
        comesBack(rows(100, i -> new Plain(i, "n" + i)));
        Plain a = new Plain(1, "a");
        a.next = new Plain(2, "b");
        a.next.next = a;

        Plain back = (Plain) read(write(List.of(a), 100)).get(0);

        assertSame(back, back.next.next);
        assertEquals(2, back.next.number);
    }

    @Test
    void classesThatSayHowTheyAreWrittenAreAsked() {
        comesBack(List.of(new Celsius(36.6)));
        NamedList list = new NamedList();
        list.add("x");
        list.name = "shopping";
        comesBack(List.of(list));
    }

    @Test
    void aLambdaComesBack() {
        String captured = "captured";
        Supplier<String> lambda = (Supplier<String> & Serializable) () -> captured + "!";

        Supplier<?> back = (Supplier<?>) read(write(List.of(lambda), 100)).get(0);

        assertEquals("captured!", back.get());
    }

    @Test
    void anInnerClassKeepsItsOuterInstance() {
        class Inner {
            String ofOuter() {
                return RowsTest.this.getClass().getSimpleName();
            }
        }

        Inner back = (Inner) read(write(List.of(new Inner()), 100)).get(0);

        assertEquals("RowsTest", back.ofOuter());
    }

    @Test
    void groupsBecomeLists() {
        List<Object> rows = rows(50, i -> new Tuple2<>(i, new ListGroup<>(List.of(i, i + 1))));
        rows.add(new Tuple2<>(99, new ListGroup<>(List.of())));
        rows.add(new Tuple2<>(null, new Iterable<?>[] {new ListGroup<>(List.of(1, "x")), new ListGroup<>(List.of())}));

        List<Object> back = read(write(rows, 1000));

        assertEquals(new Tuple2<>(3, List.of(3, 4)), back.get(3));
        assertEquals(new Tuple2<>(99, List.of()), back.get(50));
        Object[] both = (Object[]) ((Tuple2<?, ?>) back.get(51))._2();
        assertEquals(List.of(1, "x"), both[0]);
    }

    record Holder(String secret, List<Object> parts) {}

    @Test
    void whatCannotBeWrittenIsNamedWithItsPathAndWithoutTheRow() {
        Holder row = new Holder("secret-value", List.of(new Tuple2<>(1, Thread.currentThread())));

        KindlingException failure = assertThrows(KindlingException.class, () -> write(List.of(row), 100));

        assertEquals(ErrorCode.NOT_SERIALIZABLE, failure.code());
        assertTrue(failure.getMessage().contains("java.lang.Thread"), failure.getMessage());
        assertTrue(failure.getMessage().contains("Holder.parts -> Tuple2._2"), failure.getMessage());
        assertFalse(failure.getMessage().contains("secret-value"), failure.getMessage());
    }

    @Test
    void aChainTooLongForTheStackIsAClearError() {
        Plain chain = new Plain(0, "");
        for (int i = 0; i < 200_000; i++) {
            Plain next = new Plain(i, "");
            next.next = chain;
            chain = next;
        }
        List<Object> rows = List.of(chain);

        KindlingException failure = assertThrows(KindlingException.class, () -> write(rows, 100));

        assertEquals(ErrorCode.NOT_SERIALIZABLE, failure.code());
    }

    @Test
    void writersAndReadersThatShareCodecsMayBeUsedInTurn() throws IOException {
        RowCodecs codecs = new RowCodecs(LOADER);
        RowWriter[] writers = {codecs.newWriter(500), codecs.newWriter(500), codecs.newWriter(500)};
        for (int i = 0; i < 3000; i++) {
            writers[i % 3].append(i % 5 == 0 ? new Plain(i, "p") : Color.RED);
        }
        assertEquals(writers[0].heldBytes() + writers[1].heldBytes() + writers[2].heldBytes(), codecs.heldBytes());
        RowReader[] readers = {codecs.newReader(), codecs.newReader(), codecs.newReader()};
        for (int w = 0; w < 3; w++) {
            ByteArrayOutputStream pages = new ByteArrayOutputStream();
            writers[w].drainTo((page, offset, length) -> pages.write(page, offset, length));
            readers[w].reset(pages.toByteArray(), 0, pages.size());
        }
        Object[] one = new Object[1];
        for (int i = 0; i < 3000; i++) {
            assertEquals(1, readers[i % 3].read(one, 0, 1));
            assertEquals(i % 5 == 0 ? new Plain(i, "p") : Color.RED, one[0]);
        }
        assertEquals(0, codecs.heldBytes());
    }

    @Test
    void resultsComeBackAndADamagedOneIsRefused() {
        for (Object value :
                Arrays.asList(null, 5, "x", List.of(), List.of(1, 2, 3), new Tuple2<>(1, null), Optional.of(1))) {
            assertEquals(value, ResultCodec.decode(ResultCodec.encode(value), LOADER));
        }
        assertInstanceOf(ArrayList.class, ResultCodec.decode(ResultCodec.encode(List.of(1)), LOADER));
        byte[] bytes = ResultCodec.encode(rows(10, i -> new Tuple2<>(i, "v")));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            KindlingException failure =
                    assertThrows(KindlingException.class, () -> ResultCodec.decode(damaged, LOADER));
            assertEquals(ErrorCode.CORRUPT_DATA, failure.code());
        }
    }
}
