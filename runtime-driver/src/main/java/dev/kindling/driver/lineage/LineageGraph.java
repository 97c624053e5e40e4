package dev.kindling.driver.lineage;

import dev.kindling.api.Lineage;
import java.util.List;

/**
 * The stages that an action on a set would have.
 *
 * @param planned parents before children; the last one computes the set
 */
public record LineageGraph(List<PlannedStage> planned) implements Lineage {
    public LineageGraph {
        planned = List.copyOf(planned);
    }

    @Override
    public List<Stage> stages() {
        return planned.stream().map(PlannedStage::asStage).toList();
    }

    @Override
    public String toText() {
        return LineageText.of(this);
    }

    @Override
    public String toMermaid() {
        return LineageMermaid.of(this);
    }

    @Override
    public String toDot() {
        return LineageDot.of(this);
    }

    @Override
    public String toSvg() {
        return LineageSvg.of(this);
    }

    @Override
    public String toJson() {
        return LineageJson.of(this);
    }

    @Override
    public String toString() {
        return toText();
    }
}
