package dev.kindling.driver.lineage;

/** A lineage in the language of Graphviz: {@code dot -Tpng}. */
final class LineageDot {
    private LineageDot() {}

    static String of(LineageGraph graph) {
        StringBuilder text = new StringBuilder("digraph lineage {\n    node [shape=box, fontname=\"monospace\"];\n");
        for (PlannedStage stage : graph.planned()) {
            text.append("    s").append(stage.id()).append(" [label=\"");
            stage.box().forEach(line -> text.append(escaped(line)).append("\\l"));
            text.append('"')
                    .append(stage.skip().isPresent() ? ", style=dashed" : "")
                    .append("];\n");
        }
        for (PlannedStage stage : graph.planned()) {
            for (int parent : stage.parents()) {
                text.append("    s").append(parent).append(" -> s").append(stage.id());
                graph.planned()
                        .get(parent)
                        .output()
                        .ifPresent(output -> text.append(" [label=\"")
                                .append(escaped(output.toString()))
                                .append("\"]"));
                text.append(";\n");
            }
        }
        return text.append("}\n").toString();
    }

    /** In a quoted string, a backslash begins an escape and an ampersand an entity. */
    private static String escaped(String label) {
        return label.replaceAll("\\p{Cntrl}", " ")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("&", "&amp;");
    }
}
