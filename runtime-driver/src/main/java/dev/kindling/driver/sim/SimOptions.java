package dev.kindling.driver.sim;

import dev.kindling.sim.FaultKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What to simulate.
 *
 * @param seed decides everything that is not said here
 * @param executors how many are started with; empty for as many as the seed draws
 * @param rates rate of each fault; empty for a mixture drawn by the seed
 * @param workload which jobs run; empty for those drawn by the seed
 * @param size of the world; empty for the one drawn by the seed
 * @param policy of the driver; empty for the one drawn by the seed
 * @param trace receives every event as a line; empty for none
 * @param lesson which is given in the place of those jobs
 */
public record SimOptions(
        long seed,
        OptionalInt executors,
        Optional<Map<FaultKind, Double>> rates,
        Optional<Workload> workload,
        Optional<SimSize> size,
        Optional<SimPolicy> policy,
        Optional<Consumer<String>> trace,
        Optional<Lesson> lesson) {
    /** Which jobs run. */
    public enum Workload {
        /** The demo's job, by the real planner and the real operators. */
        ZIP_COUNT(1),
        /** Jobs of tiny bodies that make use of all the control plane can do, cancelling and saving included. */
        SYNTHETIC(12),
        /** Persisted sets that are read by several jobs. */
        CACHED(2),
        /** A persisted set over rows that every attempt deals otherwise. */
        CACHED_DEALT(1),
        /** A job whose first map stage deals its rows otherwise in every attempt. */
        DEALT(4);

        /** The sum of all shares. */
        static final int SHARES = 20;

        /** Seeds in {@link #SHARES} that run it. */
        final int share;

        Workload(int share) {
            this.share = share;
        }
    }

    public SimOptions {
        rates = rates.map(SimOptions::copyOf);
    }

    /** All that this seed draws. */
    public static SimOptions of(long seed) {
        return new SimOptions(
                seed,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Map<FaultKind, Double> copyOf(Map<FaultKind, Double> rates) {
        Map<FaultKind, Double> copy = new EnumMap<>(FaultKind.class);
        copy.putAll(rates);
        return copy;
    }

    public SimOptions withRates(Map<FaultKind, Double> rates) {
        return new SimOptions(seed, executors, Optional.of(rates), workload, size, policy, trace, lesson);
    }

    public SimOptions withExecutors(int executors) {
        return new SimOptions(seed, OptionalInt.of(executors), rates, workload, size, policy, trace, lesson);
    }

    public SimOptions running(Workload workload) {
        return new SimOptions(seed, executors, rates, Optional.of(workload), size, policy, trace, lesson);
    }

    public SimOptions in(SimSize size) {
        return new SimOptions(seed, executors, rates, workload, Optional.of(size), policy, trace, lesson);
    }

    public SimOptions under(SimPolicy policy) {
        return new SimOptions(seed, executors, rates, workload, size, Optional.of(policy), trace, lesson);
    }

    public SimOptions tracedTo(Consumer<String> lines) {
        return new SimOptions(seed, executors, rates, workload, size, policy, Optional.of(lines), lesson);
    }

    public SimOptions giving(Lesson given) {
        return new SimOptions(seed, executors, rates, workload, size, policy, trace, Optional.of(given));
    }
}
