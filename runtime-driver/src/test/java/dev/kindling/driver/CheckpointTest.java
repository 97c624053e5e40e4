package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lineage that is cut: by files, and by what executors keep. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckpointTest {
    private static final int ROWS = 1_000;
    private static final AtomicInteger CALLS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = KindlingContext.local(2);
        kindling.setCheckpointDir(directory.toString());
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    @BeforeEach
    void countAnew() {
        CALLS.set(0);
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, ROWS).boxed().toList();
    }

    private static RDD<Integer> counted(int partitions) {
        return kindling.parallelize(numbers(), partitions).map(n -> {
            CALLS.incrementAndGet();
            return n;
        });
    }

    @Test
    void checkpointedSetIsReadFromItsFilesAfterTheFirstJob() throws Exception {
        RDD<Integer> set = counted(4);
        set.checkpoint();
        RDD<Integer> doubled = set.map(n -> 2 * n);
        assertFalse(set.isCheckpointed());
        assertEquals(Optional.empty(), set.getCheckpointFile());

        assertEquals(ROWS, doubled.count());
        int calls = CALLS.get();
        assertEquals(numbers(), set.collect());
        assertEquals(ROWS, doubled.count());

        assertEquals(2 * ROWS, calls);
        assertEquals(calls, CALLS.get());
        assertTrue(set.isCheckpointed());
        Path files = Path.of(set.getCheckpointFile().orElseThrow().replaceFirst("^file:(//)?", ""));
        assertTrue(files.startsWith(directory.toRealPath()) || files.startsWith(directory), files.toString());
        assertTrue(Files.exists(files.resolve("_SUCCESS")));
    }

    @Test
    void whatIsCachedIsComputedOnceForItsCheckpoint() {
        RDD<Integer> set = counted(4).cache();
        set.checkpoint();

        set.count();
        set.unpersist(true);
        assertEquals(numbers(), set.collect());

        assertEquals(ROWS, CALLS.get());
    }

    @Test
    void checkpointKeepsPartitionsAndTheirPlace() {
        HashPartitioner by = new HashPartitioner(3);
        PairRDD<Integer, Integer> placed =
                counted(5).mapToPair(n -> Tuple2.of(n % 7, n)).partitionBy(by);
        placed.checkpoint();
        placed.count();
        List<List<Tuple2<Integer, Integer>>> before = placed.glom().collect();

        List<Tuple2<Integer, Integer>> sums =
                placed.reduceByKey(Integer::sum, 3).sortByKey().collect();

        assertEquals(3, before.size());
        assertEquals(Optional.of(by), placed.partitioner());
        assertEquals(7, sums.size());
        assertEquals(2 * ROWS, CALLS.get() + ROWS);
    }

    @Test
    void emptyPartitionsHaveFilesToo() {
        RDD<Integer> few = counted(6).filter(n -> n < 5);
        few.checkpoint();
        few.count();

        assertEquals(List.of(0, 1, 2, 3, 4), few.collect());
        assertEquals(6, few.getNumPartitions());
        assertEquals(6, few.glom().count());
    }

    @Test
    void checkpointIsReadByItsPath() {
        RDD<Integer> set = counted(3);
        set.checkpoint();
        set.count();

        RDD<Integer> read = kindling.checkpointFile(set.getCheckpointFile().orElseThrow());

        assertEquals(3, read.getNumPartitions());
        assertEquals(numbers(), read.collect());
    }

    @Test
    void incompleteCheckpointIsRefused() throws Exception {
        Path incomplete = Files.createDirectory(directory.resolve("incomplete"));
        Files.createFile(incomplete.resolve("part-00000"));

        KindlingException refusal =
                assertThrows(KindlingException.class, () -> kindling.checkpointFile(incomplete.toString()));

        assertEquals(ErrorCode.INPUT_NOT_FOUND, refusal.code());
        assertTrue(refusal.getMessage().contains("_SUCCESS"), refusal.getMessage());
    }

    @Test
    void withoutADirectoryTheErrorSaysWhatToCall() {
        try (KindlingContext other = KindlingContext.local(1)) {
            RDD<Integer> set = other.parallelize(List.of(1));

            KindlingException refusal = assertThrows(KindlingException.class, set::checkpoint);

            assertTrue(refusal.getMessage().contains("setCheckpointDir"), refusal.getMessage());
        }
    }

    @Test
    void localCheckpointCutsTheLineageToWhatExecutorsKeep() {
        RDD<Integer> set = counted(4);
        set.localCheckpoint();
        assertEquals(StorageLevel.MEMORY_AND_DISK, set.getStorageLevel());

        set.count();
        assertTrue(set.isCheckpointed());
        assertEquals(Optional.empty(), set.getCheckpointFile());
        assertEquals(numbers(), set.map(n -> n).collect());
        assertEquals(ROWS, CALLS.get());
    }

    @Test
    void lostPartitionOfALocalCheckpointIsNamed() {
        RDD<Integer> set = counted(4);
        set.localCheckpoint();
        set.count();
        set.unpersist(true);

        KindlingException loss = assertThrows(KindlingException.class, set::count);

        assertTrue(loss.getMessage().contains("is lost: localCheckpoint()"), loss.getMessage());
        assertTrue(loss.getMessage().contains("CheckpointTest.java"), loss.getMessage());
    }

    @Test
    void aLoopStaysAsShortAsItsTurnsSinceTheLastCheckpoint() {
        RDD<Integer> set = kindling.parallelize(numbers(), 2);
        for (int turn = 1; turn <= 60; turn++) {
            set = set.map(n -> n + 1);
            if (turn % 20 == 0) {
                set.checkpoint();
                set.count();
            }
        }

        assertEquals(ROWS * (ROWS - 1) / 2 + 60 * ROWS, set.reduce(Integer::sum));
        assertTrue(
                set.lineage().stages().get(0).steps().size() <= 2, set.lineage().toText());
    }
}
