package dev.kindling.executor.core;

import dev.kindling.driver.sim.SimCores;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Cores of executors with one planted bug each, for tests outside the package. */
public final class DefectiveExecutors {
    /** A named defect, and the cores of a cluster that has it. */
    public record Defect(String name, SimCores cores) {}

    private DefectiveExecutors() {}

    public static List<Defect> all() {
        List<Defect> defects = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.values()) {
            Set<PlantedBug> bugs = EnumSet.of(bug);
            defects.add(new Defect(
                    "executor " + bug,
                    SimCores.real()
                            .withExecutor(() -> new ExecutorCore(ExecutorSettings.defaults(), bugs))
                            .withArbiter((poolBytes, slots) -> new MemoryArbiter(poolBytes, slots, bugs))
                            .withFetch(rotation -> new FetchScheduler(FetchSettings.defaults(), rotation, bugs))));
        }
        return defects;
    }
}
