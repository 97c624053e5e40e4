package dev.kindling.driver.plan;

import dev.kindling.plan.PartitionerText;
import dev.kindling.plan.Placement;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.RangeBounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why rows that some partitioner had placed already are shuffled again: two partitioners that look alike and are not
 * equal, one side of a join that is not placed as the other, a function that may have changed the keys. No state.
 */
final class PartitionerNotes {
    private PartitionerNotes() {}

    /** Sentences about the shuffles of a plan, by shuffle id; nothing about those that are as expected. */
    static Map<Integer, List<String>> of(PlanNode root) {
        Map<Integer, List<String>> notes = new LinkedHashMap<>();
        Set<PlanNode> sides = Collections.newSetFromMap(new IdentityHashMap<>());
        List<PlanNode> plan = PlanOrder.parentsFirst(root, node -> false);
        for (PlanNode node : plan) {
            if (node instanceof PlanNode.CoGroup join) {
                addSides(join, sides, notes);
            }
        }
        for (PlanNode node : plan) {
            if (node instanceof PlanNode.Shuffle shuffle && !sides.contains(shuffle)) {
                reason(shuffle).ifPresent(why -> add(notes, shuffle, shuffle.origin() + " shuffles: " + why));
            }
        }
        return notes;
    }

    private static void add(Map<Integer, List<String>> notes, PlanNode.Shuffle shuffle, String note) {
        notes.computeIfAbsent(shuffle.shuffleId(), id -> new ArrayList<>()).add(note);
    }

    // ---- joins ------------------------------------------------------------------------------------------------------

    private static void addSides(PlanNode.CoGroup join, Set<PlanNode> sides, Map<Integer, List<String>> notes) {
        int count = join.parents().size();
        for (int i = 0; i < count; i++) {
            if (isMovedBy(join, join.parents().get(i))) {
                PlanNode.Shuffle shuffle = (PlanNode.Shuffle) join.parents().get(i);
                sides.add(shuffle);
                Optional<String> why = reason(shuffle).or(() -> whyOnlyThis(join));
                String side = nameOf(i, count);
                why.ifPresent(sentence -> add(notes, shuffle, join.origin() + " shuffles " + side + ": " + sentence));
            }
        }
    }

    private static boolean isMovedBy(PlanNode.CoGroup join, PlanNode side) {
        return side instanceof PlanNode.Shuffle shuffle && shuffle.origin() == join.origin();
    }

    /** Its rows were never placed; worth a sentence where another side stays where it is. */
    private static Optional<String> whyOnlyThis(PlanNode.CoGroup join) {
        int count = join.parents().size();
        for (int i = 0; i < count; i++) {
            if (!isMovedBy(join, join.parents().get(i))) {
                return Optional.of("it is not partitioned; " + nameOf(i, count) + " is, by "
                        + PartitionerText.of(join.by()) + ", and stays where it is");
            }
        }
        return Optional.empty();
    }

    private static String nameOf(int side, int count) {
        if (count > 2) {
            return "set " + (side + 1) + " of " + count;
        }
        return side == 0 ? "the left side" : "the right side";
    }

    // ---- one shuffle ------------------------------------------------------------------------------------------------

    private static Optional<String> reason(PlanNode.Shuffle shuffle) {
        if (shuffle.by() instanceof RangeBounds) {
            // A sort makes ranges of its own.
            return Optional.empty();
        }
        return Placement.reasonFor(shuffle).or(() -> lost(shuffle));
    }

    /** A call of the program on the way may have changed keys that were placed as wanted. */
    private static Optional<String> lost(PlanNode.Shuffle shuffle) {
        PlanNode at = shuffle.parent();
        while (at.partitioner().isEmpty() && at.parents().size() == 1 && at.origin() != shuffle.origin()) {
            PlanNode below = at.parents().get(0);
            if (below.partitioner().filter(shuffle.by()::equals).isPresent()) {
                return Optional.of(
                        "its rows were placed by " + PartitionerText.of(shuffle.by()) + " until " + at.origin()
                                + ", which may have changed the keys; mapValues and flatMapValues keep them, and so do"
                                + " mapPartitions and its kin when told so");
            }
            at = below;
        }
        return Optional.empty();
    }
}
