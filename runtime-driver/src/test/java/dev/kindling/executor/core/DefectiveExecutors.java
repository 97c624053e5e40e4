package dev.kindling.executor.core;

import dev.kindling.driver.sim.SimCores;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Cores of executors with planted bugs, for tests outside the package. */
public final class DefectiveExecutors {
    private DefectiveExecutors() {}

    /** Of all bugs that can be planted. */
    public static List<String> names() {
        return Stream.of(PlantedBug.values()).map(Enum::name).toList();
    }

    /** The same cores, those of executors with these bugs. */
    public static SimCores in(SimCores cores, List<String> names) {
        Set<PlantedBug> bugs = EnumSet.noneOf(PlantedBug.class);
        names.forEach(name -> bugs.add(PlantedBug.valueOf(name)));
        return cores.withExecutor(() -> new ExecutorCore(ExecutorSettings.defaults(), bugs))
                .withArbiter((poolBytes, slots) -> new MemoryArbiter(poolBytes, slots, bugs))
                .withFetch(rotation -> new FetchScheduler(FetchSettings.defaults(), rotation, bugs));
    }
}
