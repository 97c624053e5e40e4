package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.protocol.AccumulatorUpdate;
import java.util.TreeMap;

/** What the simulated driver has merged into accumulators: each partition at most once, those of sets that are kept, all. */
final class SimAccumulators {
    /** Numbers of partitions of the sets that are persisted. */
    private final TreeMap<Integer, Integer> persisted = new TreeMap<>();
    /** What was merged into each accumulator, by partition. */
    private final TreeMap<Long, TreeMap<Integer, byte[]>> merged = new TreeMap<>();

    void merge(DriverEffect.MergeUpdates e) {
        for (AccumulatorUpdate update : e.updates()) {
            if (update.isOfSet() && !persisted.containsKey(update.setId())) {
                continue; // counted as any other transformation, by whoever computes it
            }
            int partition =
                    update.isOfSet() ? update.setPartition() : e.attempt().partition();
            TreeMap<Integer, byte[]> parts = merged.computeIfAbsent(update.accumulatorId(), id -> new TreeMap<>());
            if (parts.put(partition, update.partial()) != null) {
                throw new SimViolation("partition " + partition + " counts twice in accumulator "
                        + update.accumulatorId() + ", the second time by " + e.attempt());
            }
        }
    }

    /** Nobody computes a partition that is kept, so what its functions add must have come. */
    void requireKeptSetsCounted(DriverCore core) {
        persisted.forEach((setId, partitionCount) -> {
            int counted = merged(SimSetCounts.accumulatorOf(setId)).size();
            if (counted < partitionCount && core.isKept(setId)) {
                throw new SimViolation("set " + setId + " is kept and counted for " + counted + " of its "
                        + partitionCount + " partitions");
            }
        });
    }

    /** A set that is persisted anew counts anew. */
    void note(DriverEvent event) {
        if (event instanceof DriverEvent.PersistSet set && persisted.put(set.setId(), set.partitionCount()) == null) {
            merged.remove(SimSetCounts.accumulatorOf(set.setId()));
        } else if (event instanceof DriverEvent.UnpersistSet set) {
            persisted.remove(set.setId());
        }
    }

    /** By partition, what the accumulator got; a task of the workload adds to an accumulator of its stage's own. */
    TreeMap<Integer, byte[]> merged(long accumulatorId) {
        return merged.getOrDefault(accumulatorId, new TreeMap<>());
    }
}
