package dev.kindling.plan;

import dev.kindling.api.Partitioner;
import java.util.Optional;

/** Whether rows lie where a step wants them, and if they do not although it looks as if they should: why. */
public final class Placement {
    private Placement() {}

    /** Whether the rows of {@code node} are placed by {@code by}, or by a partitioner that equals it. */
    public static boolean isBy(PlanNode node, Partitioner by) {
        return node.partitioner().equals(Optional.of(by));
    }

    /**
     * Why the rows below {@code shuffle} are moved although they were placed before; empty when they were not. Two
     * partitioners of one class place keys alike in most programs, so what makes them unequal is worth a word.
     */
    public static Optional<String> reasonFor(PlanNode.Shuffle shuffle) {
        return shuffle.parent().partitioner().map(known -> reason(known, shuffle.by()));
    }

    private static String reason(Partitioner known, Partitioner wanted) {
        String both = "placed by " + PartitionerText.of(known) + " before, which is not equal to "
                + PartitionerText.of(wanted);
        if (known.getClass() != wanted.getClass()) {
            return both;
        }
        if (known.numPartitions() != wanted.numPartitions()) {
            return both + ": " + known.numPartitions() + " partitions are not " + wanted.numPartitions();
        }
        return hasOwnEquals(known.getClass())
                ? both + ", its class says"
                : both + ": " + known.getClass().getSimpleName()
                        + " has no equals, so nobody can know that both place keys alike";
    }

    /** Whether objects of a class can be equal at all when they are not the same. */
    public static boolean hasOwnEquals(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every class has equals", e);
        }
    }
}
