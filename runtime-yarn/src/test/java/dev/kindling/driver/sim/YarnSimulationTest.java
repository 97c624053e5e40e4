package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.sim.SimWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Drivers and executors whose containers come from an application's master; more seeds by {@code -Dyarn.seeds=20000}.
 */
class YarnSimulationTest {
    private static final int SEEDS = Integer.getInteger("yarn.seeds", 1_500);
    private static final int FIRST_SEED = Integer.getInteger("yarn.firstSeed", 0);

    @Test
    void everySeedEndsAsItMustInContainers() {
        List<String> complaints = new ArrayList<>();
        int submitted = 0;
        int succeeded = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            SimReport report = run(seed, Set.of());
            report.violation().ifPresent(violation -> complaints.add("seed " + report.seed() + ": " + violation));
            submitted += report.submittedJobs();
            succeeded += report.succeededJobs();
        }

        assertEquals(List.of(), complaints);
        assertTrue(succeeded > 0.7 * submitted, succeeded + " of " + submitted + " jobs succeeded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SURPLUS_KEPT",
                "SURPLUS_FORGOTTEN",
                "CONTAINER_LEAKED",
                "END_NOT_TOLD",
                "WANTED_NOT_LOWERED",
                "LEAVING_LOWERED_TWICE",
                "KEPT_FORGOTTEN"
            })
    void bugOfTheMasterIsFoundBySomeSeed(String bug) {
        Optional<String> found = Optional.empty();
        for (long seed = 0; seed < SEEDS && found.isEmpty(); seed++) {
            found = run(seed, Set.of(bug)).violation();
        }

        assertTrue(found.isPresent(), bug + " is found by no seed below " + SEEDS);
    }

    /** The seed's own world. Where executors come and go, the driver counts on one to begin with. */
    static SimReport run(long seed, Set<String> bugs) {
        boolean isAllocating = SimPolicy.drawnBy(new SimWorld(seed, Optional.empty())) == SimPolicy.ALLOCATING;
        SimOptions options = SimOptions.of(seed);
        return run(isAllocating ? options.withExecutors(1) : options, bugs);
    }

    static SimReport run(SimOptions options, Set<String> bugs) {
        List<YarnSupply> attempts = new ArrayList<>();
        List<SimYarn> yarn = new ArrayList<>();
        return Simulation.observed(options, SimCores.real(), cluster -> {
            if (attempts.isEmpty()) {
                yarn.add(new SimYarn(cluster.world.random("yarn")));
            } else {
                attempts.get(attempts.size() - 1).remember();
            }
            attempts.add(new YarnSupply(cluster, yarn.get(0), bugs));
            cluster.launcher.supply = attempts.get(attempts.size() - 1);
        });
    }
}
