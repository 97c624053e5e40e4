package dev.kindling.rdd;

import dev.kindling.api.StorageLevel;
import dev.kindling.plan.PartitionerText;
import dev.kindling.plan.Placement;
import dev.kindling.plan.PlanNode;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The tree of sets as text, the last one first; what is behind a shuffle stands further right. A set that is used in
 * several places is told once.
 */
final class DebugText {
    /** Further right nobody reads. */
    private static final int MAX_INDENT = 160;

    private final SetMarks marks;
    private final StringBuilder text = new StringBuilder();
    private final Set<PlanNode> told = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Branch> waiting = new ArrayDeque<>();

    /** @param indent of what stands below {@code start}; {@code head} is that of its own line */
    private record Branch(PlanNode start, String head, String indent) {}

    private DebugText(SetMarks marks) {
        this.marks = marks;
    }

    static String of(PlanNode root, SetMarks marks) {
        DebugText debug = new DebugText(marks);
        debug.waiting.push(new Branch(root, "(" + root.partitionCount() + ") ", ""));
        while (!debug.waiting.isEmpty()) {
            debug.tell(debug.waiting.pop());
        }
        return debug.text.toString();
    }

    private void tell(Branch branch) {
        PlanNode node = branch.start();
        boolean isNew = tell(node, branch.head());
        while (isNew && node.parents().size() == 1 && !(node instanceof PlanNode.Shuffle)) {
            node = node.parents().get(0);
            isNew = tell(node, branch.indent() + "|  ");
        }
        List<PlanNode> parents = isNew ? node.parents() : List.of();
        for (int i = parents.size() - 1; i >= 0; i--) {
            waiting.push(below(node, parents.get(i), branch.indent()));
        }
    }

    private static Branch below(PlanNode node, PlanNode parent, String indent) {
        String deeper = indent.length() >= MAX_INDENT ? indent : null;
        return node instanceof PlanNode.Shuffle
                ? new Branch(
                        parent,
                        indent + " +-(" + parent.partitionCount() + ") ",
                        deeper == null ? indent + "    " : deeper)
                : new Branch(parent, indent + "|  ", deeper == null ? indent + "|  " : deeper);
    }

    /** False when it was told before. */
    private boolean tell(PlanNode node, String head) {
        boolean isNew = told.add(node);
        text.append(head);
        marks.nameOf(node.id())
                .ifPresent(
                        name -> text.append(name.replaceAll("\\p{Cntrl}", " ")).append(": "));
        text.append(node.origin()).append(" [").append(node.id()).append("] ");
        text.append(node.getClass().getSimpleName());
        if (node instanceof PlanNode.Shuffle shuffle) {
            text.append(" by ").append(PartitionerText.of(shuffle.by()));
            Placement.reasonFor(shuffle)
                    .ifPresent(why -> text.append(" (").append(why).append(')'));
        }
        StorageLevel level = marks.levelOf(node.id());
        text.append(level.equals(StorageLevel.NONE) ? "" : ", cached " + level);
        text.append(marks.isCheckpointed(node.id()) ? ", checkpointed" : "");
        text.append(isNew ? "" : ", as above").append('\n');
        return isNew;
    }
}
