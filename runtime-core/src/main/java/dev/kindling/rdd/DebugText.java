package dev.kindling.rdd;

import dev.kindling.plan.Placement;
import dev.kindling.plan.PlanNode;

/** The tree of sets as text, the last one first; what is behind a shuffle stands further right. */
final class DebugText {
    private DebugText() {}

    static String of(PlanNode root) {
        StringBuilder text = new StringBuilder();
        append(root, "(" + root.partitionCount() + ") ", "", text);
        return text.toString();
    }

    /** @param indent of what stands below {@code start}; {@code head} is that of its own line */
    private static void append(PlanNode start, String head, String indent, StringBuilder text) {
        text.append(head).append(line(start)).append('\n');
        PlanNode node = start;
        while (node.parents().size() == 1 && !(node instanceof PlanNode.Shuffle)) {
            node = node.parents().get(0);
            text.append(indent).append("|  ").append(line(node)).append('\n');
        }
        for (PlanNode parent : node.parents()) {
            if (node instanceof PlanNode.Shuffle) {
                append(parent, indent + " +-(" + parent.partitionCount() + ") ", indent + "    ", text);
            } else {
                append(parent, indent + "|  ", indent + "|  ", text);
            }
        }
    }

    private static String line(PlanNode node) {
        String kind = node.getClass().getSimpleName();
        String by = node instanceof PlanNode.Shuffle shuffle
                ? " by " + shuffle.by()
                        + Placement.reasonFor(shuffle)
                                .map(reason -> " (" + reason + ")")
                                .orElse("")
                : "";
        return node.origin() + " [" + node.id() + "] " + kind + by;
    }
}
