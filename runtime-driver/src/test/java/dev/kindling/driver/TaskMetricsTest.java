package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.Tuple2;
import dev.kindling.protocol.TaskMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of tasks against numbers that are known. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TaskMetricsTest {
    @TempDir
    Path directory;

    /** Sums by stage. */
    private static final class Sums implements KindlingListener {
        final Map<Integer, TaskMetrics> byStage = new TreeMap<>();
        final Semaphore endedJobs = new Semaphore(0);

        @Override
        public void onTaskEnd(Event.TaskEnd e) {
            byStage.merge(e.stageId(), TaskMetrics.of(e.metrics()), TaskMetrics::plus);
        }

        @Override
        public void onJobEnd(Event.JobEnd e) {
            endedJobs.release();
        }
    }

    private static Map<Integer, TaskMetrics> metricsOf(Consumer<KindlingContext> program) throws InterruptedException {
        Sums sums = new Sums();
        try (KindlingContext kindling = KindlingContext.local(2)) {
            kindling.addListener(sums);
            program.accept(kindling);
            int jobs = 0;
            while (kindling.statusTracker().getJobInfo(jobs) != null) {
                jobs++;
            }
            assertTrue(sums.endedJobs.tryAcquire(jobs, 30, TimeUnit.SECONDS));
        }
        return sums.byStage;
    }

    private Path lines(int count) throws IOException {
        return Files.write(
                directory.resolve("lines.txt"),
                IntStream.range(0, count)
                        .mapToObj(i -> "line " + i + " of many")
                        .toList());
    }

    @Test
    void rowsAndBytesReadAreThoseOfTheFile() throws IOException, InterruptedException {
        Path file = lines(20_000);

        Map<Integer, TaskMetrics> metrics = metricsOf(kindling -> {
            assertEquals(20_000, kindling.textFile(file.toString(), 1).count());
            assertEquals(20_000, kindling.textFile(file.toString(), 4).count());
        });

        assertEquals(20_000, metrics.get(0).recordsRead());
        assertEquals(Files.size(file), metrics.get(0).bytesRead());
        // A split looks for the end of its last line beyond its own.
        assertEquals(20_000, metrics.get(1).recordsRead());
        assertTrue(metrics.get(1).bytesRead() >= Files.size(file));
        assertTrue(metrics.get(1).bytesRead() < 2 * Files.size(file));
        assertTrue(metrics.get(0).resultBytes() > 0);
        assertTrue(metrics.get(0).runNanos() > metrics.get(0).deserializeNanos());
        assertTrue(metrics.get(0).deserializeNanos() > 0);
        assertTrue(metrics.get(0).cpuNanos() > 0);
        assertEquals(0, metrics.get(0).shuffleRecordsWritten());
    }

    @Test
    void everyRowOfAShuffleIsWrittenAndReadOnce() throws InterruptedException {
        Map<Integer, TaskMetrics> metrics = metricsOf(kindling -> assertEquals(
                100,
                kindling.range(0, 10_000, 1, 3)
                        .mapToPair(n -> Tuple2.of(n % 100, n))
                        .groupByKey(4)
                        .count()));

        TaskMetrics map = metrics.get(0);
        TaskMetrics reduce = metrics.get(1);
        assertEquals(10_000, map.recordsRead());
        assertEquals(10_000, map.shuffleRecordsWritten());
        assertTrue(map.shuffleBytesWritten() > 0);
        assertTrue(map.shuffleWriteNanos() > 0);
        assertEquals(10_000, reduce.shuffleRecordsRead());
        assertEquals(map.shuffleBytesWritten(), reduce.shuffleBytesReadLocal() + reduce.shuffleBytesReadRemote());
        assertEquals(0, map.diskSpilled() + map.memorySpilled() + reduce.diskSpilled() + reduce.memorySpilled());
    }

    @Test
    void whatIsCombinedBeforeIsNotWritten() throws InterruptedException {
        Map<Integer, TaskMetrics> metrics = metricsOf(kindling -> kindling.range(0, 9_000, 1, 3)
                .mapToPair(n -> Tuple2.of(n % 10, 1))
                .reduceByKey(Integer::sum, 2)
                .count());

        assertEquals(9_000, metrics.get(0).recordsRead());
        assertEquals(30, metrics.get(0).shuffleRecordsWritten());
        assertEquals(30, metrics.get(1).shuffleRecordsRead());
    }

    @Test
    void rowsAndBytesWrittenAreThoseOfTheFiles() throws InterruptedException {
        Path output = directory.resolve("output");

        Map<Integer, TaskMetrics> metrics =
                metricsOf(kindling -> kindling.range(0, 5_000, 1, 3).saveAsTextFile(output.toString()));

        assertEquals(5_000, metrics.get(0).recordsWritten());
        assertEquals(bytesOfParts(output), metrics.get(0).bytesWritten());
    }

    private static long bytesOfParts(Path output) {
        try (Stream<Path> files = Files.list(output)) {
            return files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theStatusSumsUpWhatTasksReport() throws InterruptedException {
        Map<Integer, TaskMetrics> metrics = metricsOf(kindling -> {
            kindling.parallelize(List.of(1, 2, 3, 4, 5), 2).count();
            kindling.parallelize(List.of(1, 2, 3), 1).collect();
        });

        assertEquals(5, metrics.get(0).recordsRead());
        assertEquals(3, metrics.get(1).recordsRead());
    }
}
