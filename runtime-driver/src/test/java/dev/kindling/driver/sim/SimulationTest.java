package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.sim.FaultKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many clusters, many faults: whatever happens, results are right, ends come in time and nothing is left. */
class SimulationTest {
    private static final int SEEDS = 500;

    @Test
    void everySeedEndsAsItMust() {
        List<String> bad = new ArrayList<>();
        int succeeded = 0;
        for (long seed = 0; seed < SEEDS && bad.size() < 3; seed++) {
            SimReport report = Simulation.run(SimOptions.of(seed));
            if (!report.isGood()) {
                bad.add("kindling sim --seed " + seed + ": " + report.violation().get());
            }
            succeeded += report.succeededJobs();
        }
        assertEquals(List.of(), bad);
        assertTrue(succeeded > 2 * SEEDS, succeeded + " jobs of " + 3 * SEEDS + " succeeded");
    }

    @Test
    void withoutFaultsEveryJobSucceeds() {
        for (long seed = 0; seed < 20; seed++) {
            SimReport report = Simulation.run(SimOptions.of(seed).withRates(new EnumMap<>(FaultKind.class)));
            assertTrue(report.isGood(), report.violation().orElse(""));
        }
    }

    @Test
    void equalSeedsAreEqualRunsAndOthersAreNot() {
        SimReport once = Simulation.run(SimOptions.of(7));
        SimReport again = Simulation.run(SimOptions.of(7));

        assertEquals(once.hash(), again.hash());
        assertEquals(once.steps(), again.steps());
        assertNotEquals(once.hash(), Simulation.run(SimOptions.of(8)).hash());
    }
}
