package dev.kindling.driver.core;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskResult;
import dev.kindling.storage.OutputStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which attempt's part file stands for each partition of a saved output: the first one reported, for ever.
 *
 * <p>A part lies on storage that all share, so, unlike a map output, it outlives the executor that wrote it: the loss
 * of that executor takes nothing back.
 */
final class CommitCore {
    final String target;

    private final Set<PlantedBug> bugs;
    private final TreeMap<Integer, AttemptId> accepted = new TreeMap<>();
    private final TreeMap<Integer, OutputStore.Part> parts = new TreeMap<>();

    CommitCore(String target) {
        this(target, PlantedBug.NONE);
    }

    CommitCore(String target, Set<PlantedBug> bugs) {
        this.target = target;
        this.bugs = bugs;
    }

    /** True when this attempt's part is now the partition's. */
    boolean accept(AttemptId attempt, TaskResult.PartWritten part) {
        if (accepted.containsKey(attempt.partition()) && !bugs.contains(PlantedBug.SECOND_PART_COMMITTED)) {
            return isAccepted(attempt);
        }
        accepted.put(attempt.partition(), attempt);
        parts.put(
                attempt.partition(),
                new OutputStore.Part(part.attemptFile(), part.finalName(), part.rowCount(), part.byteCount()));
        return true;
    }

    boolean isAccepted(AttemptId attempt) {
        return attempt.equals(accepted.get(attempt.partition()));
    }

    /** In the order of their partitions. */
    List<OutputStore.Part> parts() {
        return new ArrayList<>(parts.values());
    }
}
