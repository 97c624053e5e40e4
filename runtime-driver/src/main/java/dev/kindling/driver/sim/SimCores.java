package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.PoolSettings;
import dev.kindling.driver.core.SchedulingSettings;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorSettings;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The cores under test: the real ones, or, in the test of the simulation itself, ones with a planted defect. */
public record SimCores(Supplier<DriverCore> driver, Supplier<ExecutorCore> executor) {
    /** Far more than most simulated jobs bring. */
    static final long MAX_RESULT_BYTES = 64 << 10;

    /** When nothing has moved for so long, jobs are given up; no chain of other faults stops everything for so long. */
    static final long NO_PROGRESS_MS = 60_000;

    public static SimCores real() {
        return new SimCores(
                () -> new DriverCore(driverSettings()), () -> new ExecutorCore(ExecutorSettings.defaults()));
    }

    /** Pools share the executors; jobs that name none are in one where the earlier is served first. */
    public static DriverSettings driverSettings() {
        SortedMap<String, PoolSettings> pools = new TreeMap<>();
        pools.put("a", new PoolSettings(3, 2, false));
        pools.put("b", new PoolSettings(1, 0, true));
        return DriverSettings.defaults()
                .with(SchedulingSettings.fair(pools)
                        .withMaxResultBytes(MAX_RESULT_BYTES)
                        .givingUpAfter(NO_PROGRESS_MS));
    }
}
