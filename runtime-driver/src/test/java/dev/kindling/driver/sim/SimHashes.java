package dev.kindling.driver.sim;

import java.util.ArrayList;
import java.util.List;

/** Prints the hashes of some seeds of each kind of jobs, for comparison with another JVM. */
public final class SimHashes {
    private static final int SEEDS_EACH = 4;

    private SimHashes() {}

    public static void main(String[] args) {
        hashes().forEach(System.out::println);
    }

    static List<String> hashes() {
        List<String> hashes = new ArrayList<>();
        for (SimOptions.Workload workload : SimOptions.Workload.values()) {
            for (SimSize size : SimSize.values()) {
                for (long seed = 0; seed < SEEDS_EACH; seed++) {
                    SimReport report =
                            Simulation.run(SimOptions.of(seed).running(workload).in(size));
                    hashes.add(workload + " " + size + " " + seed + " " + Long.toHexString(report.hash()) + " "
                            + report.steps());
                }
            }
        }
        return hashes;
    }
}
