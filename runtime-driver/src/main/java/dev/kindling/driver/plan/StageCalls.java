package dev.kindling.driver.plan;

import dev.kindling.plan.Origin;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The calls of a program that one stage computes, for those who look at its run. */
final class StageCalls {
    /** A program that goes round a loop may have thousands in one stage; the first and last ones tell which it is. */
    private static final int SHOWN_AT_EACH_END = 20;

    private StageCalls() {}

    /** Such as {@code map at Zips.java:8}, in the order in which a row passes them; many are cut in the middle. */
    static List<String> of(PlanNode root) {
        // All nodes that one call has made share its origin.
        Map<Origin, Integer> places = new IdentityHashMap<>();
        List<String> calls = new ArrayList<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, n -> false)) {
            int place = places.computeIfAbsent(node.origin(), origin -> calls.size());
            if (place == calls.size()) {
                calls.add(node.origin().toString());
            }
            if (node instanceof PlanNode.Cached) {
                calls.set(place, node.origin() + ", cached");
            }
        }
        return cut(calls);
    }

    private static List<String> cut(List<String> calls) {
        int left = calls.size() - 2 * SHOWN_AT_EACH_END;
        if (left <= 1) {
            return calls;
        }
        List<String> some = new ArrayList<>(calls.subList(0, SHOWN_AT_EACH_END));
        some.add("... " + left + " more calls");
        some.addAll(calls.subList(calls.size() - SHOWN_AT_EACH_END, calls.size()));
        return some;
    }
}
