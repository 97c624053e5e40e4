package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorSettings;
import java.util.function.Supplier;

/** The cores under test: the real ones, or, in the test of the simulation itself, ones with a planted defect. */
public record SimCores(Supplier<DriverCore> driver, Supplier<ExecutorCore> executor) {
    public static SimCores real() {
        return new SimCores(
                () -> new DriverCore(DriverSettings.defaults()), () -> new ExecutorCore(ExecutorSettings.defaults()));
    }
}
