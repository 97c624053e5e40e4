package dev.kindling.driver.sim;

import dev.kindling.sim.FaultKind;
import java.util.Map;
import java.util.Optional;

/**
 * What came of one seed.
 *
 * @param violation what should hold and did not; empty for a good run
 * @param hash of all events: equal for equal runs
 * @param virtualMs how long the run took on its own clock
 * @param steps events that happened
 * @param executors processes of executors that were started
 * @param attempts attempts of tasks that were started
 * @param messages that were sent over the network, lost ones included
 * @param submittedJobs jobs that were begun
 * @param succeededJobs jobs whose result came and was right; the others failed for a planted cause
 * @param rates of the faults that were on
 * @param struck how often each fault struck
 */
public record SimReport(
        long seed,
        Optional<String> violation,
        long hash,
        long virtualMs,
        long steps,
        int executors,
        int attempts,
        long messages,
        int submittedJobs,
        int succeededJobs,
        Map<FaultKind, Double> rates,
        Map<FaultKind, Integer> struck) {
    public boolean isGood() {
        return violation.isEmpty();
    }
}
