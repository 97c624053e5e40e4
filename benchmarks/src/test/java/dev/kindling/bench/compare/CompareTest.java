package dev.kindling.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.bench.work.Inputs;
import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import dev.kindling.util.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    private static final Work WORK = Work.of("W1");

    @TempDir
    Path directory;

    @Test
    void noTimeIsToldForAnswersThatDiffer() {
        Map<Engine, List<Sample>> samples = Map.of(
                Engine.KINDLING, List.of(sample(Engine.KINDLING, 0, 5, "aa"), sample(Engine.KINDLING, 1, 5, "bb")),
                Engine.SPARK_RDD, List.of(sample(Engine.SPARK_RDD, 0, 9, "aa"), sample(Engine.SPARK_RDD, 1, 9, "bc")));

        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> new Summary(WORK, Place.THREADS, samples));

        assertTrue(failure.getMessage().contains("7 rows with digest bb"), failure.getMessage());
        assertTrue(failure.getMessage().contains("7 rows with digest bc"), failure.getMessage());
    }

    @Test
    void ratiosAreThoseOfTheMediansOfWarmRuns() {
        Summary summary = summary();

        assertEquals(20, summary.warmMedian(Engine.KINDLING, "wallUs"));
        assertEquals(3.0, summary.ratio(Engine.SPARK_RDD));
        assertEquals(0.5, summary.ratio(Engine.SPARK_SQL));
    }

    @Test
    void aLostComparisonIsShownToo() {
        String table = Report.table(List.of(summary()));

        assertTrue(table.contains("| Spark, RDDs | 1.00 s | 60 us | 60 us to 60 us |"), table);
        assertTrue(table.contains("3.0x faster"), table);
        assertTrue(table.contains("2.0x slower"), table);
        String chart = Report.chart(List.of(summary()));
        assertTrue(chart.contains("W1, Spark SQL, local[2]") && chart.contains(">0.5<"), chart);
    }

    @Test
    void growthIsShownByWhatARowCosts() {
        List<Summary> sizes = new ArrayList<>();
        for (int times : new int[] {1, 3, 10}) {
            Work work = Work.of("W2x" + times);
            List<Sample> samples = times(Engine.KINDLING, 900, 500, times * 400_000L * times);
            sizes.add(new Summary(work, Place.PROCESSES, Map.of(Engine.KINDLING, samples)));
        }

        String chart = Growth.chart(sizes, 0.5);

        // 0.4 s for 5 million rows, nine times as long for three times as many.
        for (String label : List.of(">80<", ">240<", ">800<", ">5<", ">15<", ">50<", "W2 groupByKey")) {
            assertTrue(chart.contains(label), () -> label + " is missing: " + chart);
        }
    }

    @Test
    void heapsSmallerThanSparksAreForOursAlone() {
        String[] small = {"--heap", "1024", "--engines", "kindling"};

        assertEquals(1024, Options.of(small, Work.large()).heapMb());
        assertThrows(IllegalArgumentException.class, () -> Options.of(new String[] {"--heap", "1024"}, Work.large()));
    }

    @Test
    void aSampleIsTheLineItWasReadFrom() {
        Sample sample = sample(Engine.SPARK_SQL, 3, 40, "cc");

        assertEquals(
                "{\"work\":\"W1\",\"engine\":\"spark-sql\",\"place\":\"local[2]\",\"round\":0,\"run\":3,\"wallUs\":40,"
                        + "\"sinceLaunchMs\":1000,\"cpuUs\":80,\"shuffleBytes\":2097152,\"peakRssBytes\":104857600,"
                        + "\"rows\":7,\"digest\":\"cc\"}",
                sample.toJson());
    }

    @Test
    void wrongOptionsAreExplained() {
        assertEquals(
                List.of(Work.of("W6"), Work.of("W6E"), Work.of("W1"), Work.of("W1C")),
                Options.of(new String[] {"--jobs", "W6,W1"}, Work.jobs()).works());
        for (String[] wrong : new String[][] {
            {"--jobs", "W9"},
            {"--scale", "much"},
            {"--scale"},
            {"--engines", "flink"},
            {"--places", "moon"},
            {"--archives", "perhaps"},
            {"--archives", "on", "--places", "processes"},
            {"--x", "1"}
        }) {
            IllegalArgumentException failure =
                    assertThrows(IllegalArgumentException.class, () -> Options.of(wrong, Work.jobs()));
            assertTrue(failure.getMessage().contains(wrong[wrong.length - 1]), failure.getMessage());
        }
    }

    @Test
    void tablesOfAPageAreReplacedAndNothingElse() {
        String page = "# A\n<!-- begin: bin/bench jobs -->\nold\n<!-- end: bin/bench jobs -->\nrest\n";

        assertEquals(
                "# A\n<!-- begin: bin/bench jobs -->\n\nnew\n\n<!-- end: bin/bench jobs -->\nrest\n",
                Page.replaced(page, "jobs", "new\n"));
        assertThrows(IllegalArgumentException.class, () -> Page.replaced(page, "shuffle", "new"));
    }

    @Test
    void inputsAreTheSameBytesEveryTime() throws Exception {
        for (Work work : Work.jobs()) {
            Inputs.make(work, 0.0001, directory.resolve("a"));
            Inputs.make(work, 0.0001, directory.resolve("b"));
        }

        for (String file : List.of("W1-2000.txt", "W3-1000.txt", "W4-740.txt")) {
            Path first = directory.resolve("a").resolve(file);
            assertEquals(-1, Files.mismatch(first, directory.resolve("b").resolve(file)), file);
            List<String> lines = Files.readAllLines(first);
            assertEquals(Long.parseLong(file.replaceAll(".*-|\\.txt", "")), lines.size());
        }
        assertTrue(Files.readAllLines(directory.resolve("a/W1-2000.txt")).stream()
                .allMatch(line -> line.matches("[1-3]\\d{4}\t\\d{1,6}")));
        assertTrue(Files.readAllLines(directory.resolve("a/W3-1000.txt")).stream()
                .allMatch(line -> line.matches("[!-~]{99}")));
    }

    private static Summary summary() {
        return new Summary(
                WORK,
                Place.THREADS,
                Map.of(
                        Engine.KINDLING, times(Engine.KINDLING, 900, 500, 10, 20, 90),
                        Engine.SPARK_RDD, times(Engine.SPARK_RDD, 900, 500, 60),
                        Engine.SPARK_SQL, times(Engine.SPARK_SQL, 900, 500, 10)));
    }

    private static List<Sample> times(Engine engine, long... wallUs) {
        List<Sample> samples = new ArrayList<>();
        for (int run = 0; run < wallUs.length; run++) {
            samples.add(sample(engine, run, wallUs[run], "aa"));
        }
        return samples;
    }

    private static Sample sample(Engine engine, int run, long wallUs, String digest) {
        Map<String, Object> measures = new HashMap<>(Map.of(
                "work", "W1", "run", (long) run, "wallUs", wallUs, "sinceLaunchMs", 1_000L, "cpuUs", wallUs * 2));
        measures.putAll(Map.of("shuffleBytes", 2L << 20, "peakRssBytes", 100L << 20, "rows", 7L, "digest", digest));
        return Sample.of(Json.write(measures), engine, Place.THREADS, 0);
    }
}
