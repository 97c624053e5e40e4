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
 * @param together whether small ones run together
 * @param output what it writes; empty for the last stage
 * @param skip present when it would not run
 * @param notes sentences about what could be otherwise
 */
public record PlannedStage(
        int id,
        List<Integer> parents,
        List<PlannedCall> calls,
        int tasks,
        Together together,
        Optional<Output> output,
        Optional<Skip> skip,
        List<String> notes) {
    public PlannedStage {
        parents = List.copyOf(parents);
        calls = List.copyOf(calls);
        notes = List.copyOf(notes);
    }

    /** Whether neighbours that read little may run as one task, and if not, why. */
    public enum Together {
        SMALL_ONES(", small ones together"),
        /** Its input is cut to size. */
        NOT_AFTER_A_SHUFFLE(""),
        /** The program counts on that many. */
        NUMBER_NAMED(" as named"),
        /** It reads files or rows of the program as well, whose splits nobody has measured. */
        INPUT_BESIDES("");

        private final String words;

        Together(String words) {
            this.words = words;
        }
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

    /** Such as {@code stage 2: 8 tasks, small ones together}. */
    String title() {
        return "stage " + id + ": " + tasks + (tasks == 1 ? " task" : " tasks" + together.words);
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
