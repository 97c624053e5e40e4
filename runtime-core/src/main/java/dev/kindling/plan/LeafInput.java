package dev.kindling.plan;

/**
 * What one task reads from one leaf of its stage: opaque to the driver core, it travels with the task.
 *
 * @param leafId id of the {@link PlanNode.Slices}, {@link PlanNode.FileInput} or {@link PlanNode.ShuffleRead} node
 * @param leafPartition the leaf's own partition index
 */
public sealed interface LeafInput {
    int leafId();

    int leafPartition();

    /**
     * A part of the input: an encoded {@code Split}, or a slice of rows in the result page format.
     *
     * @param inputBytes what the task reads by it
     */
    record Bytes(int leafId, int leafPartition, byte[] bytes, long inputBytes) implements LeafInput {
        /** Rows that travel themselves. */
        public Bytes(int leafId, int leafPartition, byte[] rows) {
            this(leafId, leafPartition, rows, rows.length);
        }
    }

    /** One partition of a shuffle; where its map outputs lie is added by the driver core when it launches the task. */
    record ShufflePartition(int leafId, int leafPartition, int shuffleId) implements LeafInput {}

    /**
     * A partition of a persisted set, in the way of what it is made of; who holds it is added by the driver core.
     *
     * @param leafId the set's id
     * @param leafPartition the partition of the set
     */
    record CachedPartition(int leafId, int leafPartition) implements LeafInput {}
}
