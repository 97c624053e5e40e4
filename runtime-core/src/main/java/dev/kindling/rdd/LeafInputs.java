package dev.kindling.rdd;

import dev.kindling.plan.PlanNode;

/** Where the input leaves of a plan find what their partitions read. Safe for many threads. */
@FunctionalInterface
public interface LeafInputs {
    /** The input of a {@link PlanNode.Slices} or {@link PlanNode.FileInput}. */
    LeafSource of(PlanNode leaf);
}
