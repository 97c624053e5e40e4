package dev.kindling.driver.sim;

import dev.kindling.driver.core.AllocationSettings;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.SpeculationSettings;
import dev.kindling.sim.SimWorld;

/** What the driver of a seed's world does of its own accord. */
public enum SimPolicy {
    /** It keeps as many executors as there were at the start, and one attempt of a task. */
    PLAIN,
    /** Executors come and go with the work. */
    ALLOCATING,
    /** What is late gets a copy. */
    SPECULATING;

    /** One in so many worlds has each of the others. */
    private static final int ONE_IN = 16;

    /** Where executors come and go: more than there are to start with, and few for the tasks there are. */
    static final int MOST_EXECUTORS = 8;

    static SimPolicy drawnBy(SimWorld world) {
        int drawn = world.random("policy").nextInt(ONE_IN);
        return drawn == 1 ? ALLOCATING : drawn == 2 ? SPECULATING : PLAIN;
    }

    DriverSettings settings() {
        DriverSettings plain = SimCores.driverSettings();
        return switch (this) {
            case PLAIN -> plain;
            case ALLOCATING ->
                plain.with(new AllocationSettings(true, 1, 1, MOST_EXECUTORS, 2, 4_000, 6_000, 500, 300));
            // Sooner than usual: few simulated tasks run for a second.
            case SPECULATING -> plain.with(plain.scheduling().with(new SpeculationSettings(true, 0.5, 1.5, 200)));
        };
    }
}
