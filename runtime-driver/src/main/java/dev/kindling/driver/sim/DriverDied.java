package dev.kindling.driver.sim;

/** Ends the simulated program: its driver's process is gone. */
final class DriverDied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DriverDied() {
        super(null, null, false, false);
    }
}
