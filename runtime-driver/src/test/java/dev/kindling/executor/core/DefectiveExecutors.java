package dev.kindling.executor.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Supplier;

/** Executor cores with one planted bug each, for tests outside the package. */
public final class DefectiveExecutors {
    /** A named defect. */
    public record Defect(String name, Supplier<ExecutorCore> core) {}

    private DefectiveExecutors() {}

    public static List<Defect> all() {
        List<Defect> defects = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.values()) {
            defects.add(new Defect(
                    "executor " + bug, () -> new ExecutorCore(ExecutorSettings.defaults(), EnumSet.of(bug))));
        }
        return defects;
    }
}
