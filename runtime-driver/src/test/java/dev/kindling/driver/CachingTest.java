package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.Groups;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What persisted sets promise, over a running engine inside this JVM. Calls of functions are counted: what is cached
 * is not computed again. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CachingTest {
    private static final int ROWS = 5_000;
    private static final AtomicInteger CALLS = new AtomicInteger();

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = KindlingContext.local(2);
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    @BeforeEach
    void countAnew() {
        CALLS.set(0);
    }

    @AfterEach
    void unpersistAll() {
        kindling.getPersistentRDDs().values().forEach(set -> set.unpersist(true));
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, ROWS).boxed().toList();
    }

    /** Every row is counted when it is computed. */
    private static RDD<Integer> counted(int partitions) {
        return kindling.parallelize(numbers(), partitions).map(n -> {
            CALLS.incrementAndGet();
            return n;
        });
    }

    private static List<StorageLevel> levels() {
        return List.of(
                StorageLevel.MEMORY_ONLY,
                StorageLevel.MEMORY_ONLY_SER,
                StorageLevel.MEMORY_AND_DISK,
                StorageLevel.MEMORY_AND_DISK_SER,
                StorageLevel.DISK_ONLY);
    }

    @ParameterizedTest
    @MethodSource("levels")
    void whatIsPersistedIsComputedOnce(StorageLevel level) {
        RDD<Integer> set = counted(7).persist(level);

        assertEquals(numbers(), set.collect());
        assertEquals(numbers(), set.collect());
        assertEquals(ROWS / 2, set.filter(n -> n % 2 == 0).count());

        assertEquals(ROWS, CALLS.get());
        assertEquals(level, set.getStorageLevel());
    }

    /** Counts how many of it are made out of bytes. */
    static final class Made {
        private static final AtomicInteger OUT_OF_BYTES = new AtomicInteger();

        final int number;

        Made(int number) {
            this.number = number;
        }

        @SuppressWarnings("unused") // for Kryo
        private Made() {
            this(0);
            OUT_OF_BYTES.incrementAndGet();
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void keptRowsAreCountedWithoutBeingMade(StorageLevel level) {
        RDD<Made> set = counted(7).map(Made::new).persist(level);
        assertEquals(ROWS, set.count());
        Made.OUT_OF_BYTES.set(0);

        assertEquals(ROWS, set.count());
        assertEquals(0, Made.OUT_OF_BYTES.get());
        assertEquals(ROWS, CALLS.get());

        assertEquals(ROWS / 2, set.filter(made -> made.number % 2 == 0).count());
        assertEquals(ROWS, Made.OUT_OF_BYTES.get());
    }

    @Test
    void withoutPersistItIsComputedEachTime() {
        RDD<Integer> set = counted(3);

        set.count();
        set.count();

        assertEquals(2 * ROWS, CALLS.get());
        assertEquals(StorageLevel.NONE, set.getStorageLevel());
    }

    @Test
    void unpersistedSetIsComputedAgainAndMayBePersistedAnew() {
        RDD<Integer> set = counted(3).cache();
        set.count();

        set.unpersist(true);
        set.count();
        set.persist(StorageLevel.DISK_ONLY);
        set.count();
        set.count();

        assertEquals(3 * ROWS, CALLS.get());
    }

    @Test
    void anotherLevelIsRefusedUntilTheSetIsUnpersisted() {
        RDD<Integer> set = counted(3).cache();

        KindlingException refusal = assertThrows(KindlingException.class, () -> set.persist(StorageLevel.DISK_ONLY));

        assertEquals(ErrorCode.BAD_ARGUMENT, refusal.code());
        assertTrue(refusal.getMessage().contains("CachingTest.java"), refusal.getMessage());
        set.cache().unpersist().persist(StorageLevel.DISK_ONLY);
    }

    @Test
    void memoryOutsideTheHeapIsRefusedWithWhatToUseInstead() {
        KindlingException refusal =
                assertThrows(KindlingException.class, () -> counted(3).persist(StorageLevel.OFF_HEAP));

        assertTrue(refusal.getMessage().contains("MEMORY_AND_DISK"), refusal.getMessage());
        assertThrows(KindlingException.class, () -> counted(3).persist(StorageLevel.NONE));
    }

    @Test
    void persistedSetsAreListedUntilTheyAreUnpersisted() {
        RDD<Integer> numbers = counted(2).setName("numbers").cache();
        PairRDD<Integer, Integer> pairs =
                numbers.mapToPair(n -> Tuple2.of(n, n)).cache();
        DoubleRDD doubles = numbers.mapToDouble(n -> n).persist(StorageLevel.DISK_ONLY);

        assertEquals(
                Set.of(numbers.id(), pairs.id(), doubles.id()),
                kindling.getPersistentRDDs().keySet());
        assertEquals("numbers", kindling.getPersistentRDDs().get(numbers.id()).name());

        pairs.unpersist();
        assertEquals(
                Set.of(numbers.id(), doubles.id()), kindling.getPersistentRDDs().keySet());
    }

    @Test
    void shuffleAboveAndBelowAPersistedSet() {
        PairRDD<Integer, Integer> sums = counted(5)
                .mapToPair(n -> Tuple2.of(n % 100, n))
                .reduceByKey(Integer::sum, 4)
                .cache();
        TreeMap<Integer, Integer> expected = new TreeMap<>();
        numbers().forEach(n -> expected.merge(n % 100, n, Integer::sum));

        List<Tuple2<Integer, Integer>> sorted = sums.sortByKey(true, 3).collect();
        long big = sums.filter((key, sum) -> sum > 122_000).count();

        assertEquals(expected, new TreeMap<>(sums.collectAsMap()));
        assertEquals(
                new ArrayList<>(expected.keySet()),
                sorted.stream().map(Tuple2::_1).toList());
        assertEquals(expected.values().stream().filter(sum -> sum > 122_000).count(), big);
        assertEquals(ROWS, CALLS.get());
    }

    @Test
    void groupsAreCopiedAndReadAgainAndAgain() {
        PairRDD<Integer, Iterable<Integer>> groups =
                counted(3).mapToPair(n -> Tuple2.of(n % 10, n)).groupByKey(3).cache();

        for (int turn = 0; turn < 3; turn++) {
            List<Long> sizes = groups.map(group -> Groups.size(group._2())).collect();
            assertEquals(10, sizes.size());
            assertEquals(Set.of((long) ROWS / 10), Set.copyOf(sizes));
        }
        int sum = groups.map(group -> {
                    int of = 0;
                    for (int n : group._2()) {
                        of += n;
                    }
                    for (int n : group._2()) {
                        of -= n;
                    }
                    return of;
                })
                .reduce(Integer::sum);
        assertEquals(0, sum);
        assertEquals(ROWS, CALLS.get());
    }

    private static Iterator<int[]> intoOneArray(Iterator<Integer> rows) {
        int[] reused = new int[1];
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public int[] next() {
                reused[0] = rows.next();
                return reused;
            }
        };
    }

    @Test
    void rowsMadeFromOneObjectAgainAndAgainAreKeptAsTheyWere() {
        RDD<int[]> arrays = counted(2).mapPartitions(CachingTest::intoOneArray);
        List<Integer> collected =
                arrays.collect().stream().map(array -> array[0]).toList();
        List<Integer> shuffled = arrays.mapToPair(array -> Tuple2.of(1, array))
                .groupByKey(1)
                .flatMap(group -> StreamSupport.stream(group._2().spliterator(), false)
                        .map(array -> array[0])
                        .iterator())
                .sortBy(n -> n, true, 1)
                .collect();
        RDD<int[]> kept = arrays.cache();
        kept.count();

        assertEquals(numbers(), collected);
        assertEquals(numbers(), shuffled);
        assertEquals(numbers(), kept.map(array -> array[0]).collect());
    }

    @Test
    void rowsChangedByLaterFunctionsAreUnchangedInTheCache() {
        RDD<int[]> arrays = counted(2).map(n -> new int[] {n}).cache();

        for (int turn = 0; turn < 2; turn++) {
            long sum = arrays.map(array -> {
                        array[0]++;
                        return (long) array[0];
                    })
                    .reduce(Long::sum);
            assertEquals((long) ROWS * (ROWS + 1) / 2, sum);
        }
        assertEquals(ROWS, CALLS.get());
    }

    @Test
    void setReadTwiceInOneTaskIsKeptOnce() {
        RDD<Integer> set = counted(3).cache();

        assertEquals(2 * ROWS, set.union(set).count());
        List<Tuple2<Integer, Integer>> zipped = set.zip(set).collect();

        assertTrue(zipped.stream().allMatch(pair -> pair._1().equals(pair._2())));
        assertTrue(CALLS.get() <= 2 * ROWS, CALLS + " calls");
        int calls = CALLS.get();
        set.count();
        assertEquals(calls, CALLS.get());
    }

    @Test
    void partitionReadInPartIsNotKeptAndReadInFullIs() {
        RDD<Integer> set = counted(1).cache();

        assertEquals(List.of(0, 1, 2), set.take(3));
        int calls = CALLS.get();
        assertTrue(calls < ROWS, calls + " calls");
        assertEquals(ROWS, set.count());
        assertEquals(ROWS, set.count());

        assertEquals(calls + ROWS, CALLS.get());
    }

    @Test
    void emptyPartitionsAreKeptAsWell() {
        RDD<Integer> none = counted(4).filter(n -> n < 0).cache();

        assertEquals(List.of(), none.collect());
        assertEquals(List.of(), none.collect());

        assertEquals(ROWS, CALLS.get());
    }

    @Test
    void nullsAndStringsAndNestedRowsComeBackEqual() {
        List<Object> rows = new ArrayList<>(Arrays.asList(1, null, "text", List.of(1, 2), Tuple2.of("k", null), 2.5));
        RDD<Object> set = kindling.parallelize(rows, 2).cache();

        assertEquals(rows, set.collect());
        assertEquals(rows, set.collect());
    }

    @Test
    void numbersAndPairsOfThemAmongOtherRowsComeBackThroughAnIterator() {
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(
                    i < 900
                            ? (Object) i
                            : i < 1_500 ? (Object) (long) i : i < 2_700 ? Tuple2.of(i, (long) -i) : "t" + i);
        }
        RDD<Object> set = kindling.parallelize(rows, 2).cache();
        set.count();

        assertEquals(rows, set.mapPartitions(all -> all).collect());
        RDD<Object> firstTwo =
                set.mapPartitions(all -> List.of(all.next(), all.next()).iterator());
        assertEquals(List.of(0, 1, Tuple2.of(1_500, -1_500L), Tuple2.of(1_501, -1_501L)), firstTwo.collect());
    }

    @Test
    void rowThatCannotBeSerializedFailsAndSaysThatItIsToBeKept() {
        RDD<Object> set = kindling.parallelize(List.of(1, 2), 1)
                .<Object>map(n -> new Thread("row"))
                .cache();

        KindlingException failure = assertThrows(KindlingException.class, set::count);

        assertEquals(ErrorCode.NOT_SERIALIZABLE, failure.code());
        assertTrue(failure.getMessage().contains("persisted"), failure.getMessage());
        assertTrue(failure.getMessage().contains("CachingTest.java"), failure.getMessage());
    }

    @Test
    void failedFunctionLeavesNothingHalfKept() {
        RDD<Integer> set = kindling.parallelize(numbers(), 2)
                .map(n -> {
                    if (n == ROWS - 1 && CALLS.incrementAndGet() < 3) {
                        throw new IllegalStateException("planted");
                    }
                    return n;
                })
                .cache();

        assertEquals(numbers(), set.collect());
        assertEquals(numbers(), set.collect());
        assertEquals(3, CALLS.get());
    }

    @Test
    void jobsOfTwoThreadsShareASet() throws Exception {
        RDD<Integer> set = counted(8).cache();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Long>> jobs =
                    List.of(set::count, () -> set.filter(n -> n >= 0).count());
            for (Future<Long> job : threads.invokeAll(jobs)) {
                assertEquals(ROWS, job.get());
            }
        } finally {
            threads.shutdown();
        }
        int calls = CALLS.get();

        assertEquals(ROWS, set.count());

        assertTrue(calls <= 2 * ROWS, calls + " calls");
        assertEquals(calls, CALLS.get());
    }

    @Test
    void unionOfAPersistedUnionReadsIt() {
        RDD<Integer> both = counted(2).union(counted(2)).cache();
        both.count();

        assertEquals(3 * ROWS, both.union(kindling.parallelize(numbers(), 1)).count());

        assertEquals(2 * ROWS, CALLS.get());
    }
}
