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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

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

    /** Writes it anew with {@code -Dkindling.docs.write=true}. */
    @Test
    void everyPlantedBugIsInTheTableOfTheDocument() throws IOException {
        if (Boolean.getBoolean("kindling.docs.write")) {
            writeTable();
        }
        PlantedBugsTable table = new PlantedBugsTable();
        for (Planted bug : PlantedBugs.all()) {
            assertTrue(table.has(bug), bug.cell());
        }
    }

    private static void writeTable() throws IOException {
        Map<String, Finding> found = new TreeMap<>();
        for (Planted bug : PlantedBugs.all()) {
            if (bug.isFoundBySeeds()) {
                find(bug.cores(), 0, SEEDS).ifPresent(finding -> found.put(bug.name(), finding));
            }
        }
        new PlantedBugsTable().write(PlantedBugs.all(), found, SEEDS);
    }

    /** A second line of defence that has no test is none. */
    @Test
    void testsOfSecondLinesExist() throws IOException {
        Path top = PlantedBugsTable.top();
        for (Planted bug : PlantedBugs.all()) {
            if (!bug.isFoundBySeeds()) {
                String[] test = bug.secondLine().orElseThrow().split("#");
                assertTrue(isThere(top, test[0], test[1]), bug.cell() + ": " + bug.behind());
            }
        }
    }

    private static boolean isThere(Path top, String testClass, String method) throws IOException {
        BiPredicate<Path, BasicFileAttributes> isSource = (path, attributes) -> path.endsWith(testClass + ".java");
        try (Stream<Path> modules = Files.list(top)) {
            for (Path tests :
                    modules.map(module -> module.resolve("src/test/java")).toList()) {
                if (Files.isDirectory(tests)) {
                    try (Stream<Path> sources = Files.find(tests, Integer.MAX_VALUE, isSource)) {
                        Optional<Path> source = sources.findFirst();
                        if (source.isPresent()) {
                            return Files.readString(source.get()).contains("void " + method + "(");
                        }
                    }
                }
            }
        }
        return false;
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
