package dev.kindling.protocol;

import dev.kindling.api.StorageLevel;
import java.util.List;

/** What a task reads from one leaf of its stage, complete: no further question to the driver is needed. */
public sealed interface TaskInput {
    int leafId();

    int leafPartition();

    /** An encoded split or slice. */
    record Bytes(int leafId, int leafPartition, byte[] bytes) implements TaskInput {}

    /** All map outputs of a shuffle, in the order of their map partitions, with the executors that hold them. */
    record ShuffleInput(
            int leafId, int leafPartition, int shuffleId, List<ExecutorAddress> executors, List<MapSource> sources)
            implements TaskInput {
        public ShuffleInput {
            executors = List.copyOf(executors);
            sources = List.copyOf(sources);
        }
    }

    /**
     * A partition of a persisted set. With holders, the task reads it from one of them, and what it is made of is not
     * among the task's inputs; without, the task computes it and keeps it as {@code level} says. A partition that is
     * not named in a launch is computed and not kept.
     *
     * @param leafId the set's id
     * @param leafPartition the partition of the set
     * @param holders where it lies, the nearest first
     */
    record CachedPartition(int leafId, int leafPartition, int epoch, StorageLevel level, List<ExecutorAddress> holders)
            implements TaskInput {
        public CachedPartition {
            holders = List.copyOf(holders);
        }

        public CachedBlockId block() {
            return new CachedBlockId(leafId, epoch, leafPartition);
        }
    }
}
