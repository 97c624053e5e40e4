package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.SeedFile;
import dev.kindling.driver.sim.SimOptions.Workload;
import dev.kindling.sim.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many clusters, many faults: whatever happens, results are right, ends come in time and nothing is left. */
class SimulationTest {
    private static final int SEEDS = 2_000;
    private static final int SEEDS_OF_POLICY = 300;

    /** Faults end some jobs, as they must; most are survived. */
    @Test
    void everySeedEndsAsItMust() {
        List<SimReport> reports = LongStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed -> Simulation.run(SimOptions.of(seed)))
                .toList();

        assertEquals(List.of(), complaints(reports));
        int submitted = reports.stream().mapToInt(SimReport::submittedJobs).sum();
        int succeeded = reports.stream().mapToInt(SimReport::succeededJobs).sum();
        assertTrue(submitted > SEEDS, submitted + " jobs in " + SEEDS + " seeds");
        assertTrue(succeeded > 0.75 * submitted, succeeded + " of " + submitted + " jobs succeeded");
    }

    @ParameterizedTest
    @EnumSource(
            value = SimPolicy.class,
            names = {"ALLOCATING", "SPECULATING"})
    void everySeedEndsAsItMustUnder(SimPolicy policy) {
        List<SimReport> reports = LongStream.range(0, SEEDS_OF_POLICY)
                .parallel()
                .mapToObj(seed -> Simulation.run(SimOptions.of(seed).under(policy)))
                .toList();

        assertEquals(List.of(), complaints(reports));
    }

    /** Every seed that ever found something finds nothing any more: in a large world, where it did, and in a small one. */
    @Test
    void seedsThatOnceFailedEndAsTheyMust() throws IOException {
        List<SimReport> reports = new ArrayList<>();
        for (long seed : SeedFile.read(seedsFile())) {
            for (Workload workload : Workload.values()) {
                for (SimSize size : SimSize.values()) {
                    reports.add(
                            Simulation.run(SimOptions.of(seed).running(workload).in(size)));
                }
            }
        }

        assertTrue(!reports.isEmpty());
        assertEquals(List.of(), complaints(reports));
    }

    private static List<String> complaints(List<SimReport> reports) {
        return reports.stream()
                .filter(report -> !report.isGood())
                .map(report -> "kindling sim --seed " + report.seed() + ": "
                        + report.violation().get())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void withoutFaultsEveryJobSucceeds(Workload workload) {
        for (long seed = 0; seed < 20; seed++) {
            SimReport report =
                    Simulation.run(SimOptions.of(seed).running(workload).withRates(new EnumMap<>(FaultKind.class)));

            assertTrue(report.isGood(), report.violation().orElse(""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void equalSeedsAreEqualRunsAndOthersAreNot(Workload workload) {
        SimReport once = Simulation.run(SimOptions.of(7).running(workload));
        SimReport again = Simulation.run(SimOptions.of(7).running(workload));

        assertEquals(once.hash(), again.hash());
        assertEquals(once.steps(), again.steps());
        assertNotEquals(
                once.hash(), Simulation.run(SimOptions.of(8).running(workload)).hash());
    }

    private static Path seedsFile() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("seeds.txt"))) {
            directory = directory.getParent();
        }
        return directory.resolve("seeds.txt");
    }
}
