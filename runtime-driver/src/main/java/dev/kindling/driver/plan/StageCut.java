package dev.kindling.driver.plan;

import dev.kindling.plan.BucketSizing;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plan cut at its shuffles. In every stage a {@link PlanNode.ShuffleRead} stands where the plan had a shuffle, so
 * that a stage can be sent without what is below it. A shuffle that is reached by several ways is cut once.
 */
final class StageCut {
    /**
     * One stage's chain.
     *
     * @param root with reads in the place of shuffles
     * @param readsShuffles ids of these shuffles
     */
    record Stage(PlanNode root, List<Integer> readsShuffles) {}

    /** The stage that writes {@code shuffle}; {@code bucketsPerPartition} holds for writer and readers. */
    record MapStage(PlanNode.Shuffle shuffle, Stage stage, int bucketsPerPartition) {}

    private final Map<Integer, MapStage> mapStages = new LinkedHashMap<>();
    private final Stage last;

    private StageCut(PlanNode root) {
        last = stageOf(root);
    }

    static StageCut of(PlanNode root) {
        return new StageCut(root);
    }

    /** By shuffle id, parents before children. */
    Map<Integer, MapStage> mapStages() {
        return mapStages;
    }

    /** The stage that computes the root's own rows. */
    Stage last() {
        return last;
    }

    private Stage stageOf(PlanNode root) {
        Set<Integer> reads = new LinkedHashSet<>();
        PlanNode cut = cut(root, reads, new IdentityHashMap<>());
        return new Stage(cut, List.copyOf(reads));
    }

    private PlanNode cut(PlanNode node, Set<Integer> reads, IdentityHashMap<PlanNode, PlanNode> done) {
        PlanNode known = done.get(node);
        if (known != null) {
            return known;
        }
        PlanNode made = node instanceof PlanNode.Shuffle shuffle ? read(shuffle, reads) : withParents(node, reads, done);
        done.put(node, made);
        return made;
    }

    private PlanNode read(PlanNode.Shuffle shuffle, Set<Integer> reads) {
        reads.add(shuffle.shuffleId());
        MapStage below = mapStages.get(shuffle.shuffleId());
        if (below == null) {
            int buckets = BucketSizing.bucketsPerPartition(
                    shuffle.partitionCount(), shuffle.reduceSide() instanceof ReduceSide.Sorted);
            // First what is below: this is what puts parents before children.
            below = new MapStage(shuffle, stageOf(shuffle.parent()), buckets);
            mapStages.put(shuffle.shuffleId(), below);
        }
        return new PlanNode.ShuffleRead(
                shuffle.id(),
                shuffle.origin(),
                shuffle.shuffleId(),
                shuffle.reduceSide(),
                shuffle.by(),
                below.bucketsPerPartition());
    }

    private PlanNode withParents(PlanNode node, Set<Integer> reads, IdentityHashMap<PlanNode, PlanNode> done) {
        List<PlanNode> parents = new ArrayList<>();
        boolean isSame = true;
        for (PlanNode parent : node.parents()) {
            PlanNode cut = cut(parent, reads, done);
            isSame &= cut == parent;
            parents.add(cut);
        }
        if (isSame) {
            return node;
        }
        if (node instanceof PlanNode.Rows rows) {
            return new PlanNode.Rows(
                    rows.id(), rows.origin(), parents.get(0), rows.function(), rows.keepsPartitioning());
        } else if (node instanceof PlanNode.Partitions partitions) {
            return new PlanNode.Partitions(
                    partitions.id(),
                    partitions.origin(),
                    parents.get(0),
                    partitions.function(),
                    partitions.keepsPartitioning());
        } else if (node instanceof PlanNode.Union union) {
            return new PlanNode.Union(union.id(), union.origin(), parents);
        } else if (node instanceof PlanNode.Coalesce coalesce) {
            return new PlanNode.Coalesce(
                    coalesce.id(), coalesce.origin(), parents.get(0), coalesce.partitionCount());
        } else if (node instanceof PlanNode.CoGroup coGroup) {
            return new PlanNode.CoGroup(coGroup.id(), coGroup.origin(), parents, coGroup.by());
        }
        throw new IllegalArgumentException("a " + node.getClass().getSimpleName() + " has no parents to replace");
    }
}
