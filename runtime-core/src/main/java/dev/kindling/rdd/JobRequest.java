package dev.kindling.rdd;

import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.util.FirstIndexes;
import java.util.List;
import java.util.SortedMap;

/**
 * One action.
 *
 * @param root the set it is called on
 * @param sink what is done with each partition: a result function, or the output of text files
 * @param partitions those to compute, in the order in which they are wanted
 * @param description for people, such as {@code collect at ZipCount.java:12}
 * @param properties of the thread that called it
 * @param inputs what the input leaves below {@code root} read
 */
public record JobRequest(
        PlanNode root,
        StageBody.Sink sink,
        List<Integer> partitions,
        String description,
        SortedMap<String, String> properties,
        LeafInputs inputs) {
    public JobRequest {
        partitions = FirstIndexes.copyOf(partitions);
    }
}
