package dev.kindling.driver.journal;

import dev.kindling.driver.core.DriverEvent;
import dev.kindling.plan.LeafInput;
import java.util.List;

/**
 * One step of the core.
 *
 * @param nowMs the time the core was told
 * @param answers what the core was told of inputs while it decided, in the order in which it asked
 * @param effectCount how many effects it decided on
 * @param effectDigest a number made of all of them, in their order
 */
record JournalEntry(long nowMs, DriverEvent event, List<Answer> answers, int effectCount, long effectDigest) {
    /** What a task reads, or where it lies. */
    sealed interface Answer {
        record Inputs(List<LeafInput> inputs) implements Answer {}

        record Hosts(List<String> hosts) implements Answer {}
    }
}
