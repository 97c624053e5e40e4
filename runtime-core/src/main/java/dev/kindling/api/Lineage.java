package dev.kindling.api;

import java.util.List;

/**
 * What a set is made of, before anything runs: the stages an action on it would have, and their steps. A picture of the
 * moment: what later jobs or losses change, it does not show. In every form, text of the program is escaped.
 */
public interface Lineage {
    /** Parents before children; the last stage computes the set itself. */
    List<Stage> stages();

    /** For a terminal: one paragraph a stage, one line a call. */
    String toText();

    /** A Mermaid flowchart. */
    String toMermaid();

    /** For Graphviz. */
    String toDot();

    /** A picture that stands alone, in colors that follow the viewer's preference for light or dark. */
    String toSvg();

    /** For tools; its fields are described in docs/lineage.md. */
    String toJson();

    /**
     * What runs between two shuffles.
     *
     * @param id position in {@link #stages}, from 0
     * @param parents ids of the stages whose shuffles it reads
     * @param steps in the order in which a row passes them
     * @param tasks one for each partition
     * @param skipped whether it would not run: its map outputs are there already, or nothing that would run reads them
     */
    record Stage(int id, List<Integer> parents, List<Step> steps, int tasks, boolean skipped) {
        public Stage {
            parents = List.copyOf(parents);
            steps = List.copyOf(steps);
        }
    }

    /**
     * One set of the program.
     *
     * @param operation as the user wrote it, such as {@code mapToPair}
     * @param callSite such as {@code ZipCount.java:42}; empty when unknown
     * @param parents ids of the sets it is made of
     * @param cached whether it is persisted: what is kept of it is read, not computed
     * @param checkpointed whether it is read from a checkpoint, so that what is below is not needed any more
     */
    record Step(
            int rddId, String operation, String callSite, List<Integer> parents, boolean cached, boolean checkpointed) {
        public Step {
            parents = List.copyOf(parents);
        }
    }
}
