package dev.kindling.driver.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.plan.LeafInput;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.rdd.LeafInputs;
import dev.kindling.rdd.LeafSource;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitCodec;
import dev.kindling.util.ByteSizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What each task of one stage reads: follows a partition of the stage's root down to the partitions of its leaves.
 * Immutable; holds the inputs themselves, so that it answers as long as anybody has it.
 */
final class StageInputs implements JobGraph.TaskInputs {
    /** Leaves a quarter of the frame to everything else. */
    private static final long MAX_TASK_INPUT_BYTES = FrameCodec.MAX_FRAME_BYTES / 4 * 3;

    private final PlanNode root;
    private final Map<Integer, LeafSource> sources;

    private StageInputs(PlanNode root, Map<Integer, LeafSource> sources) {
        this.root = root;
        this.sources = sources;
    }

    static StageInputs of(PlanNode root, LeafInputs inputs) {
        Map<Integer, LeafSource> sources = new HashMap<>();
        for (PlanNode leaf : leavesOf(root)) {
            if (leaf instanceof PlanNode.Slices || leaf instanceof PlanNode.FileInput) {
                sources.put(leaf.id(), inputs.of(leaf));
            }
        }
        StageInputs stage = new StageInputs(root, sources);
        stage.checkSlices();
        return stage;
    }

    /** The program's own rows travel inside the launch of their task, which is one frame. */
    private void checkSlices() {
        long inAllBytes = 0;
        for (LeafSource source : sources.values()) {
            if (source instanceof LeafSource.Slices slices) {
                for (byte[] page : slices.pages()) {
                    inAllBytes += page.length;
                }
            }
        }
        for (int partition = 0; inAllBytes > MAX_TASK_INPUT_BYTES && partition < root.partitionCount(); partition++) {
            long bytes = 0;
            for (LeafInput input : of(partition)) {
                bytes += input instanceof LeafInput.Bytes rows ? rows.bytes().length : 0;
            }
            if (bytes > MAX_TASK_INPUT_BYTES) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        root.origin() + ": partition " + partition + " of " + root.partitionCount() + " would be sent "
                                + ByteSizes.format(bytes) + " of rows given by the program, "
                                + ByteSizes.format(MAX_TASK_INPUT_BYTES)
                                + " is the most: parallelize them into more partitions, or read them from a file");
            }
        }
    }

    /** The leaves of a stage, each once. */
    static List<PlanNode> leavesOf(PlanNode root) {
        List<PlanNode> leaves = PlanOrder.parentsFirst(root, node -> false);
        leaves.removeIf(node -> !node.parents().isEmpty());
        return leaves;
    }

    @Override
    public List<LeafInput> of(int partition) {
        return of(partition, (setId, setPartition) -> false);
    }

    @Override
    public List<LeafInput> of(int partition, JobGraph.HeldPartitions held) {
        List<LeafInput> inputs = new ArrayList<>();
        add(root, partition, held, new Seen(new HashSet<>(), new HashSet<>()), inputs);
        return inputs;
    }

    /** A set that is joined with itself is read twice: its input travels once. A shuffle and its set have one id. */
    private record Seen(Set<Long> leaves, Set<Long> sets) {
        boolean add(PlanNode node, int partition) {
            return (node instanceof PlanNode.Cached ? sets : leaves).add((long) node.id() << 32 | partition);
        }
    }

    private void add(PlanNode from, int partition, JobGraph.HeldPartitions held, Seen seen, List<LeafInput> inputs) {
        walk(from, partition, (node, nodePartition) -> {
            if (!seen.add(node, nodePartition)) {
                return;
            }
            if (node instanceof PlanNode.Cached cached) {
                inputs.add(new LeafInput.CachedPartition(cached.id(), nodePartition));
                if (!held.isHeld(cached.id(), nodePartition)) {
                    add(cached.parent(), nodePartition, held, seen, inputs);
                }
            } else {
                add(node, nodePartition, inputs);
            }
        });
    }

    private void add(PlanNode leaf, int leafPartition, List<LeafInput> inputs) {
        if (leaf instanceof PlanNode.ShuffleRead read) {
            inputs.add(new LeafInput.ShufflePartition(leaf.id(), leafPartition, read.shuffleId()));
            return;
        }
        LeafSource source = sources.get(leaf.id());
        if (source instanceof LeafSource.Slices slices) {
            inputs.add(
                    new LeafInput.Bytes(leaf.id(), leafPartition, slices.pages().get(leafPartition)));
        } else if (source instanceof LeafSource.Splits splits) {
            Split split = splits.splits().get(leafPartition);
            inputs.add(new LeafInput.Bytes(leaf.id(), leafPartition, SplitCodec.encode(split), split.byteCount()));
        }
    }

    @Override
    public List<String> preferredHosts(int partition) {
        List<String> hosts = new ArrayList<>();
        walkToLeaves(root, partition, (leaf, leafPartition) -> {
            if (hosts.isEmpty() && sources.get(leaf.id()) instanceof LeafSource.Splits splits) {
                hosts.addAll(splits.splits().get(leafPartition).preferredHosts());
            }
        });
        return hosts;
    }

    /** As {@link #walk}, also below persisted sets. */
    static void walkToLeaves(PlanNode root, int partition, BiConsumer<PlanNode, Integer> visitor) {
        walk(root, partition, (node, nodePartition) -> {
            if (node instanceof PlanNode.Cached cached) {
                walkToLeaves(cached.parent(), nodePartition, visitor);
            } else {
                visitor.accept(node, nodePartition);
            }
        });
    }

    /**
     * Calls {@code visitor} with every leaf partition that {@code partition} of {@code root} is made of, in order, and
     * with that of a persisted set in the place of what it is made of.
     */
    private static void walk(PlanNode root, int partition, BiConsumer<PlanNode, Integer> visitor) {
        PlanNode node = root;
        while (node instanceof PlanNode.Rows || node instanceof PlanNode.Partitions) {
            node = node.parents().get(0);
        }
        if (node instanceof PlanNode.Union union) {
            int offset = partition;
            for (PlanNode parent : union.parents()) {
                int count = parent.partitionCount();
                if (offset < count) {
                    walk(parent, offset, visitor);
                    return;
                }
                offset -= count;
            }
            throw new IllegalArgumentException("partition " + partition + " of a union of " + node.partitionCount());
        } else if (node instanceof PlanNode.Coalesce coalesce) {
            int end = coalesce.firstParentPartition(partition + 1);
            for (int i = coalesce.firstParentPartition(partition); i < end; i++) {
                walk(coalesce.parent(), i, visitor);
            }
        } else if (node instanceof PlanNode.Pruned pruned) {
            if (pruned.kept().test(partition)) {
                walk(pruned.parent(), partition, visitor);
            }
        } else if (node instanceof PlanNode.Cartesian cartesian) {
            walk(cartesian.left(), cartesian.leftPartition(partition), visitor);
            walk(cartesian.right(), cartesian.rightPartition(partition), visitor);
        } else if (node.parents().isEmpty() || node instanceof PlanNode.Cached) {
            visitor.accept(node, partition);
        } else {
            for (PlanNode parent : node.parents()) {
                walk(parent, partition, visitor);
            }
        }
    }
}
