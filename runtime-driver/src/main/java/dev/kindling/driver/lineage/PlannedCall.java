package dev.kindling.driver.lineage;

import dev.kindling.api.Lineage;
import dev.kindling.api.StorageLevel;
import java.util.List;

/**
 * One call of the program, with the sets that the engine made for it in one stage.
 *
 * @param name that the program gave to its set; empty for none
 * @param level at which it is persisted; {@code NONE} when it is not
 */
public record PlannedCall(
        String name,
        String operation,
        String callSite,
        StorageLevel level,
        boolean isCheckpointed,
        List<Lineage.Step> steps) {
    public PlannedCall {
        steps = List.copyOf(steps);
    }

    /** Such as {@code sums: reduceByKey at Zips.java:12, cached MEMORY_ONLY}. */
    @Override
    public String toString() {
        return (name.isEmpty() ? "" : name + ": ")
                + operation
                + (callSite.isEmpty() ? "" : " at " + callSite)
                + (level.equals(StorageLevel.NONE) ? "" : ", cached " + level)
                + (isCheckpointed ? ", checkpointed" : "");
    }
}
