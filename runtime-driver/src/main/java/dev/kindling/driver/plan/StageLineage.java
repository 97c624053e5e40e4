package dev.kindling.driver.plan;

import dev.kindling.api.Lineage;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.lineage.LineageGraph;
import dev.kindling.driver.lineage.PlannedCall;
import dev.kindling.driver.lineage.PlannedStage;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PartitionerText;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.PlanOrder;
import dev.kindling.rdd.SetMarks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;

/** Makes the lineage of a set from its cut plan, from what the program has said of its sets, and from past jobs. */
final class StageLineage {
    private final StageCut cut;
    private final SetMarks marks;
    private final IntFunction<OptionalInt> madeByJob;
    private final Map<Integer, List<String>> notes;
    private final Map<Integer, Integer> writers = new HashMap<>();
    /** By the id of what is read in their place. */
    private final Map<Integer, PlanNode.Checkpointed> checkpointed = new HashMap<>();

    private final List<PlannedStage> stages = new ArrayList<>();

    private StageLineage(PlanNode root, StageCut cut, SetMarks marks, IntFunction<OptionalInt> madeByJob) {
        this.cut = cut;
        this.marks = marks;
        this.madeByJob = madeByJob;
        this.notes = PartitionerNotes.of(root);
        for (PlanNode node : PlanOrder.parentsFirst(root, n -> false)) {
            if (node instanceof PlanNode.Checkpointed set) {
                checkpointed.put(set.parent().id(), set);
            }
        }
    }

    /** @param madeByJob the job that has made the map outputs of a shuffle, by the shuffle's id */
    static LineageGraph of(PlanNode root, StageCut cut, SetMarks marks, IntFunction<OptionalInt> madeByJob) {
        return new StageLineage(root, cut, marks, madeByJob).build();
    }

    private LineageGraph build() {
        for (StageCut.MapStage mapStage : cut.mapStages().values()) {
            writers.put(mapStage.shuffle().shuffleId(), stages.size());
            stages.add(stage(mapStage.stage(), Optional.of(mapStage.shuffle())));
        }
        stages.add(stage(cut.last(), Optional.empty()));
        return new LineageGraph(withSkips());
    }

    private PlannedStage stage(StageCut.Stage stage, Optional<PlanNode.Shuffle> writes) {
        return new PlannedStage(
                stages.size(),
                stage.readsShuffles().stream().map(writers::get).toList(),
                callsOf(stage.root()),
                stage.root().partitionCount(),
                together(stage),
                writes.map(StageLineage::outputOf),
                Optional.empty(),
                writes.map(shuffle -> notes.getOrDefault(shuffle.shuffleId(), List.of()))
                        .orElse(List.of()));
    }

    private PlannedStage.Together together(StageCut.Stage stage) {
        if (stage.readsShuffles().isEmpty()) {
            return PlannedStage.Together.NOT_AFTER_A_SHUFFLE;
        }
        boolean isNumberNamed = false;
        for (PlanNode node : PlanOrder.parentsFirst(stage.root(), n -> false)) {
            if (node instanceof PlanNode.ShuffleRead read) {
                PlanNode.Shuffle shuffle = cut.mapStages().get(read.shuffleId()).shuffle();
                isNumberNamed |= !shuffle.by().hasDefaultCount();
            } else if (node.parents().isEmpty()) {
                return PlannedStage.Together.INPUT_BESIDES;
            }
        }
        return isNumberNamed ? PlannedStage.Together.NUMBER_NAMED : PlannedStage.Together.SMALL_ONES;
    }

    private static PlannedStage.Output outputOf(PlanNode.Shuffle shuffle) {
        ReduceSide side = shuffle.reduceSide();
        String how = side instanceof ReduceSide.Groups
                ? "grouped"
                : side instanceof ReduceSide.Sorted
                        ? "sorted"
                        : side instanceof ReduceSide.Combined combined
                                ? combined.mapSide() ? "combined before and after" : "combined"
                                : "";
        return new PlannedStage.Output(
                shuffle.shuffleId(), shuffle.partitionCount(), PartitionerText.of(shuffle.by()), how);
    }

    // ---- calls of the program ---------------------------------------------------------------------------------------

    /** All nodes that one call has made share its origin. */
    private List<PlannedCall> callsOf(PlanNode root) {
        Map<Origin, List<Lineage.Step>> byCall = new IdentityHashMap<>();
        List<Origin> order = new ArrayList<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, n -> false)) {
            // It stands around its own set, which is a step already.
            if (!(node instanceof PlanNode.Cached)) {
                PlanNode known = asKnown(node);
                List<Lineage.Step> steps = byCall.computeIfAbsent(known.origin(), origin -> {
                    order.add(origin);
                    return new ArrayList<>();
                });
                steps.add(stepOf(known));
            }
        }
        return order.stream().map(origin -> call(origin, byCall.get(origin))).toList();
    }

    /** The set that the program knows where its checkpoint is read. */
    private PlanNode asKnown(PlanNode node) {
        PlanNode.Checkpointed set = checkpointed.get(node.id());
        return set == null ? node : set;
    }

    private Lineage.Step stepOf(PlanNode node) {
        return new Lineage.Step(
                node.id(),
                node.origin().operation(),
                node.origin().callSite(),
                parentsOf(node),
                !marks.levelOf(node.id()).equals(StorageLevel.NONE),
                node instanceof PlanNode.Checkpointed || marks.isCheckpointed(node.id()));
    }

    private List<Integer> parentsOf(PlanNode node) {
        if (node instanceof PlanNode.Checkpointed) {
            return List.of();
        }
        return node instanceof PlanNode.ShuffleRead read
                ? List.of(
                        cut.mapStages().get(read.shuffleId()).shuffle().parent().id())
                : node.parents().stream().map(PlanNode::id).toList();
    }

    private PlannedCall call(Origin origin, List<Lineage.Step> steps) {
        String name = "";
        StorageLevel level = StorageLevel.NONE;
        boolean isCheckpointed = false;
        for (Lineage.Step step : steps) {
            name = marks.nameOf(step.rddId()).orElse(name);
            level = step.cached() ? marks.levelOf(step.rddId()) : level;
            isCheckpointed |= step.checkpointed();
        }
        return new PlannedCall(name, origin.operation(), origin.callSite(), level, isCheckpointed, steps);
    }

    // ---- what will not run ------------------------------------------------------------------------------------------

    private List<PlannedStage> withSkips() {
        Map<Integer, OptionalInt> made = new LinkedHashMap<>();
        cut.mapStages().keySet().forEach(shuffle -> made.put(writers.get(shuffle), madeByJob.apply(shuffle)));
        Set<Integer> running = new HashSet<>();
        running.add(stages.size() - 1);
        for (int i = stages.size() - 1; i >= 0; i--) {
            if (running.contains(i)) {
                stages.get(i).parents().stream()
                        .filter(parent -> made.get(parent).isEmpty())
                        .forEach(running::add);
            }
        }
        return stages.stream()
                .map(stage -> running.contains(stage.id()) ? stage : skipped(stage, made.get(stage.id())))
                .toList();
    }

    private static PlannedStage skipped(PlannedStage stage, OptionalInt madeBy) {
        return new PlannedStage(
                stage.id(),
                stage.parents(),
                stage.calls(),
                stage.tasks(),
                stage.together(),
                stage.output(),
                Optional.of(new PlannedStage.Skip(madeBy)),
                stage.notes());
    }
}
