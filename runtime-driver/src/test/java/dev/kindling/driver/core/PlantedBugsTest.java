package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import dev.kindling.executor.core.DefectiveExecutors;
import dev.kindling.sim.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The checker's checker: a simulation that does not find planted bugs would prove nothing by finding none. */
class PlantedBugsTest {
    private static final int SEEDS = 300;

    @TestFactory
    List<DynamicTest> everyPlantedBugIsFound() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.values()) {
            SimCores cores =
                    SimCores.real().withDriver(() -> new DriverCore(SimCores.driverSettings(), EnumSet.of(bug)));
            tests.add(dynamicTest("driver " + bug, () -> isFound(optionsOf(bug.name()), cores)));
        }
        for (DefectiveExecutors.Defect defect : DefectiveExecutors.all()) {
            tests.add(dynamicTest(defect.name(), () -> isFound(optionsOf(defect.name()), defect.cores())));
        }
        return tests;
    }

    /** Few seeds draw persisted sets: their guards are looked for where there are some. */
    private static LongFunction<SimOptions> optionsOf(String bug) {
        if (bug.equals(PlantedBug.BROADCAST_DROP_NOT_REPEATED.name())) {
            return syntheticJobsUnder(FaultKind.DROP, 0.3);
        }
        if (bug.equals(PlantedBug.DONE_OF_FAILED_GROUP_AGAIN.name())) {
            return syntheticJobsUnder(FaultKind.USER_ERROR, 0.1);
        }
        if (!bug.contains("CACHE")) {
            return SimOptions::of;
        }
        SimOptions.Workload workload = bug.equals(PlantedBug.CACHE_NOT_TAKEN_BACK.name())
                ? SimOptions.Workload.CACHED_DEALT
                : SimOptions.Workload.CACHED;
        return seed -> SimOptions.of(seed).running(workload);
    }

    private static LongFunction<SimOptions> syntheticJobsUnder(FaultKind fault, double rate) {
        Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);
        rates.put(fault, rate);
        return seed ->
                SimOptions.of(seed).running(SimOptions.Workload.SYNTHETIC).withRates(rates);
    }

    @Test
    void everyPlantedBugIsInTheTableOfTheDocument() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/testing.md"))) {
            directory = directory.getParent();
        }
        String document = Files.readString(directory.resolve("docs/testing.md"));
        for (PlantedBug bug : PlantedBug.values()) {
            assertTrue(document.contains("driver `" + bug + "`"), bug.name());
        }
        for (DefectiveExecutors.Defect defect : DefectiveExecutors.all()) {
            assertTrue(document.contains(defect.name().replace("executor ", "executor `") + "`"), defect.name());
        }
    }

    private static void isFound(LongFunction<SimOptions> options, SimCores cores) {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimReport report = Simulation.run(options.apply(seed), cores);
            if (!report.isGood()) {
                return;
            }
        }
        fail("not found within " + SEEDS + " seeds");
    }
}
