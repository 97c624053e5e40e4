package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import dev.kindling.event.AppStory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that are computed together look to the program as if they were not. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallPartitionsTest {
    private static final int PARTITIONS = 40;

    @TempDir
    Path directory;

    private static final class Ends implements KindlingListener {
        final List<Event.TaskStart> starts = new CopyOnWriteArrayList<>();
        final List<Event.TaskEnd> ends = new CopyOnWriteArrayList<>();
        final List<Event> all = new CopyOnWriteArrayList<>();

        @Override
        public void onEvent(Event e) {
            all.add(e);
        }

        @Override
        public void onTaskStart(Event.TaskStart e) {
            starts.add(e);
        }

        @Override
        public void onTaskEnd(Event.TaskEnd e) {
            ends.add(e);
        }

        /** Of the last stage that ran. */
        int lastTaskCount() {
            int last = ends.stream().mapToInt(Event.TaskEnd::stageId).max().orElseThrow();
            return (int) ends.stream().filter(end -> end.stageId() == last).count();
        }
    }

    private static <R> R run(String targetBytes, Ends ends, Function<KindlingContext, R> program) {
        KindlingConf conf = new KindlingConf()
                .setMaster("local[2]")
                .set("kindling.default.parallelism", String.valueOf(PARTITIONS))
                .set("kindling.shuffle.targetPartitionBytes", targetBytes);
        try (KindlingContext kindling = new KindlingContext(conf)) {
            kindling.addListener(ends);
            return program.apply(kindling);
        }
    }

    /** The same with one task for each partition and with few; the answer, and that there were few. */
    private static <R> R same(Function<KindlingContext, R> program) {
        Ends apart = new Ends();
        Ends together = new Ends();
        R expected = run("0", apart, program);

        assertEquals(expected, run("16m", together, program));

        assertEquals(PARTITIONS, apart.lastTaskCount());
        assertTrue(together.lastTaskCount() < PARTITIONS / 2, () -> together.lastTaskCount() + " tasks");
        return expected;
    }

    private static PairRDD<Integer, Integer> pairs(KindlingContext kindling) {
        return kindling.range(0, 1_000, 1, 3).mapToPair(n -> Tuple2.of((int) (n * 37 % 301), (int) (n % 10)));
    }

    @Test
    void eventsSayWhichPartitionsATaskHasAndTheStatusCountsAll() {
        Ends ends = new Ends();
        long count = run("16m", ends, kindling -> {
            long keys = pairs(kindling).reduceByKey(Integer::sum).count();
            assertEquals(PARTITIONS, kindling.statusTracker().getStageInfo(1).numTasks());
            assertEquals(PARTITIONS, kindling.statusTracker().getStageInfo(1).numCompletedTasks());
            return keys;
        });

        assertEquals(301, count);
        List<Integer> computed = ends.ends.stream()
                .filter(end -> end.stageId() == 1)
                .flatMap(end -> end.partitions().stream())
                .sorted()
                .toList();
        assertEquals(IntStream.range(0, PARTITIONS).boxed().toList(), computed);
        assertTrue(ends.ends.stream().filter(end -> end.stageId() == 1).count() < PARTITIONS / 2);
        String story = String.join("\n", AppStory.tell(ends.all));
        assertTrue(
                story.contains("40 partitions of stage 1 run as 3 groups of neighbours, each one launch: nobody named"),
                story);
        assertTrue(story.contains("a group reads at most 16 MiB (kindling.shuffle.targetPartitionBytes)"), story);
    }

    @Test
    void groupsSumsAndSortsGiveTheSameRowsInTheSameOrder() {
        same(kindling -> pairs(kindling)
                .groupByKey()
                .mapValues(values -> sorted(values))
                .glom()
                .collect());
        same(kindling -> pairs(kindling).reduceByKey(Integer::sum).collect());
        same(kindling -> kindling.range(0, 1_000, 1, PARTITIONS)
                .map(n -> n % 301)
                .distinct()
                .glom()
                .collect());
        List<Tuple2<Integer, Integer>> ordered = same(kindling -> kindling.range(0, 1_000, 1, PARTITIONS)
                .mapToPair(n -> Tuple2.of((int) (n * 37 % 301), 0))
                .sortByKey()
                .collect());
        assertEquals(ordered.stream().sorted(Comparator.comparing(Tuple2::_1)).toList(), ordered);
    }

    private static List<Integer> sorted(Iterable<Integer> values) {
        List<Integer> list = new ArrayList<>();
        values.forEach(list::add);
        list.sort(null);
        return list;
    }

    @Test
    void partitionsPlacedAlikeAreStillJoinedOneByOne() {
        List<?> joined = same(kindling -> {
            PairRDD<Integer, Integer> sums = pairs(kindling).reduceByKey(Integer::sum);
            PairRDD<Integer, Integer> most = pairs(kindling).reduceByKey(Math::max);
            return sums.join(most).zip(sums).collect();
        });

        assertEquals(301, joined.size());
    }

    @Test
    void userCodeSeesItsPartitionAndItsOwnCopyOfWhatItCaptures() {
        int[] calls = {0};
        List<?> seen = same(kindling -> pairs(kindling)
                .reduceByKey(Integer::sum)
                .mapPartitions(rows -> {
                    TaskContext task = TaskContext.get();
                    return Stream.of(task.partitionId() + " of " + task.numPartitions() + ", call " + ++calls[0])
                            .iterator();
                })
                .collect());

        assertEquals("0 of 40, call 1", seen.get(0));
        assertEquals("39 of 40, call 1", seen.get(PARTITIONS - 1));
    }

    @Test
    void accumulatorsAndCachedPartitionsAreThoseOfEachPartition() {
        same(kindling -> {
            LongAccumulator rows = kindling.longAccumulator("rows");
            PairRDD<Integer, Integer> kept = pairs(kindling)
                    .reduceByKey(Integer::sum)
                    .mapToPair(pair -> {
                        rows.add(1);
                        return pair;
                    })
                    .persist(StorageLevel.MEMORY_ONLY);
            long count = kept.count();
            List<Tuple2<Integer, Integer>> again = kept.collect();
            return List.of(count, rows.value(), again);
        });
    }

    @Test
    void everyPartitionHasItsPartFile() {
        int[] run = {0};
        same(kindling -> {
            Path target = directory.resolve("out" + run[0]++);
            pairs(kindling).reduceByKey(Integer::sum).saveAsTextFile(target.toString());
            return partsOf(target);
        });
    }

    private static List<String> partsOf(Path target) {
        try (Stream<Path> files = Files.list(target)) {
            List<String> parts = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                parts.add(file.getFileName() + ": " + Files.readString(file));
            }
            return parts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
