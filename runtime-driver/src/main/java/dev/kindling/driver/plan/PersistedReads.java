package dev.kindling.driver.plan;

import dev.kindling.driver.core.JobGraph.Below;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a stage reads past its persisted sets, and below each of them. */
final class PersistedReads {
    private PersistedReads() {}

    /** Empty for a stage without persisted sets. */
    static List<Below> of(PlanNode root) {
        List<Below> reads = new ArrayList<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, n -> false)) {
            if (node instanceof PlanNode.Cached cached) {
                reads.add(below(cached.id(), cached.parent()));
            }
        }
        if (!reads.isEmpty()) {
            reads.add(below(Below.STAGE, root));
        }
        return reads;
    }

    private static Below below(int setId, PlanNode from) {
        Set<Integer> shuffles = new LinkedHashSet<>();
        Set<Integer> sets = new LinkedHashSet<>();
        for (PlanNode node : PlanOrder.parentsFirst(from, PlanNode.Cached.class::isInstance)) {
            if (node instanceof PlanNode.Cached cached) {
                sets.add(cached.id());
            } else if (node instanceof PlanNode.ShuffleRead read) {
                shuffles.add(read.shuffleId());
            }
        }
        return new Below(setId, List.copyOf(shuffles), List.copyOf(sets));
    }
}
