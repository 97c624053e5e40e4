package dev.kindling.driver.sim;

import dev.kindling.sim.FaultKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to simulate.
 *
 * @param seed decides everything that is not said here
 * @param executors how many are started with
 * @param rates rate of each fault; empty for a mixture drawn by the seed
 * @param workload which jobs run
 * @param trace receives every event as a line; empty for none
 */
public record SimOptions(
        long seed,
        int executors,
        Optional<Map<FaultKind, Double>> rates,
        Workload workload,
        Optional<Consumer<String>> trace) {
    /** Which jobs run. */
    public enum Workload {
        /** The demo's job, by the real planner and the real operators. */
        ZIP_COUNT,
        /** Jobs of tiny bodies that make use of all the control plane can do, cancelling and saving included. */
        SYNTHETIC,
        /** A job whose first map stage deals its rows otherwise in every attempt. */
        DEALT
    }

    public SimOptions {
        rates = rates.map(SimOptions::copyOf);
    }

    /** The jobs of this seed under the faults of this seed. */
    public static SimOptions of(long seed) {
        return new SimOptions(seed, 5, Optional.empty(), Workload.SYNTHETIC, Optional.empty());
    }

    private static Map<FaultKind, Double> copyOf(Map<FaultKind, Double> rates) {
        Map<FaultKind, Double> copy = new EnumMap<>(FaultKind.class);
        copy.putAll(rates);
        return copy;
    }

    public SimOptions withRates(Map<FaultKind, Double> rates) {
        return new SimOptions(seed, executors, Optional.of(rates), workload, trace);
    }

    public SimOptions running(Workload workload) {
        return new SimOptions(seed, executors, rates, workload, trace);
    }

    public SimOptions tracedTo(Consumer<String> lines) {
        return new SimOptions(seed, executors, rates, workload, Optional.of(lines));
    }
}
