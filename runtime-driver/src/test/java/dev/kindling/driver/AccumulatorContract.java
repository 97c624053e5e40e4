package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Accumulator;
import dev.kindling.api.DoubleAccumulator;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.ListAccumulator;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What accumulators promise, over whatever context the subclass opens. */
abstract class AccumulatorContract {
    private static final List<Integer> NUMBERS =
            IntStream.range(0, 1_000).boxed().toList();

    abstract KindlingContext kindling();

    @Test
    void sumsOfAllPartitionsAreThereWhenTheActionReturns() {
        LongAccumulator longs = kindling().longAccumulator("numbers");
        DoubleAccumulator halves = kindling().doubleAccumulator();

        kindling().parallelize(NUMBERS, 7).foreach(n -> {
            longs.add(n);
            halves.add(n / 2.0);
        });

        assertEquals(499_500L, longs.value());
        assertEquals(1_000, longs.count());
        assertEquals(499.5, longs.avg());
        assertEquals(249_750.0, halves.value());
        assertEquals(249.75, halves.avg());
        assertEquals(Optional.of("numbers"), longs.name());
        assertEquals(Optional.empty(), halves.name());
        assertTrue(longs.isRegistered() && longs.id() != halves.id());
    }

    @Test
    void rowsInATransformationAreCountedOnceThoughManyJobsReadItsShuffle() {
        LongAccumulator rows = kindling().longAccumulator();
        PairRDD<Integer, Integer> sums = kindling()
                .parallelize(NUMBERS, 5)
                .mapToPair(n -> {
                    rows.add(1);
                    return Tuple2.of(n % 10, n);
                })
                .reduceByKey(Integer::sum, 3);

        assertEquals(10, sums.count());
        assertEquals(10, sums.collect().size());
        sums.sortByKey().count();

        assertEquals(1_000, rows.value());
    }

    @Test
    void rowsThatOnlyASampleOrANumberingLooksAtAreNotCounted() {
        LongAccumulator sorted = kindling().longAccumulator();
        LongAccumulator numbered = kindling().longAccumulator();

        kindling()
                .parallelize(NUMBERS, 4)
                .mapToPair(n -> {
                    sorted.add(1);
                    return Tuple2.of(n, n);
                })
                .sortByKey(true, 3)
                .collect();
        kindling()
                .parallelize(NUMBERS, 4)
                .map(n -> {
                    numbered.add(1);
                    return n;
                })
                .zipWithIndex()
                .count();

        assertEquals(1_000, sorted.value());
        assertEquals(1_000, numbered.value());
    }

    @Test
    void partitionOfAPersistedSetCountsOnceHoweverOftenItIsComputed() {
        LongAccumulator below = kindling().longAccumulator();
        LongAccumulator above = kindling().longAccumulator();
        ListAccumulator<Integer> firsts = kindling().listAccumulator("firsts");
        RDD<Integer> set = kindling()
                .parallelize(NUMBERS, 4)
                .map(n -> {
                    below.add(1);
                    if (n % 250 == 0) {
                        firsts.add(n);
                    }
                    return n;
                })
                .persist(StorageLevel.MEMORY_ONLY);
        RDD<Integer> read = set.map(n -> {
            above.add(1);
            return n;
        });

        assertEquals(List.of(0, 1, 2), read.take(3));
        assertTrue(below.value() < 100, below + " in a partition that was read in part");
        long inPart = below.value();
        assertEquals(2_000, set.union(set).count());
        assertEquals(1_000 + inPart, below.value());
        assertEquals(1_000, read.mapToPair(n -> Tuple2.of(n, n)).sortByKey().count());
        long jobs = above.value();
        assertEquals(1_000, read.count());

        assertEquals(1_000 + inPart, below.value());
        assertEquals(1_000 + jobs, above.value());
        assertEquals(inPart > 0 ? 5 : 4, firsts.value().size());
    }

    @Test
    void persistedPartitionOfAFailedAttemptCountsOnce() {
        LongAccumulator below = kindling().longAccumulator();
        RDD<Integer> set = kindling()
                .parallelize(NUMBERS, 4)
                .map(n -> {
                    below.add(1);
                    return n;
                })
                .cache();

        set.mapPartitions(rows -> {
                    List<Integer> all = new ArrayList<>();
                    rows.forEachRemaining(all::add);
                    if (TaskContext.get().attemptNumber() < 2) {
                        throw new IllegalStateException("after the last row of the set");
                    }
                    return all.iterator();
                })
                .count();
        set.count();

        assertEquals(1_000, below.value());
    }

    @Test
    void persistedSetThatOnlyASampleComputesIsCounted() {
        LongAccumulator below = kindling().longAccumulator();
        PairRDD<Integer, Integer> set = kindling()
                .parallelize(NUMBERS, 4)
                .mapToPair(n -> {
                    below.add(1);
                    return Tuple2.of(n, n);
                })
                .cache();

        set.sortByKey(true, 3).collect();

        assertEquals(1_000, below.value());
    }

    @Test
    void failedAttemptsCountNothing() {
        LongAccumulator rows = kindling().longAccumulator();

        kindling().parallelize(NUMBERS, 4).foreach(n -> {
            rows.add(1);
            if (n % 250 == 249 && TaskContext.get().attemptNumber() < 2) {
                throw new IllegalStateException("this time");
            }
        });

        assertEquals(1_000, rows.value());
    }

    @Test
    void listKeepsTheOrderInsideAPartition() {
        ListAccumulator<Tuple2<Integer, String>> odd = kindling().listAccumulator("odd rows");

        kindling().parallelize(NUMBERS, 4).foreach(n -> {
            if (n % 100 == 1) {
                odd.add(Tuple2.of(TaskContext.getPartitionId(), "row " + n));
            }
        });

        List<Tuple2<Integer, String>> found = new ArrayList<>(odd.value());
        Collections.sort(found, (a, b) -> a._1().compareTo(b._1()));
        assertEquals(
                NUMBERS.stream()
                        .filter(n -> n % 100 == 1)
                        .map(n -> Tuple2.of(n / 250, "row " + n))
                        .toList(),
                found);
    }

    /** Distinct words: what programs port from AccumulatorV2. */
    static final class Words extends Accumulator<String, TreeSet<String>> {
        @Serial
        private static final long serialVersionUID = 1L;

        private final TreeSet<String> words = new TreeSet<>();

        @Override
        public boolean isZero() {
            return words.isEmpty();
        }

        @Override
        public Words copy() {
            Words copy = new Words();
            copy.words.addAll(words);
            return copy;
        }

        @Override
        public void reset() {
            words.clear();
        }

        @Override
        public void add(String v) {
            words.add(v);
        }

        @Override
        public void merge(Accumulator<String, TreeSet<String>> other) {
            if (((Words) other).words.contains("unmergeable")) {
                throw new IllegalStateException("words do not go together");
            }
            words.addAll(((Words) other).words);
        }

        @Override
        public TreeSet<String> value() {
            return words;
        }
    }

    @Test
    void classOfOnesOwnIsMergedByItsOwnMethod() {
        Words words = new Words();
        assertFalse(words.isRegistered());
        kindling().register(words, "words");
        words.add("driver");

        kindling().parallelize(NUMBERS, 6).map(n -> "w" + n % 3).foreach(words::add);

        assertEquals(new TreeSet<>(List.of("driver", "w0", "w1", "w2")), words.value());
    }

    @Test
    void oneThatIsNotRegisteredIsRefusedWhereItIsCaptured() {
        Words words = new Words();

        KindlingException refusal = assertThrows(
                KindlingException.class,
                () -> kindling().parallelize(NUMBERS, 2).foreach(n -> words.add("w" + n)));

        assertEquals(ErrorCode.BAD_ARGUMENT, refusal.code());
        assertTrue(
                refusal.getMessage()
                        .matches(
                                "foreach at AccumulatorContract.java:\\d+: Words is not registered and cannot be used by"
                                        + " tasks; call register\\(it, name\\) on the context first"),
                refusal.getMessage());
        assertThrows(KindlingException.class, words::id);
    }

    @Test
    void oneThatIsRegisteredIsNotRegisteredAgain() {
        Words words = new Words();
        kindling().register(words, "words");

        KindlingException refusal =
                assertThrows(KindlingException.class, () -> kindling().register(words, "again"));

        assertTrue(refusal.getMessage().contains("Words words (accumulator " + words.id() + ") is registered already"));
    }

    @Test
    void readingInsideATaskFailsAndSaysWhereToRead() {
        LongAccumulator rows = kindling().longAccumulator("rows");

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> kindling()
                        .parallelize(NUMBERS, 2)
                        .map(n -> rows.value() + n)
                        .count());

        assertTrue(
                failure.getMessage()
                        .contains("LongAccumulator rows (accumulator " + rows.id() + ") is read inside a task"),
                failure.getMessage());
    }

    @Test
    void mergeThatThrowsFailsTheJobWithItsOwnException() {
        Words words = new Words();
        kindling().register(words, "words");

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> kindling().parallelize(NUMBERS, 2).foreach(n -> words.add("unmergeable")));

        assertEquals(ErrorCode.USER_CODE_FAILED, failure.code());
        assertTrue(
                failure.getMessage()
                        .startsWith("Words words (accumulator " + words.id()
                                + ") cannot take what a task added: merge threw java.lang.IllegalStateException"),
                failure.getMessage());
        assertEquals(IllegalStateException.class, failure.getCause().getClass());
    }

    @Test
    void moreThanOneMessageHoldsFailsTheJobAndSaysWhatToDo() {
        ListAccumulator<String> rows = kindling().listAccumulator("rows");

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> kindling().parallelize(NUMBERS, 1).foreach(n -> rows.add("x".repeat(10_000) + n)));

        assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
        assertTrue(failure.getMessage().contains("ListAccumulator rows"), failure.getMessage());
        assertTrue(failure.getMessage().contains("kindling.accumulator.maxBytes"), failure.getMessage());
        assertTrue(rows.value().isEmpty());
    }

    /** Whose copies are never zero. */
    static final class Sticky extends Accumulator<Integer, Integer> {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public boolean isZero() {
            return false;
        }

        @Override
        public Sticky copy() {
            return new Sticky();
        }

        @Override
        public void reset() {}

        @Override
        public void add(Integer v) {}

        @Override
        public void merge(Accumulator<Integer, Integer> other) {}

        @Override
        public Integer value() {
            return 1;
        }
    }

    @Test
    void copyThatIsNotZeroIsRefusedWhereItIsCaptured() {
        Sticky sticky = new Sticky();
        kindling().register(sticky, "sticky");

        KindlingException refusal = assertThrows(
                KindlingException.class,
                () -> kindling().parallelize(NUMBERS, 2).foreach(sticky::add));

        assertTrue(
                refusal.getMessage().contains("copyAndReset() must return another object that is zero"),
                refusal.getMessage());
    }
}
