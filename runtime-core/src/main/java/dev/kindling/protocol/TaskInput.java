package dev.kindling.protocol;

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
}
