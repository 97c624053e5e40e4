package dev.kindling.driver.lineage;

import dev.kindling.api.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One stage of a lineage.
 *
 * @param id position in the lineage
 * @param parents ids of the stages whose shuffles it reads
 * @param calls of the program, in the order in which a row passes them
 * @param tasks one for each partition
 * @param output what it writes; empty for the last stage
 * @param skip present when it would not run
 * @param notes sentences about what could be otherwise
 */
public record PlannedStage(
        int id,
        List<Integer> parents,
        List<PlannedCall> calls,
        int tasks,
        Optional<Output> output,
        Optional<Skip> skip,
        List<String> notes) {
    public PlannedStage {
        parents = List.copyOf(parents);
        calls = List.copyOf(calls);
        notes = List.copyOf(notes);
    }

    /**
     * A shuffle.
     *
     * @param partitioner such as {@code HashPartitioner(8)}
     * @param how what the reading side makes of it: {@code grouped}, {@code combined}, {@code sorted}; empty for nothing
     */
    public record Output(int shuffleId, int partitions, String partitioner, String how) {
        @Override
        public String toString() {
            return partitions + (partitions == 1 ? " partition" : " partitions") + " by " + partitioner
                    + (how.isEmpty() ? "" : ", " + how);
        }
    }

    /**
     * Why it does not run.
     *
     * @param madeByJob the job that has made its output; empty when nobody needs the output
     */
    public record Skip(OptionalInt madeByJob) {
        @Override
        public String toString() {
            return madeByJob.isPresent()
                    ? "job " + madeByJob.getAsInt() + " has made its output"
                    : "only skipped stages read it";
        }
    }

    Lineage.Stage asStage() {
        List<Lineage.Step> steps = new ArrayList<>();
        calls.forEach(call -> steps.addAll(call.steps()));
        return new Lineage.Stage(id, parents, steps, tasks, skip.isPresent());
    }

    /** Such as {@code stage 2: 8 tasks}. */
    String title() {
        return "stage " + id + ": " + tasks + (tasks == 1 ? " task" : " tasks");
    }

    /** What stands below the title, one line each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        calls.forEach(call -> lines.add(call.toString()));
        output.ifPresent(written -> lines.add("-> " + written));
        return lines;
    }

    /** All that stands in its box of a drawing, one line each; the arrows say what it writes. */
    List<String> box() {
        List<String> lines = new ArrayList<>();
        lines.add(title());
        skip.ifPresent(why -> lines.add("skipped: " + why));
        calls.forEach(call -> lines.add(call.toString()));
        notes.forEach(note -> lines.add("note: " + note));
        return lines;
    }
}
