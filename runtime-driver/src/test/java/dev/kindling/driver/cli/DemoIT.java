package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.Keyboard;
import dev.kindling.driver.cli.Kindling.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo of the packaged distribution: its numbers, its failures, and that nothing is left of it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoIT {
    @TempDir
    Path world;

    private Kindling kindling;

    @BeforeEach
    void open() throws IOException {
        kindling = new Kindling(world.toRealPath());
    }

    @AfterEach
    void nothingIsLeft() throws IOException, InterruptedException {
        assertEquals(List.of(), kindling.leftovers());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local[2]                | client  | 1",
                "local[3]                | cluster | 7",
                "local-cluster[1,1,64]   | client  | 1",
                "local-cluster[2,1,256]  | client  | 5",
                "local-cluster[3,2,128]  | client  | 64",
                "local-cluster[2,1,256]  | cluster | 16"
            })
    void theNumbersEqualAnIndependentCount(String master, String deployMode, int partitions) throws Exception {
        Run run = kindling.run(
                "demo",
                "--master",
                master,
                "--deploy-mode",
                deployMode,
                "--partitions",
                "" + partitions,
                "--output",
                "counts");

        run.succeeds();
        List<String> expected = expectedLines();
        assertEquals(expected, outputLines("counts"));
        assertTrue(Files.exists(world.resolve("counts/_SUCCESS")));
        assertEquals(expected.subList(0, 10), run.outLines().subList(0, 10));
        assertTrue(run.err().contains("where the time went"), run.err());
    }

    @Test
    void anExecutorKilledInTheMiddleChangesNothing() throws Exception {
        Run run = kindling.run("demo", "--chaos", "--output", "counts");

        run.succeeds();
        assertEquals(expectedLines(), outputLines("counts"));
        assertTrue(run.err().contains("chaos: kill -9 "), run.err());
        assertTrue(run.err().contains(" lost: "), run.err());
        assertTrue(run.err().contains("the same as that of a plain loop"), run.err());
    }

    @Test
    void aLineThatIsNotTwoIntegersIsNamedByFileOffsetAndLine() throws Exception {
        Path input = Files.writeString(world.resolve("bad.tsv"), "1\t100\n2\t200\nthree\t300\n4\t400\n");

        Run run = kindling.run("demo", "--master", "local[1]", "--input", input.toString(), "--output", "counts");

        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().contains("bad.tsv"), run.err());
        assertTrue(run.err().contains("byte 12"), run.err());
        assertTrue(run.err().contains("line 3"), run.err());
        assertFalse(run.err().contains("three"), "a row is shown: " + run.err());
        assertFalse(run.err().contains("\tat dev.kindling"), "internals are shown: " + run.err());
        assertEquals("", run.out());
        assertFalse(Files.exists(world.resolve("counts")));
    }

    @Test
    void anInterruptedDemoEndsItsExecutors() throws Exception {
        Process process = kindling.start("demo", "--chaos");
        awaitStage(process);

        Keyboard.interrupt(process);

        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue());
    }

    @Test
    void anInterruptedClientEndsItsDriverProcess() throws Exception {
        Process process = kindling.start("demo", "--chaos", "--deploy-mode", "cluster");
        awaitStage(process);

        Keyboard.interrupt(process);

        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue());
    }

    @Test
    void aKilledDriverTakesItsExecutorsWithIt() throws Exception {
        Process process = kindling.start("demo", "--chaos");
        awaitStage(process);

        process.destroyForcibly();

        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(List.of(), kindling.processes());
        // The scratch of a killed driver is deleted by the next one, once it is older than a driver that just starts.
        kindling.ageScratch();
        kindling.run("demo", "--master", "local[1]").succeeds();
    }

    /** The chaos demo is held up in each stage: once a stage is done, the next one runs for a while. */
    private void awaitStage(Process process) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!kindling.errSoFar().contains("stage 0 ")) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, kindling.errSoFar());
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    static List<String> expectedLines() throws Exception {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (String line : Files.readAllLines(Kindling.home().resolve("data/zipcodes.tsv"))) {
            counts.merge(Integer.valueOf(line.split("\t")[0]), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(entry -> "(" + entry.getKey() + "," + entry.getValue() + ")")
                .toList();
    }

    private List<String> outputLines(String directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(world.resolve(directory))) {
            for (Path part : files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                lines.addAll(Files.readAllLines(part));
            }
        }
        return lines;
    }
}
