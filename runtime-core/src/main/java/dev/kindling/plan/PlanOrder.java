package dev.kindling.plan;

import dev.kindling.api.Partitioner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Walks over plans with loops: a program may chain ten thousand sets, which is deeper than a thread's stack. */
public final class PlanOrder {
    private PlanOrder() {}

    /**
     * All nodes that {@code root} is made of, each once, parents before children.
     *
     * @param isEnd nodes that are taken, but below which nothing is looked at
     */
    public static List<PlanNode> parentsFirst(PlanNode root, Predicate<PlanNode> isEnd) {
        List<PlanNode> order = new ArrayList<>();
        if (isChain(root, isEnd, order)) {
            Collections.reverse(order);
            return order;
        }
        order.clear();
        Set<PlanNode> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<PlanNode> left = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<PlanNode> path = new ArrayDeque<>();
        path.push(root);
        while (!path.isEmpty()) {
            PlanNode node = path.peek();
            if (!entered.add(node) || isEnd.test(node)) {
                path.pop();
                if (left.add(node)) {
                    order.add(node);
                }
                continue;
            }
            List<PlanNode> parents = node.parents();
            for (int i = parents.size() - 1; i >= 0; i--) {
                if (!entered.contains(parents.get(i))) {
                    path.push(parents.get(i));
                }
            }
        }
        return order;
    }

    /** Most plans: nothing in it can be reached twice. Leaves its nodes in {@code down}, or some of another plan. */
    private static boolean isChain(PlanNode root, Predicate<PlanNode> isEnd, List<PlanNode> down) {
        PlanNode node = root;
        while (true) {
            down.add(node);
            List<PlanNode> parents = isEnd.test(node) ? List.of() : node.parents();
            if (parents.size() != 1) {
                return parents.isEmpty();
            }
            node = parents.get(0);
        }
    }

    /** Down from {@code node}, the first one whose partitions are not simply those of its parent. */
    static PlanNode startOfChain(PlanNode node) {
        PlanNode at = node;
        while (at instanceof PlanNode.Step step) {
            at = step.parent();
        }
        return at;
    }

    /** The partitioner that a chain of steps started with, unless one of them may have changed keys. */
    static Optional<Partitioner> partitionerOfChain(PlanNode node) {
        PlanNode at = node;
        while (at instanceof PlanNode.Step step) {
            if (!step.keepsPartitioning()) {
                return Optional.empty();
            }
            at = step.parent();
        }
        return at.partitioner();
    }

    /** The parent of a node that has one; none in the flat form of a plan. */
    static PlanNode only(List<PlanNode> parents) {
        return first(parents);
    }

    /** The first parent; none in the flat form of a plan. */
    static PlanNode first(List<PlanNode> parents) {
        return parents.isEmpty() ? null : parents.get(0);
    }

    /** The second parent; none in the flat form of a plan. */
    static PlanNode second(List<PlanNode> parents) {
        return parents.isEmpty() ? null : parents.get(1);
    }
}
