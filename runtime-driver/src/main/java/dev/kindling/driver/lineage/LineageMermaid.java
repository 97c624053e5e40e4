package dev.kindling.driver.lineage;

/**
 * A lineage as a Mermaid flowchart. All text stands in quoted labels, in which Mermaid knows entity codes only: what
 * could mean something to it or to a browser is written as such.
 */
final class LineageMermaid {
    private LineageMermaid() {}

    static String of(LineageGraph graph) {
        StringBuilder text = new StringBuilder("flowchart TD\n");
        for (PlannedStage stage : graph.planned()) {
            text.append("    s").append(stage.id()).append("[\"");
            text.append(String.join(
                    "<br/>", stage.box().stream().map(LineageMermaid::escaped).toList()));
            text.append("\"]\n");
        }
        for (PlannedStage stage : graph.planned()) {
            for (int parent : stage.parents()) {
                text.append("    s").append(parent);
                graph.planned()
                        .get(parent)
                        .output()
                        .ifPresentOrElse(
                                output -> text.append(" -->|\"")
                                        .append(escaped(output.toString()))
                                        .append("\"| "),
                                () -> text.append(" --> "));
                text.append('s').append(stage.id()).append('\n');
            }
        }
        if (graph.planned().stream().anyMatch(stage -> stage.skip().isPresent())) {
            text.append("    classDef skipped stroke-dasharray: 5 5,opacity:0.6\n");
            graph.planned().stream()
                    .filter(stage -> stage.skip().isPresent())
                    .forEach(stage ->
                            text.append("    class s").append(stage.id()).append(" skipped\n"));
        }
        return text.toString();
    }

    private static String escaped(String label) {
        StringBuilder text = new StringBuilder();
        label.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(' ');
            } else if ("\"#&<>;`\\[]{}|".indexOf(c) >= 0) {
                text.append('#').append(c).append(';');
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
