package dev.kindling.api;

import java.util.List;

/** What a set is made of, before anything runs: the stages an action on it would have, and their steps. */
public interface Lineage {
    /** Parents before children; the last stage computes the set itself. */
    List<Stage> stages();

    /** For a terminal: one paragraph a stage, one line a step. */
    String toText();

    /** A Mermaid flowchart. */
    String toMermaid();

    /**
     * What runs between two shuffles.
     *
     * @param id position in {@link #stages}, from 0
     * @param parents ids of the stages whose shuffles it reads
     * @param steps in the order in which a row passes them
     * @param tasks one for each partition
     * @param skipped whether its map outputs are there already, so that it will not run again
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
     */
    record Step(int rddId, String operation, String callSite, List<Integer> parents) {
        public Step {
            parents = List.copyOf(parents);
        }
    }
}
