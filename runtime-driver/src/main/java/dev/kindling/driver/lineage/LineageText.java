package dev.kindling.driver.lineage;

import java.util.stream.Collectors;

/** A lineage for a terminal: one paragraph a stage, one line a call. */
final class LineageText {
    private LineageText() {}

    static String of(LineageGraph graph) {
        StringBuilder text = new StringBuilder();
        for (PlannedStage stage : graph.planned()) {
            text.append(stage.title());
            if (!stage.parents().isEmpty()) {
                text.append(stage.parents().size() == 1 ? ", reads stage " : ", reads stages ");
                text.append(stage.parents().stream().map(String::valueOf).collect(Collectors.joining(", ")));
            }
            stage.skip().ifPresent(why -> text.append(", skipped: ").append(why));
            text.append('\n');
            stage.lines()
                    .forEach(line -> text.append("    ").append(oneLine(line)).append('\n'));
            stage.notes()
                    .forEach(note ->
                            text.append("    note: ").append(oneLine(note)).append('\n'));
        }
        return text.toString();
    }

    /** A name may contain anything. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
