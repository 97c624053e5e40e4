package dev.kindling.driver.plan;

import dev.kindling.plan.BucketSizing;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.PlanOrder;
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
        IdentityHashMap<PlanNode, PlanNode> cut = new IdentityHashMap<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, PlanNode.Shuffle.class::isInstance)) {
            cut.put(node, node instanceof PlanNode.Shuffle shuffle ? read(shuffle, reads) : overCutParents(node, cut));
        }
        return new Stage(cut.get(root), List.copyOf(reads));
    }

    private static PlanNode overCutParents(PlanNode node, IdentityHashMap<PlanNode, PlanNode> cut) {
        List<PlanNode> parents = node.parents().stream().map(cut::get).toList();
        boolean isUncut = true;
        for (int i = 0; i < parents.size(); i++) {
            isUncut &= parents.get(i) == node.parents().get(i);
        }
        return isUncut ? node : node.withParents(parents);
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
}
