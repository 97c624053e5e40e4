package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.kindling.driver.core.PlantedBugs.Planted;
import dev.kindling.driver.core.PlantedBugsTable.Finding;
import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The checker's checker: a simulation that does not find planted bugs would prove nothing by finding none. Bugs are
 * looked for in the very mixture that is run for the real cores, from the seed on that found them when the table was
 * written.
 */
class PlantedBugsTest {
    private static final int SEEDS = 10_000;

    @TestFactory
    List<DynamicTest> everyPlantedBugIsFound() throws IOException {
        PlantedBugsTable table = new PlantedBugsTable();
        return PlantedBugs.all().stream()
                .filter(Planted::isFoundBySeeds)
                .map(bug -> dynamicTest(bug.cell() + " " + bug.behind(), () -> {
                    long hint = table.firstSeedOf(bug);
                    assertTrue(
                            find(bug.cores(), hint, hint + 1).isPresent()
                                    || find(bug.cores(), 0, SEEDS).isPresent(),
                            "not found within " + SEEDS + " seeds");
                }))
                .toList();
    }

    @Test
    void everyPlantedBugIsInTheTableOfTheDocument() throws IOException {
        PlantedBugsTable table = new PlantedBugsTable();
        for (Planted bug : PlantedBugs.all()) {
            assertTrue(table.has(bug), bug.cell());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "kindling.docs.write", matches = "true")
    void tableIsWritten() throws IOException {
        Map<String, Finding> found = new TreeMap<>();
        for (Planted bug : PlantedBugs.all()) {
            if (bug.isFoundBySeeds()) {
                find(bug.cores(), 0, SEEDS).ifPresent(finding -> found.put(bug.name(), finding));
            }
        }
        new PlantedBugsTable().write(PlantedBugs.all(), found, SEEDS);
    }

    private static Optional<Finding> find(SimCores cores, long firstSeed, long endSeed) {
        for (long seed = firstSeed; seed < endSeed; seed++) {
            SimReport report = Simulation.run(SimOptions.of(seed), cores);
            if (!report.isGood()) {
                return Optional.of(new Finding(seed, report.violation().orElseThrow()));
            }
        }
        return Optional.empty();
    }
}
