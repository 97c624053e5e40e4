package dev.kindling.driver;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the public API promises beyond what {@code dev.kindling.contract} asks of each operator by itself. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApiContractTest {
    private static KindlingContext kindling;

    private static final List<Integer> NUMBERS =
            new Random(7).ints(3_000, 0, 500).boxed().toList();
    private static final List<String> WORDS =
            NUMBERS.stream().map(n -> "w" + n % 97).toList();

    @BeforeAll
    static void open() {
        kindling = KindlingContext.local(2);
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    private static RDD<Integer> numbers(int partitions) {
        return kindling.parallelize(NUMBERS, partitions);
    }

    private static PairRDD<Integer, Integer> pairs(int partitions) {
        return numbers(partitions).mapToPair(n -> Tuple2.of(n % 50, n));
    }

    private static Map<Integer, List<Integer>> groups() {
        return NUMBERS.stream().collect(groupingBy(n -> n % 50));
    }

    private static <T extends Comparable<T>> List<T> sorted(Iterable<T> rows) {
        List<T> all = new ArrayList<>();
        rows.forEach(all::add);
        Collections.sort(all);
        return all;
    }

    // ---- the program of the README
    // ------------------------------------------------------------------------------------

    @Test
    void theProgramOfTheReadmeCounts(@TempDir Path directory) throws Exception {
        Path zips = Files.writeString(
                directory.resolve("zips.tsv"), "941\t94110\n100\t10001\n941\t94103\n100\t10002\n941\t94117\n");

        List<Tuple2<Integer, Long>> counts = kindling.textFile(zips.toString())
                .map(line -> line.split("\t"))
                .mapToPair(f -> Tuple2.of(Integer.parseInt(f[0]), Integer.parseInt(f[1])))
                .groupByKey()
                .mapValues(Groups::size)
                .sortByKey()
                .collect();

        assertEquals(List.of(Tuple2.of(100, 2L), Tuple2.of(941, 3L)), counts);
    }

    // ---- sources
    // ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64})
    void rowsKeepTheirOrderWhateverThePartitions(int partitions) {
        assertEquals(NUMBERS, numbers(partitions).collect());
        assertEquals(partitions, numbers(partitions).getNumPartitions());
        assertEquals(NUMBERS.size(), numbers(partitions).count());
    }

    @Test
    void moreSlicesThanRowsLeaveSomeEmpty() {
        assertEquals(List.of(1, 2), kindling.parallelize(List.of(1, 2), 5).collect());
        assertEquals(List.of(), kindling.<Integer>emptyRDD().map(n -> n + 1).collect());
        assertEquals(0, kindling.<Integer>emptyRDD().getNumPartitions());
    }

    @Test
    void nullRowsAndNullKeysAndValuesTravel() {
        assertEquals(
                Arrays.asList(1, null, 3),
                kindling.parallelize(Arrays.asList(1, null, 3), 2).collect());
        PairRDD<String, Integer> withNulls =
                kindling.parallelizePairs(List.of(Tuple2.of(null, 1), Tuple2.of("a", null), Tuple2.of(null, 2)), 3);
        Map<String, List<Integer>> groups = new HashMap<>();
        withNulls.groupByKey().collect().forEach(t -> {
            List<Integer> values = new ArrayList<>();
            t._2().forEach(values::add);
            groups.put(t._1(), values);
        });
        assertEquals(Set.of(1, 2), new HashSet<>(groups.get(null)));
        assertEquals(Collections.singletonList(null), groups.get("a"));
    }

    @Test
    void aRangeCountsLikeALoop() {
        assertEquals(
                LongStream.range(5, 500).boxed().toList(),
                kindling.range(5, 500, 1, 4).collect());
        assertEquals(List.of(10L, 7L, 4L, 1L), kindling.range(10, 0, -3, 3).collect());
        assertEquals(List.of(), kindling.range(3, 3, 1, 2).collect());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void textFilesHaveTheLinesOfTheFile(int partitions, @TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("words.txt"), WORDS);

        assertEquals(WORDS, kindling.textFile(file.toString(), partitions).collect());
    }

    @Test
    void recordsMayHaveAnyTextBetweenThem(@TempDir Path directory) throws Exception {
        List<String> paragraphs = IntStream.range(0, 5_000)
                .mapToObj(n -> "paragraph " + (n * 7919) % 5_000 + "\nof two lines")
                .toList();
        Path file = Files.writeString(directory.resolve("text"), String.join("\n\n", paragraphs));

        assertEquals(paragraphs, kindling.textFile(file.toString(), "\n\n", 5).collect());
        assertEquals(10_000, kindling.textFile(file.toString(), "\n").count() - 4_999);
        KindlingException empty = assertThrows(KindlingException.class, () -> kindling.textFile(file.toString(), ""));
        assertEquals(ErrorCode.BAD_ARGUMENT, empty.code());
    }

    @Test
    void wholeTextFilesArePathAndContent(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("a.txt"), "one\ntwo\n");
        Files.writeString(directory.resolve("b.txt"), "");

        List<Tuple2<String, String>> files =
                kindling.wholeTextFiles(directory.toString()).collect();

        assertEquals(List.of("one\ntwo\n", ""), files.stream().map(Tuple2::_2).toList());
        assertTrue(files.get(0)._1().endsWith("/a.txt"), files.get(0)._1());
    }

    @Test
    void aMissingInputIsNamedAtOnce() {
        KindlingException missing = assertThrows(KindlingException.class, () -> kindling.textFile("/no/such/file"));

        assertEquals(ErrorCode.INPUT_NOT_FOUND, missing.code());
        assertTrue(missing.getMessage().contains("/no/such/file"), missing.getMessage());
    }

    // ---- narrow
    // -------------------------------------------------------------------------------------------------------

    @Test
    void unionAndCoalesceKeepOrderAndCount() {
        List<Integer> twice = Stream.concat(NUMBERS.stream(), NUMBERS.stream()).toList();

        assertEquals(twice, numbers(3).union(numbers(2)).collect());
        assertEquals(5, numbers(3).union(numbers(2)).getNumPartitions());
        assertEquals(twice, numbers(3).union(numbers(2)).coalesce(2).collect());
        assertEquals(NUMBERS, numbers(9).coalesce(4).collect());
        assertEquals(4, numbers(9).coalesce(4).getNumPartitions());
        assertEquals(9, numbers(9).coalesce(40).getNumPartitions());
    }

    @Test
    void indexesCountThroughAllPartitions() {
        List<Tuple2<Integer, Long>> indexed = numbers(7).zipWithIndex().collect();

        assertEquals(
                LongStream.range(0, NUMBERS.size()).boxed().toList(),
                indexed.stream().map(Tuple2::_2).toList());
        assertEquals(NUMBERS, indexed.stream().map(Tuple2::_1).toList());
        assertEquals(
                NUMBERS.size(),
                new HashSet<>(numbers(7).zipWithUniqueId().values().collect()).size());
    }

    @Test
    void aSampleIsTheSameForTheSameSeed() {
        RDD<Integer> sample = numbers(4).sample(false, 0.2, 11);

        List<Integer> first = sample.collect();
        assertEquals(first, sample.collect());
        assertTrue(first.size() > 450 && first.size() < 750, "" + first.size());
        int withReplacement = numbers(4).sample(true, 2.0, 11).collect().size();
        assertTrue(withReplacement > 5_600 && withReplacement < 6_400, "" + withReplacement);
    }

    // ---- shuffled
    // -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 64})
    void groupsHoldAllValuesOfTheirKey(int partitions) {
        Map<Integer, List<Integer>> grouped =
                pairs(5).groupByKey(partitions).collect().stream().collect(toMap(Tuple2::_1, t -> sorted(t._2())));

        Map<Integer, List<Integer>> expected = new HashMap<>();
        groups().forEach((k, v) -> expected.put(k, sorted(v)));
        assertEquals(expected, grouped);
    }

    @Test
    void groupsCanBeReadTwiceAndCounted() {
        Map<Integer, Long> twice = pairs(4).groupByKey()
                .mapValues(g -> {
                    long count = 0;
                    for (int ignored : g) {
                        count++;
                    }
                    return count + Groups.stream(g).count() + Groups.size(g);
                })
                .collectAsMap();

        groups().forEach((key, values) -> assertEquals(3L * values.size(), twice.get(key)));
        assertEquals(50, twice.size());
    }

    @Test
    void keysAreWhereTheirHashSays() {
        List<List<Tuple2<Integer, Integer>>> parts =
                pairs(4).partitionBy(new HashPartitioner(6)).glom().collect();

        for (int i = 0; i < 6; i++) {
            int partition = i;
            assertTrue(parts.get(i).stream().allMatch(t -> Math.floorMod(t._1().hashCode(), 6) == partition));
        }
        assertEquals(NUMBERS.size(), parts.stream().mapToInt(List::size).sum());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 40})
    void sortedKeysAreInOrderOverAllPartitions(int partitions) {
        List<Integer> keys = sorted(NUMBERS);
        RDD<Integer> ascending = numbers(5)
                .mapToPair(n -> Tuple2.of(n, "v" + n))
                .sortByKey(true, partitions)
                .keys();

        assertEquals(keys, ascending.collect());
        assertEquals(partitions, ascending.getNumPartitions());
        Collections.reverse(keys);
        assertEquals(
                keys,
                numbers(5)
                        .mapToPair(n -> Tuple2.of(n, n))
                        .sortByKey(false, partitions)
                        .keys()
                        .collect());
    }

    @Test
    void sortedPartitionsAreOfSimilarSize() {
        List<Integer> sizes = kindling.range(0, 20_000, 1, 4)
                .sortBy(n -> -n, true, 8)
                .glom()
                .map(List::size)
                .collect();

        assertEquals(20_000, sizes.stream().mapToInt(n -> n).sum());
        assertTrue(Collections.max(sizes) < 2 * 20_000 / 8, sizes.toString());
    }

    @Test
    void groupsOfSortedInputAreSortedIntoSimilarPartitions() {
        List<Integer> sizes = kindling.range(0, 40_000, 1, 4)
                .mapToPair(n -> Tuple2.of(n.intValue(), 1))
                .reduceByKey(Integer::sum, 4)
                .sortByKey(true, 8)
                .glom()
                .map(List::size)
                .collect();

        assertEquals(40_000, sizes.stream().mapToInt(n -> n).sum());
        assertTrue(Collections.max(sizes) < 2 * 40_000 / 8, sizes.toString());
    }

    @Test
    void equalKeysKeepTheirOrderAndShareAPartition() {
        List<Tuple2<Integer, Integer>> rows =
                IntStream.range(0, 2_000).mapToObj(i -> Tuple2.of(i % 3, i)).toList();

        List<List<Tuple2<Integer, Integer>>> parts =
                kindling.parallelizePairs(rows, 4).sortByKey(true, 5).glom().collect();

        List<Tuple2<Integer, Integer>> expected = new ArrayList<>(rows);
        expected.sort(Comparator.comparing(Tuple2::_1));
        assertEquals(expected, parts.stream().flatMap(List::stream).toList());
        for (int key = 0; key < 3; key++) {
            int wanted = key;
            assertEquals(
                    1,
                    parts.stream()
                            .filter(p -> p.stream().anyMatch(t -> t._1() == wanted))
                            .count());
        }
    }

    @Test
    void sortByTakesOrdersOfAllKinds() {
        List<String> byLength = new ArrayList<>(WORDS);
        byLength.sort(Comparator.<String, Integer>comparing(String::length).thenComparing(Comparator.reverseOrder()));

        assertEquals(
                byLength,
                kindling.parallelize(WORDS, 4)
                        .sortBy(
                                w -> w,
                                (Comparator<String> & Serializable)
                                        (a, b) -> a.length() != b.length() ? a.length() - b.length() : b.compareTo(a),
                                3)
                        .collect());
        assertEquals(
                sorted(WORDS),
                kindling.parallelize(WORDS, 4).sortBy(w -> w, true, 3).collect());
        assertEquals(
                sorted(WORDS),
                kindling.parallelize(WORDS, 4)
                        .mapToPair(w -> Tuple2.of(w, 1))
                        .sortByKey((a, b) -> a.compareTo(b))
                        .keys()
                        .collect());
        assertEquals(
                sorted(WORDS),
                kindling.parallelize(WORDS, 4)
                        .mapToPair(w -> Tuple2.of(w, 1))
                        .sortByKey(Comparator.reverseOrder(), false, 3)
                        .keys()
                        .collect());
    }

    @Test
    void aSortedSetCanBeSortedGroupedAndJoinedAgain() {
        PairRDD<Integer, Integer> sums = pairs(4).reduceByKey(Integer::sum).sortByKey(true, 3);

        assertEquals(
                sums.collect(),
                sums.mapToPair((k, v) -> Tuple2.of(v, k))
                        .sortByKey()
                        .mapToPair((k, v) -> Tuple2.of(v, k))
                        .sortByKey()
                        .collect());
        assertEquals(50, sums.join(sums).count());
        assertEquals(50, sums.groupByKey().count());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13})
    void repartitionDealsRowsOutEvenly(int partitions) {
        List<List<Integer>> parts = numbers(3).repartition(partitions).glom().collect();

        assertEquals(partitions, parts.size());
        assertEquals(
                sorted(NUMBERS), sorted(parts.stream().flatMap(List::stream).toList()));
        int most = parts.stream().mapToInt(List::size).max().orElseThrow();
        int least = parts.stream().mapToInt(List::size).min().orElseThrow();
        assertTrue(most - least <= 3, most + " " + least);
    }

    // ---- actions
    // ------------------------------------------------------------------------------------------------------

    @Test
    void takeReadsInOrderAndStops() {
        assertEquals(NUMBERS.subList(0, 1000), numbers(50).take(1000));
        assertEquals(NUMBERS.get(0), numbers(3).first());
        assertEquals(NUMBERS, numbers(3).take(Integer.MAX_VALUE));
        assertEquals(List.of(), numbers(3).take(0));
        assertEquals(
                List.of(5L, 6L),
                kindling.range(0, Long.MAX_VALUE, 1, 2).filter(n -> n > 4).take(2));
        assertTrue(kindling.emptyRDD().isEmpty());
        assertTrue(numbers(3).filter(n -> false).isEmpty());
        KindlingException empty = assertThrows(
                KindlingException.class, () -> numbers(2).filter(n -> false).first());
        assertEquals(ErrorCode.BAD_ARGUMENT, empty.code());
    }

    @Test
    void reductionsAgreeWithStreams() {
        int sum = NUMBERS.stream().mapToInt(n -> n).sum();

        assertEquals(sum, numbers(7).reduce(Integer::sum));
        assertEquals(sum, numbers(7).fold(0, Integer::sum));
        assertEquals(sum, numbers(30).treeReduce(Integer::sum, 3));
        assertEquals(sum, numbers(30).treeAggregate(0, Integer::sum, Integer::sum));
        assertEquals(
                new TreeSet<>(NUMBERS),
                numbers(7)
                        .aggregate(
                                new TreeSet<Integer>(),
                                (set, n) -> {
                                    set.add(n);
                                    return set;
                                },
                                (a, b) -> {
                                    a.addAll(b);
                                    return a;
                                }));
        assertEquals(Collections.max(NUMBERS), numbers(7).max(Comparator.naturalOrder()));
        assertEquals(Collections.min(NUMBERS), numbers(7).min((a, b) -> a - b));
        assertEquals(sorted(NUMBERS).subList(0, 10), numbers(7).takeOrdered(10));
        assertEquals(
                NUMBERS.stream().sorted(Comparator.reverseOrder()).limit(10).toList(),
                numbers(7).top(10));
        assertEquals(3L, kindling.of("a", "b", "c").count());
        assertThrows(KindlingException.class, () -> kindling.<Integer>emptyRDD().reduce(Integer::sum));
    }

    @Test
    void concatenationsComeInPartitionOrder() {
        assertEquals(String.join("", WORDS), kindling.parallelize(WORDS, 16).fold("", String::concat));
        assertEquals(String.join("", WORDS), kindling.parallelize(WORDS, 16).reduce(String::concat));
    }

    @Test
    void aLocalIteratorGoesPartitionByPartition() {
        Iterator<Integer> rows = numbers(5).toLocalIterator();
        List<Integer> all = new ArrayList<>();
        rows.forEachRemaining(all::add);

        assertEquals(NUMBERS, all);
        assertThrows(NoSuchElementException.class, rows::next);
        assertEquals(NUMBERS, numbers(3).toLocalStream().toList());
        assertEquals(
                List.of(NUMBERS.subList(2000, 3000), NUMBERS.subList(0, 1000)),
                List.of(numbers(3).collectPartitions(new int[] {2, 0})));
    }

    private static final AtomicLong SEEN = new AtomicLong();

    // ---- output
    // -------------------------------------------------------------------------------------------------------

    @Test
    void savedTextIsOneFileAPartition(@TempDir Path directory) throws Exception {
        Path target = directory.resolve("out");
        pairs(4).reduceByKey(Integer::sum).sortByKey(true, 3).saveAsTextFile(target.toString());

        NavigableSet<String> files = new TreeSet<>();
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(target)) {
            for (Path file : all.sorted().toList()) {
                files.add(file.getFileName().toString());
                lines.addAll(Files.readAllLines(file));
            }
        }
        assertEquals(Set.of("_SUCCESS", "part-00000", "part-00001", "part-00002"), files);
        assertEquals(
                pairs(1).reduceByKey(Integer::sum).sortByKey().collect().stream()
                        .map(Tuple2::toString)
                        .toList(),
                lines.stream().filter(l -> l.startsWith("(")).toList());
        assertEquals(
                sorted(kindling.textFile(target.toString()).collect()),
                sorted(lines.stream().filter(l -> l.startsWith("(")).toList()));
        KindlingException refused =
                assertThrows(KindlingException.class, () -> numbers(1).saveAsTextFile(target.toString()));
        assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code());
    }

    @Test
    void anEmptySetIsSavedAsAnEmptyOutput(@TempDir Path directory) {
        Path target = directory.resolve("none");
        kindling.emptyRDD().saveAsTextFile(target.toString());

        assertTrue(Files.exists(target.resolve("_SUCCESS")));
    }

    // ---- failures
    // -----------------------------------------------------------------------------------------------------

    private static final class OwnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OwnException(String message) {
            super(message);
        }
    }

    @Test
    void theCauseOfAFailedJobIsTheUsersOwnException() {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> numbers(2)
                        .map(n -> {
                            if (n == 499) {
                                throw new OwnException("no such thing");
                            }
                            return n;
                        })
                        .collect());

        assertEquals(ErrorCode.USER_CODE_FAILED, failed.code());
        assertInstanceOf(OwnException.class, failed.getCause());
        assertEquals("no such thing", failed.getCause().getMessage());
        assertEquals(NUMBERS.size(), numbers(2).count());
    }

    @Test
    void aFailedSaveLeavesNothing(@TempDir Path directory) {
        Path target = directory.resolve("out");

        assertThrows(
                KindlingException.class,
                () -> numbers(3).map(n -> 1 / (n - NUMBERS.get(2999))).saveAsTextFile(target.toString()));

        assertTrue(Files.notExists(target));
    }

    @Test
    void anInterruptCancelsTheJob() throws Exception {
        SEEN.set(0);
        Throwable[] thrown = {null};
        Thread caller = new Thread(() -> {
            try {
                kindling.range(0, Long.MAX_VALUE, 1, 2).foreach(n -> SEEN.set(1));
            } catch (KindlingException e) {
                thrown[0] = e;
            }
        });
        caller.start();
        while (SEEN.get() == 0) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join(20_000);

        assertEquals(ErrorCode.CANCELLED, ((KindlingException) thrown[0]).code());
        assertEquals(NUMBERS.size(), numbers(2).count());
    }

    @Test
    void setsOfTwoContextsAreNotMixed() {
        try (KindlingContext other = KindlingContext.local(1)) {
            KindlingException refused =
                    assertThrows(KindlingException.class, () -> numbers(1).union(other.parallelize(List.of(1))));

            assertTrue(refused.getMessage().contains("another context"), refused.getMessage());
        }
    }
}
