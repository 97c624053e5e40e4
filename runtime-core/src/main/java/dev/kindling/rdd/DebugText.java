package dev.kindling.rdd;

import dev.kindling.plan.PlanNode;
import java.util.List;

/** The tree of sets as text, the last one first; what is behind a shuffle stands further right. */
final class DebugText {
    private DebugText() {}

    static String of(PlanNode root) {
        StringBuilder text = new StringBuilder();
        append(root, "", "(" + root.partitionCount() + ") ", text);
        return text.toString();
    }

    private static void append(PlanNode node, String indent, String head, StringBuilder text) {
        text.append(indent).append(head).append(line(node)).append('\n');
        String below = indent + (head.startsWith("+-") ? "   " : "") + "|  ";
        List<PlanNode> parents = node.parents();
        for (PlanNode parent : parents) {
            if (node instanceof PlanNode.Shuffle) {
                append(parent, below.substring(0, below.length() - 3), " +-(" + parent.partitionCount() + ") ", text);
            } else {
                append(parent, below, "", text);
            }
        }
    }

    private static String line(PlanNode node) {
        String kind = node.getClass().getSimpleName();
        String by = node instanceof PlanNode.Shuffle shuffle ? " by " + shuffle.by() : "";
        return node.origin() + " [" + node.id() + "] " + kind + by;
    }
}
