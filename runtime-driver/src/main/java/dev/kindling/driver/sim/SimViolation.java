package dev.kindling.driver.sim;

import java.io.Serial;

/** Something that must always hold does not: what an oracle of the simulation says. Ends the run. */
final class SimViolation extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    SimViolation(String message) {
        super(message);
    }
}
