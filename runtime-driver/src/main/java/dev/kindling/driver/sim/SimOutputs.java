package dev.kindling.driver.sim;

import dev.kindling.protocol.TaskResult;
import dev.kindling.storage.OutputStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The storage that all simulated executors share: part files of attempts, what of them has become visible, and which
 * outputs are marked as complete, in the steps in which a real store does it.
 */
final class SimOutputs {
    private final TreeMap<String, TreeMap<String, byte[]>> attemptFiles = new TreeMap<>();
    private final TreeMap<String, TreeMap<String, byte[]>> visible = new TreeMap<>();
    private final TreeSet<String> complete = new TreeSet<>();

    TaskResult.PartWritten write(String target, int partition, String attempt, byte[] bytes) {
        String file = "_temporary/" + attempt;
        attemptFiles.computeIfAbsent(target, name -> new TreeMap<>()).put(file, bytes);
        return new TaskResult.PartWritten(file, "part-" + (100_000 + partition), 1, bytes.length);
    }

    Publication publish(String target, List<OutputStore.Part> parts) {
        if (visible.containsKey(target) || complete.contains(target)) {
            throw new SimViolation(target + " is published twice");
        }
        visible.put(target, new TreeMap<>());
        return new Publication(target, parts);
    }

    /** An output on its way: each step may be the last one of the process that takes it. */
    final class Publication {
        private final String target;
        private final ArrayDeque<OutputStore.Part> left;

        private Publication(String target, List<OutputStore.Part> parts) {
            this.target = target;
            this.left = new ArrayDeque<>(parts);
        }

        /** Takes one step; true when it was the one that makes the output complete. */
        boolean step() {
            OutputStore.Part part = left.poll();
            if (part == null) {
                attemptFiles.remove(target);
                complete.add(target);
                return true;
            }
            byte[] bytes = attemptFiles.getOrDefault(target, new TreeMap<>()).remove(part.attemptFile());
            if (bytes == null) {
                throw new SimViolation("part " + part.attemptFile() + " of " + target + " is not there to publish");
            }
            if (visible.get(target).put(part.finalName(), bytes) != null) {
                throw new SimViolation(part.finalName() + " of " + target + " was published twice");
            }
            return false;
        }
    }

    void discard(String target) {
        if (complete.contains(target)) {
            throw new SimViolation(target + " is discarded after it was published");
        }
        attemptFiles.remove(target);
        visible.remove(target);
    }

    void discardPart(String target, String file) {
        TreeMap<String, byte[]> files = attemptFiles.get(target);
        if (files != null) {
            files.remove(file);
        }
    }

    boolean isComplete(String target) {
        return complete.contains(target);
    }

    /** By final name, whether complete or not. */
    TreeMap<String, byte[]> visible(String target) {
        return visible.getOrDefault(target, new TreeMap<>());
    }
}
