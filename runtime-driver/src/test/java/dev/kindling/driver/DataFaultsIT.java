package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong with results and files of real executor processes; the driver takes 4 MiB of results at most. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DataFaultsIT {
    private static final int KEYS = 500;

    @TempDir
    static Path directory;

    private static FaultyCluster cluster;
    private static Leftovers leftovers;

    @BeforeAll
    static void start() {
        leftovers = new Leftovers();
        cluster = new FaultyCluster(
                "local-cluster[2,1,64]",
                directory,
                "kindling.result.maxBytes",
                "4m",
                "kindling.result.directBytes",
                "16k");
        assertEquals(2, cluster.kindling.range(0, 2, 1, 2).count());
    }

    @AfterAll
    static void nothingIsLeft() {
        cluster.close();
        FaultTable.print();
        leftovers.assertNone(cluster.scratch());
    }

    @BeforeEach
    void forget() {
        cluster.forgetEvents();
    }

    /** Whatever happened, the same cluster does its work. */
    @AfterEach
    void goesOn() throws IOException, InterruptedException {
        limitFiles("unlimited");
        assertEquals(KEYS, grouped().count());
    }

    // ---- results --------------------------------------------------------------------------------------------------

    @Test
    void resultsLargerThanTheDriverTakesAreRefusedBeforeTheyReachItsHeap() {
        long nanos = System.nanoTime();

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> cluster.kindling
                        .range(0, 64, 1, 64)
                        .map(n -> new byte[1 << 20])
                        .collect());

        assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
        assertTrue(failure.getMessage().contains("(collect at DataFaultsIT.java:"), failure.getMessage());
        assertTrue(failure.getMessage().contains("the driver holds at most 4 MiB"), failure.getMessage());
        assertTrue(failure.getMessage().contains("toLocalIterator"), failure.getMessage());
        // Four were taken; what the slots computed meanwhile stays with the executors.
        assertTrue(cluster.successes().size() < 16, cluster.story().toString());
        FaultTable.add(
                "results of 64 MiB, 4 MiB allowed",
                FaultTable.msSince(nanos),
                "one error with the limit",
                "4 MiB in the driver");
    }

    @Test
    void oneResultThatIsTooLargeFailsWithoutASecondTry() {
        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> cluster.kindling
                        .range(0, 5, 1, 1)
                        .map(n -> new byte[1 << 20])
                        .collect());

        assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
        assertTrue(failure.getMessage().startsWith("the result of partition 0 "), failure.getMessage());
        assertEquals(1, cluster.events(Event.TaskStart.class).size());
    }

    /** A row with something that cannot travel, three fields deep. */
    record Order(int number, Line line) {}

    record Line(String product, Object connection) {}

    @Test
    void resultThatCannotBeSerializedFailsWithoutASecondTryAndNamesTheField() {
        long nanos = System.nanoTime();

        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> cluster.kindling
                        .range(0, 1, 1, 1)
                        .map(n -> new Order(7, new Line("secret-product", Thread.currentThread())))
                        .collect());

        assertEquals(ErrorCode.NOT_SERIALIZABLE, failure.code());
        assertTrue(failure.getMessage().contains("Order.line -> DataFaultsIT$Line.connection"), failure.getMessage());
        assertTrue(failure.getMessage().contains("java.lang.Thread"), failure.getMessage());
        assertFalse(failure.getMessage().contains("secret-product"), failure.getMessage());
        assertEquals(1, cluster.events(Event.TaskStart.class).size());
        FaultTable.add(
                "result that cannot be serialized",
                FaultTable.msSince(nanos),
                "one error names the field",
                "1 attempt");
    }

    // ---- map outputs ----------------------------------------------------------------------------------------------

    private static PairRDD<Long, String> grouped() {
        return cluster.kindling
                .range(0, 20_000, 1, 4)
                .mapToPair(n -> Tuple2.of(n % KEYS, "value " + n))
                .reduceByKey((a, b) -> a.compareTo(b) < 0 ? b : a, 3);
    }

    private static List<Tuple2<Long, String>> sorted(PairRDD<Long, String> rows) {
        List<Tuple2<Long, String>> all = new ArrayList<>(rows.collect());
        all.sort(Comparator.comparing(Tuple2::_1));
        return all;
    }

    private static List<Path> mapOutputs() throws IOException {
        return LivingFiles.below(cluster.scratch()).stream()
                .filter(file -> file.toString().endsWith(".blocks"))
                .toList();
    }

    /** Does harm to one map output between two jobs that read it; the second sees the same rows. */
    private void harmOneMapOutput(String fault, String words, Harm harm) throws IOException {
        Set<Path> before = Set.copyOf(mapOutputs());
        PairRDD<Long, String> rows = grouped();
        List<Tuple2<Long, String>> expected = sorted(rows);
        Path victim = mapOutputs().stream()
                .filter(file -> !before.contains(file))
                .findFirst()
                .orElseThrow();
        cluster.forgetEvents();
        long nanos = System.nanoTime();

        harm.to(victim);

        assertEquals(expected, sorted(rows));
        long tookMs = FaultTable.msSince(nanos);
        List<Event.MapOutputsLost> lost = cluster.events(Event.MapOutputsLost.class);
        assertEquals(1, lost.size(), lost.toString());
        // The one, or all of its executor when another one there could not be read just before.
        int rebuilt = lost.get(0).mapPartitions().size();
        assertTrue(rebuilt < 4, lost.toString());
        assertTrue(lost.get(0).reason().contains(words), lost.toString());
        List<Event.TaskEnd> failed = cluster.failures();
        assertTrue(failed.stream().noneMatch(FaultyCluster::isCharged), failed.toString());
        assertEquals(List.of(), cluster.events(Event.ExecutorRemoved.class));
        FaultTable.add(fault, tookMs, "right", rebuilt + " map and " + failed.size() + " reduce attempts again");
    }

    private interface Harm {
        void to(Path file) throws IOException;
    }

    @Test
    void deletedMapOutputIsBuiltAgain() throws IOException {
        harmOneMapOutput("map output deleted", "its executor does not hold it", Files::delete);
    }

    @Test
    void corruptedMapOutputIsFetchedOnceMoreThenBuiltAgain() throws IOException {
        harmOneMapOutput("map output with one flipped bit in each block", "fail their checksum", file -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                // Blocks come first: a bit in every hundred bytes hits each of them.
                ByteBuffer one = ByteBuffer.allocate(1);
                for (long at = 60; at < channel.size() / 2; at += 100) {
                    one.clear();
                    channel.read(one, at);
                    one.put(0, (byte) (one.get(0) ^ 4)).flip();
                    channel.write(one, at);
                }
            }
        });
    }

    // ---- full disks -----------------------------------------------------------------------------------------------

    private static void limitFiles(String bytes) throws IOException, InterruptedException {
        for (ProcessHandle executor : Leftovers.executors()) {
            limitFiles(executor, bytes);
        }
    }

    /** No file of the process may become larger: to it, every disk is full. */
    private static void limitFiles(ProcessHandle executor, String bytes) throws IOException, InterruptedException {
        String pid = Long.toString(executor.pid());
        assertEquals(
                0,
                new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited")
                        .start()
                        .waitFor());
    }

    private static long bytesThroughAShuffle() {
        return cluster.kindling
                .range(0, 40_000, 1, 8)
                .mapToPair(n -> Tuple2.of(n, "a hundred bytes of row " + n + "x".repeat(70)))
                .repartition(4)
                .map((key, value) -> (long) value.length())
                .reduce(Long::sum);
    }

    @Test
    void executorWhoseDiskIsFullGetsNoMoreTasksAndTheOtherDoesThem() throws Exception {
        long expected = bytesThroughAShuffle();
        cluster.forgetEvents();
        long nanos = System.nanoTime();
        limitFiles(Leftovers.executors().get(0), "65536");

        assertEquals(expected, bytesThroughAShuffle());

        long tookMs = FaultTable.msSince(nanos);
        // Once more where shuffles of tests before were found to be of no use, and their files made no room.
        assertFalse(cluster.events(Event.ExecutorExcluded.class).isEmpty());
        List<Event.TaskEnd> failed = cluster.failures();
        assertTrue(failed.stream().noneMatch(FaultyCluster::isCharged), failed.toString());
        assertTrue(
                failed.get(0).outcome().toString().contains("no local directory takes scratch file"),
                failed.toString());
        FaultTable.add("disks of one of two executors full", tookMs, "right", failed.size() + " attempts again");
    }

    @Test
    void fullDisksEverywhereAreOneErrorWithPathAndBytes() throws Exception {
        cluster.kindling.range(0, 2, 1, 2).count();
        long nanos = System.nanoTime();
        limitFiles("65536");

        KindlingException failure = assertThrows(KindlingException.class, DataFaultsIT::bytesThroughAShuffle);

        assertEquals(ErrorCode.SCRATCH_FULL, failure.code());
        assertTrue(failure.getMessage().contains(cluster.scratch().toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains(" needed, "), failure.getMessage());
        assertTrue(failure.getMessage().contains("kindling.scratch.dirs"), failure.getMessage());
        List<Event.TaskEnd> failed = cluster.failures();
        assertTrue(failed.stream().noneMatch(FaultyCluster::isCharged), failed.toString());
        FaultTable.add(
                "disks of all executors full",
                FaultTable.msSince(nanos),
                "one error names path and bytes",
                failed.size() + " attempts");
    }
}
