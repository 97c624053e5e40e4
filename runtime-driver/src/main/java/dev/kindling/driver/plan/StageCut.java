package dev.kindling.driver.plan;

import dev.kindling.plan.BucketSizing;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A plan cut at its shuffles. In every stage a {@link PlanNode.ShuffleRead} stands where the plan had a shuffle, so
 * that a stage can be sent without what is below it, and a {@link PlanNode.Cached} around each persisted set. A shuffle that is reached by several ways is cut once.
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

    private final IntPredicate isPersisted;

    private StageCut(PlanNode root, IntPredicate isPersisted) {
        this.isPersisted = isPersisted;
        last = stageOf(root);
    }

    /** @param isPersisted of which sets, by their ids, the partitions are kept */
    static StageCut of(PlanNode root, IntPredicate isPersisted) {
        return new StageCut(root, isPersisted);
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
            PlanNode made = inStage(node, cut, reads);
            boolean isKept = isPersisted.test(node.id());
            cut.put(node, isKept ? new PlanNode.Cached(node.id(), node.origin(), made) : made);
        }
        return new Stage(cut.get(root), List.copyOf(reads));
    }

    private PlanNode inStage(PlanNode node, IdentityHashMap<PlanNode, PlanNode> cut, Set<Integer> reads) {
        if (node instanceof PlanNode.Shuffle shuffle) {
            return read(shuffle, reads);
        }
        return node instanceof PlanNode.Checkpointed checkpointed
                ? cut.get(checkpointed.parent())
                : overCutParents(node, cut);
    }

    private static PlanNode overCutParents(PlanNode node, IdentityHashMap<PlanNode, PlanNode> cut) {
        List<PlanNode> parents = new ArrayList<>(node.parents());
        parents.replaceAll(cut::get);
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
            int buckets = BucketSizing.bucketsPerPartition(shuffle);
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
