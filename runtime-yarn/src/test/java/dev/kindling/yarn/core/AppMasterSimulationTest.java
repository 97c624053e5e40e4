package dev.kindling.yarn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeds of {@link AppMasterWorld}; more of them by {@code -Dyarn.seeds=20000}. */
class AppMasterSimulationTest {
    private static final int SEEDS = Integer.getInteger("yarn.seeds", 500);

    @Test
    void everySeedHoldsWhatIsPromised() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertEquals(List.of(), new AppMasterWorld(seed, Set.of()).run(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPlantedBugIsFoundBySomeSeed(PlantedBug bug) {
        boolean isFound = false;
        for (long seed = 0; seed < SEEDS && !isFound; seed++) {
            isFound = !new AppMasterWorld(seed, EnumSet.of(bug)).run().isEmpty();
        }

        assertTrue(isFound, bug + " is found by no seed below " + SEEDS);
    }
}
