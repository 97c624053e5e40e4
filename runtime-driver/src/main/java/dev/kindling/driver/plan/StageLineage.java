package dev.kindling.driver.plan;

import dev.kindling.api.Lineage;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** The stages of a cut plan, for people. */
record StageLineage(List<Stage> stages) implements Lineage {
    StageLineage {
        stages = List.copyOf(stages);
    }

    static StageLineage of(StageCut cut, IntPredicate isWritten) {
        List<Stage> stages = new ArrayList<>();
        Map<Integer, Integer> writers = new HashMap<>();
        cut.mapStages().forEach((shuffleId, mapStage) -> {
            writers.put(shuffleId, stages.size());
            stages.add(stage(stages.size(), mapStage.stage(), writers, isWritten.test(shuffleId)));
        });
        stages.add(stage(stages.size(), cut.last(), writers, false));
        return new StageLineage(withSkippedAncestors(stages));
    }

    private static Stage stage(int id, StageCut.Stage cut, Map<Integer, Integer> writers, boolean isSkipped) {
        List<Integer> parents = cut.readsShuffles().stream().map(writers::get).toList();
        List<Step> steps = new ArrayList<>();
        for (PlanNode node : PlanOrder.parentsFirst(cut.root(), n -> false)) {
            List<Integer> made = node.parents().stream().map(PlanNode::id).toList();
            steps.add(
                    new Step(node.id(), node.origin().operation(), node.origin().callSite(), made));
        }
        return new Stage(id, parents, steps, cut.root().partitionCount(), isSkipped);
    }

    /** What only skipped stages read will not run either. */
    private static List<Stage> withSkippedAncestors(List<Stage> stages) {
        Set<Integer> running = new HashSet<>();
        running.add(stages.size() - 1);
        for (int i = stages.size() - 1; i >= 0; i--) {
            Stage stage = stages.get(i);
            if (running.contains(i)) {
                stage.parents().stream()
                        .filter(parent -> !stages.get(parent).skipped())
                        .forEach(running::add);
            }
        }
        return stages.stream()
                .map(s -> new Stage(s.id(), s.parents(), s.steps(), s.tasks(), !running.contains(s.id())))
                .toList();
    }

    @Override
    public String toText() {
        StringBuilder text = new StringBuilder();
        for (Stage stage : stages) {
            text.append("stage ").append(stage.id()).append(": ").append(tasks(stage));
            if (!stage.parents().isEmpty()) {
                text.append(", reads ").append(stage.parents().size() == 1 ? "stage " : "stages ");
                text.append(String.join(
                        ", ", stage.parents().stream().map(String::valueOf).toList()));
            }
            text.append(stage.skipped() ? ", skipped: its output is there\n" : "\n");
            for (String step : mergedSteps(stage)) {
                text.append("    ").append(step).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public String toMermaid() {
        StringBuilder text = new StringBuilder("flowchart TD\n");
        for (Stage stage : stages) {
            text.append("    s").append(stage.id()).append("[\"stage ").append(stage.id());
            text.append(" (")
                    .append(tasks(stage))
                    .append(stage.skipped() ? ", skipped" : "")
                    .append(")");
            mergedSteps(stage).forEach(step -> text.append("<br/>").append(escaped(step)));
            text.append("\"]\n");
        }
        for (Stage stage : stages) {
            stage.parents()
                    .forEach(parent -> text.append("    s")
                            .append(parent)
                            .append(" --> s")
                            .append(stage.id())
                            .append('\n'));
        }
        stages.stream()
                .filter(Stage::skipped)
                .forEach(stage -> text.append("    style s").append(stage.id()).append(" stroke-dasharray: 5 5\n"));
        return text.toString();
    }

    private static String tasks(Stage stage) {
        return stage.tasks() + (stage.tasks() == 1 ? " task" : " tasks");
    }

    /** One line for each call of the program: what a call is made of inside does not matter to its reader. */
    private static List<String> mergedSteps(Stage stage) {
        Set<String> lines = new LinkedHashSet<>();
        for (Step step : stage.steps()) {
            lines.add(step.callSite().isEmpty() ? step.operation() : step.operation() + " at " + step.callSite());
        }
        return List.copyOf(lines);
    }

    private static String escaped(String label) {
        return label.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
