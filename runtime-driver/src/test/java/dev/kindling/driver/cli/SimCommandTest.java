package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.RunFold;
import dev.kindling.driver.page.StageRow;
import dev.kindling.driver.page.Timeline;
import dev.kindling.driver.sim.Lesson;
import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import dev.kindling.executor.core.DefectiveExecutors;
import dev.kindling.sim.FaultKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimCommandTest {
    @Test
    void goodSeedIsOneLineAndTheSameOneEachTime() {
        String once = run("sim", "--seed", "42", "--kill", "0.02", "--drop", "0.05");

        assertTrue(once.startsWith("0\nseed 42: "), once);
        assertEquals(1, once.lines().skip(1).count());
        assertEquals(once, run("sim", "--seed", "42", "--kill", "0.02", "--drop", "0.05"));
    }

    @Test
    void scaleIsALineForEachCluster() {
        String table = run("sim", "--scale", "--tasks", "500");

        assertTrue(table.startsWith("0\n| executors | slots each | tasks |"), table);
        assertEquals(
                2,
                table.lines()
                        .filter(line -> line.startsWith("| 1,000 | 8 | 500 | "))
                        .count(),
                table);
        assertEquals(
                2,
                table.lines()
                        .filter(line -> line.startsWith("| 10,000 | 4 | 500 | "))
                        .count(),
                table);
    }

    @Test
    void traceTellsEveryEvent() {
        String traced = run("sim", "--seed", "1", "--no-faults", "--trace");

        assertTrue(traced.contains("hears LaunchTasks (s"), traced);
        assertTrue(traced.contains("-> complete job"), traced);
        assertTrue(traced.trim().endsWith("faults: none"), traced);
    }

    @Test
    void pageOfASeedShowsItsRunInVirtualTime(@TempDir Path directory) throws IOException {
        Path page = directory.resolve("run.html");

        String said = run("sim", "--seed", "42", "--no-faults", "--page", page.toString());

        assertTrue(said.startsWith("0\nseed 42: "), said);
        assertTrue(said.contains("page written to "), said);
        String html = Files.readString(page);
        assertTrue(html.contains("simulation, seed 42"));
        assertTrue(html.contains("at 0, in virtual time"));
    }

    @Test
    void lessonLosesOneExecutorAndSlowsAnotherAndItsRunIsRight(@TempDir Path directory) throws IOException {
        Path page = directory.resolve("run.html");

        String said = run(
                "sim",
                "--seed",
                "7",
                "--executors",
                "3",
                "--lose",
                "e2=2500",
                "--slow",
                "e1=4",
                "--tasks",
                "8",
                "--page",
                page.toString());

        assertTrue(said.startsWith("0\nseed 7: "), said);
        assertTrue(said.contains("faults: none"), said);
        assertTrue(Files.readString(page).contains("\"what\":\"executor e2\""));
    }

    @Test
    void lessonWithASkewedKeyHasAPartitionThatStandsOut() {
        RunFold fold = new RunFold();
        SimOptions options =
                SimOptions.of(3).withExecutors(6).withRates(Map.of()).giving(new Lesson(12, 60, List.of(), List.of()));

        SimReport report = Simulation.run(options, SimCores.real(), fold);

        PageModel model = PageModel.of(fold.run());
        assertTrue(report.isGood(), () -> report.violation().orElseThrow());
        assertEquals(7, model.shuffles().get(0).skewed().get(0).partition());
        assertTrue(model.sentences().get(1).contains("others waited for s"), model.sentences()::toString);
        assertTrue(model.sentences().get(2).contains("partition 7"), model.sentences()::toString);
        assertTrue(model.sentences().get(1).contains("waiting for shuffle blocks"), model.sentences()::toString);
        for (Timeline.Bar bar : model.timeline().bars()) {
            assertTrue(bar.runMs() <= bar.busyMs(), () -> bar + " ran for longer than it was there");
            assertEquals(0, bar.gcMs(), "no garbage is collected in that world");
        }
        StageRow reading = model.stages().get(model.stages().size() - 1);
        assertTrue(reading.fetchWaitMs() > 0 && reading.shuffleIn() > 0, reading::toString);
        assertEquals(report.submittedJobs(), model.jobs().size());
        assertTrue(model.jobs().stream().allMatch(job -> job.state().equals("completed")));
    }

    @Test
    void simulatedTasksTellWhatTheySpilled() {
        long spilled = 0;
        long told = 0;
        for (long seed = 1; seed <= 20; seed++) {
            List<Event> events = new ArrayList<>();
            KindlingListener listener = new KindlingListener() {
                @Override
                public void onEvent(Event e) {
                    events.add(e);
                }
            };
            SimOptions options = SimOptions.of(seed).withRates(Map.of(FaultKind.SCARCE_MEMORY, 1.0));
            Simulation.run(options, SimCores.real(), listener);
            spilled += PageModel.of(RunFold.of(events)).stages().stream()
                    .mapToLong(StageRow::spilledBytes)
                    .sum();
            told += events.stream()
                    .mapToLong(event -> event instanceof Event.Spilled e ? e.diskBytes() : 0)
                    .sum();
        }

        assertTrue(spilled > 0);
        assertEquals(told, spilled);
    }

    @Test
    void listeningToASimulatedRunChangesNothingInIt() {
        SimOptions options = SimOptions.of(11);

        assertEquals(
                Simulation.run(options).hash(),
                Simulation.run(options, SimCores.real(), new RunFold()).hash());
    }

    @Test
    void manySeedsOnSeveralThreadsSayHowManyAreGood() {
        String swept = run("sim", "--seeds", "20", "--threads", "2", "--keep-going");

        assertTrue(swept.startsWith("0\n20 of 20 seeds, 0 bad, "), swept);
        assertTrue(swept.contains(" seeds a second and thread in the second half, "), swept);
        assertTrue(swept.contains(" ms of processor time a seed: "), swept);
        assertTrue(
                Pattern.compile(
                                "the slowest seed after the first 10: (1\\d|20), which took \\d+\\.\\d\\d s of processor time")
                        .matcher(swept)
                        .find(),
                swept);
        assertTrue(swept.contains("jobs were right"), swept);
        assertTrue(swept.contains("the median seed (one in a hundred has more than): executors started "), swept);
    }

    @Test
    void sweepThatIsInterruptedSaysHowFarItCame() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        AtomicReference<Thread> interrupting = new AtomicReference<>();
        SimSweep[] sweep = new SimSweep[1];
        sweep[0] = new SimSweep(
                SimCores.real(),
                seed -> {
                    if (seed == 3) {
                        interrupting.set(new Thread(sweep[0]::stop));
                        interrupting.get().start();
                    }
                    return SimOptions.of(seed);
                },
                0,
                Integer.MAX_VALUE,
                1,
                false);

        sweep[0].run(lines::add, report -> {});

        interrupting.get().join();
        assertTrue(lines.stream().anyMatch(line -> line.contains(" of 2147483647 seeds, 0 bad, ")), lines::toString);
        assertTrue(lines.get(lines.size() - 1).startsWith("the median seed"), lines::toString);
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        assertTrue(run("sim", "--kill", "2").startsWith("2\n"));
    }

    @Test
    void badSeedIsToldAndShownAgainWithFewerFaultsAndRecordedOnce(@TempDir Path directory) throws IOException {
        Path seeds = directory.resolve("seeds.txt");
        Files.writeString(seeds, "# found before\n163 a cancellation overtaken");
        SimCores cores = DefectiveExecutors.in(SimCores.real(), List.of("OUTCOME_NOT_REPEATED"));

        String told = printedBy(() -> new CommandLine(new SimCommand(cores))
                .execute("--seed", "0", "--seeds", "300", "--record", seeds.toString()));

        List<Long> recorded = SeedFile.read(seeds);
        assertEquals(2, recorded.size(), told);
        long seed = recorded.get(1);
        SimReport bad = Simulation.run(SimOptions.of(seed), cores);
        assertTrue(told.startsWith("1\n"), told);
        assertTrue(
                Files.readString(seeds)
                        .endsWith("\n" + seed + " " + bad.violation().orElseThrow() + "\n"),
                told);
        assertTrue(told.contains("seed " + seed + " was added to " + seeds), told);
        SimReport smallest = Simulation.shrink(bad, SimOptions.of(seed), cores);
        assertTrue(smallest.rates().size() < bad.rates().size(), told);
        assertTrue(
                told.contains(
                        "seed " + seed + " goes wrong: " + smallest.violation().orElseThrow()),
                told);
        assertTrue(told.contains("kindling sim --trace --seed " + seed + namesOf(smallest) + "\n"), told);
        assertTrue(told.contains("the first bad seed: kindling sim --seed " + seed + "\n"), told);
        List<String> story =
                told.lines().filter(line -> line.matches(" *[0-9.]+ s  .*")).toList();
        // The exit code, the good seeds before it, and what was left out are a line each.
        assertTrue(told.lines().takeWhile(line -> !line.isBlank()).count() <= 2 + 60 + bad.seed(), told);
        assertTrue(story.stream().anyMatch(line -> line.matches(".* s  (executor|attempt) .*")), told);
        assertTrue(told.contains("s  oracle objects: " + smallest.violation().orElseThrow()), told);
        if (!smallest.struck().isEmpty()) {
            assertTrue(
                    told.contains(
                            " s  fault " + smallest.struck().keySet().iterator().next()),
                    told);
        }

        String again = printedBy(() -> new CommandLine(new SimCommand(cores))
                .execute("--seed", String.valueOf(seed), "--record", seeds.toString()));

        assertTrue(again.contains("seed " + seed + " is already in " + seeds), again);
        assertEquals(recorded, SeedFile.read(seeds));
    }

    private static String namesOf(SimReport report) {
        return report.rates().isEmpty()
                ? " --no-faults"
                : " --faults "
                        + report.rates().keySet().stream().map(Enum::name).collect(Collectors.joining(","));
    }

    /** The exit code, then what was printed. */
    private static String run(String... args) {
        return printedBy(() -> Main.run(args));
    }

    private static String printedBy(IntSupplier command) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            int code = command.getAsInt();
            return code + "\n" + printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
        } finally {
            System.setOut(before);
        }
    }
}
