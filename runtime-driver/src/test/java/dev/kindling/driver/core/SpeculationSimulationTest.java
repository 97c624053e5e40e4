package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated worlds, with copies of tasks that are late. */
class SpeculationSimulationTest {
    private static final int SEEDS = Integer.getInteger("speculation.seeds", 300);

    private static SimReport run(long seed, Set<PlantedBug> bugs) {
        SimCores cores = SimCores.real().withDriver(() -> new DriverCore(SimCores.speculatingSettings(), bugs));
        return Simulation.run(SimOptions.of(seed), cores);
    }

    @Test
    void everySeedEndsAsItMust() {
        List<String> complaints = LongStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed -> run(seed, PlantedBug.NONE))
                .filter(report -> !report.isGood())
                .map(report -> report.seed() + ": " + report.violation().orElseThrow())
                .toList();

        assertEquals(List.of(), complaints);
    }

    @ParameterizedTest
    @EnumSource(names = {"LATER_TWIN_KEPT", "COPY_BESIDE_ITS_ATTEMPT", "LARGE_INPUT_COPIED"})
    void everyPlantedBugIsFoundBySomeSeed(PlantedBug bug) {
        assertTrue(
                LongStream.range(0, SEEDS)
                        .anyMatch(seed -> !run(seed, EnumSet.of(bug)).isGood()),
                bug + " is found by no seed below " + SEEDS);
    }
}
