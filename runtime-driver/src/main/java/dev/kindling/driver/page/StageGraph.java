package dev.kindling.driver.page;

import dev.kindling.driver.lineage.LayeredLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Stages as boxes from left to right, and arrows along which shuffles go. Of a run with many stages the longest ones.
 * Places are in pixels.
 */
public record StageGraph(double width, double height, List<Box> boxes, List<Arrow> arrows) {
    static final double BOX_WIDTH = 272;
    static final double LINE_HEIGHT = 15;
    private static final int SHOWN_STAGES = 60;

    /** Its number, how many partitions and how many bytes; and the space around the lines. */
    private static final double HEIGHT_BESIDES_LINES = 66;

    /** Of many stages, boxes are small enough that some ten of them can be seen at once. */
    private static final int FEW_STAGES = 12;

    private static final int LINES_OF_FEW = 7;
    private static final int LINES_OF_MANY = 3;

    /**
     * @param id of a stage whose row has the numbers
     * @param calls of the program, in the order in which a row passes them
     * @param lines those that have room
     */
    public record Box(int id, double x, double y, double height, List<String> calls, List<String> lines) {
        public Box {
            lines = List.copyOf(lines);
            calls = List.copyOf(calls);
        }
    }

    /** @param points x and y in turn */
    public record Arrow(int from, int to, List<Double> points) {}

    static StageGraph of(Run run, List<String> notes) {
        Set<Integer> shown = shown(run);
        PageModel.note(notes, run.plans().size() - shown.size(), "shorter stages are not in the graph");
        List<Run.StagePlan> plans = run.plans().stream()
                .filter(plan -> shown.contains(plan.stageId()))
                .toList();
        Map<Integer, Integer> positions = new HashMap<>();
        List<List<Integer>> parents = new ArrayList<>();
        for (Run.StagePlan plan : plans) {
            // A stage has a higher number than those it reads; what is not so is not from a driver.
            parents.add(plan.parents().stream()
                    .filter(positions::containsKey)
                    .distinct()
                    .map(positions::get)
                    .toList());
            positions.put(plan.stageId(), positions.size());
        }
        double[] breadths = new double[plans.size()];
        double[] depths = new double[plans.size()];
        int lineCount = plans.size() <= FEW_STAGES ? LINES_OF_FEW : LINES_OF_MANY;
        List<List<String>> lines =
                plans.stream().map(plan -> linesOf(plan, lineCount)).toList();
        Arrays.setAll(
                breadths,
                box -> HEIGHT_BESIDES_LINES
                        + LINE_HEIGHT
                                * (lines.get(box).size()
                                        + (plans.get(box).skippedByJobs().isEmpty() ? 0 : 1)));
        Arrays.fill(depths, BOX_WIDTH);
        // The layout goes down; turned by a quarter it goes to the right.
        LayeredLayout down = new LayeredLayout(parents, breadths, depths);
        List<Box> boxes = new ArrayList<>();
        for (int box = 0; box < plans.size(); box++) {
            boxes.add(new Box(
                    plans.get(box).stageId(),
                    down.top(box),
                    down.left(box),
                    breadths[box],
                    callsOf(plans.get(box)),
                    lines.get(box)));
        }
        List<Arrow> arrows = down.arrows().stream()
                .map(arrow -> new Arrow(
                        plans.get(arrow.from()).stageId(), plans.get(arrow.to()).stageId(), turned(arrow.points())))
                .toList();
        return new StageGraph(down.height(), down.width(), boxes, arrows);
    }

    /** Ending with what the stage is named after. */
    private static List<String> callsOf(Run.StagePlan plan) {
        List<String> calls = new ArrayList<>(plan.calls());
        if (calls.isEmpty() || !calls.get(calls.size() - 1).startsWith(plan.name())) {
            calls.add(plan.name());
        }
        return calls.stream().map(PageModel::name).toList();
    }

    /** The first calls and the last one, where there are more than have room. */
    private static List<String> linesOf(Run.StagePlan plan, int lineCount) {
        List<String> calls = callsOf(plan);
        if (calls.size() <= lineCount) {
            return calls;
        }
        List<String> lines = new ArrayList<>(calls.subList(0, lineCount - 2));
        lines.add("... " + (calls.size() - lineCount + 1) + " more ...");
        lines.add(calls.get(calls.size() - 1));
        return lines;
    }

    private static Set<Integer> shown(Run run) {
        if (run.plans().size() <= SHOWN_STAGES) {
            return run.plans().stream().map(Run.StagePlan::stageId).collect(Collectors.toCollection(TreeSet::new));
        }
        return StageRow.of(run).stream()
                .sorted((a, b) -> Long.compare(b.durationMs(run.wallMs()), a.durationMs(run.wallMs())))
                .limit(SHOWN_STAGES)
                .map(StageRow::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Double> turned(List<double[]> points) {
        List<Double> numbers = new ArrayList<>();
        for (double[] point : points) {
            numbers.add(point[1]);
            numbers.add(point[0]);
        }
        return numbers;
    }
}
