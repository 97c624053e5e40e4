package dev.kindling.driver.sim;

import dev.kindling.protocol.TaskResult;
import dev.kindling.storage.OutputStore;
import java.util.List;
import java.util.TreeMap;

/** The storage that all simulated executors share: part files of attempts, and what was published of them. */
final class SimOutputs {
    private final TreeMap<String, TreeMap<String, byte[]>> attemptFiles = new TreeMap<>();
    private final TreeMap<String, TreeMap<String, byte[]>> published = new TreeMap<>();

    TaskResult.PartWritten write(String target, int partition, String attempt, byte[] bytes) {
        String file = "_temporary/" + attempt;
        attemptFiles.computeIfAbsent(target, name -> new TreeMap<>()).put(file, bytes);
        return new TaskResult.PartWritten(file, "part-" + (100_000 + partition), 1, bytes.length);
    }

    void publish(String target, List<OutputStore.Part> parts) {
        if (published.containsKey(target)) {
            throw new SimViolation(target + " was published twice");
        }
        TreeMap<String, byte[]> files = attemptFiles.getOrDefault(target, new TreeMap<>());
        TreeMap<String, byte[]> visible = new TreeMap<>();
        for (OutputStore.Part part : parts) {
            byte[] bytes = files.get(part.attemptFile());
            if (bytes == null) {
                throw new SimViolation("part " + part.attemptFile() + " of " + target + " is not there to publish");
            }
            if (visible.put(part.finalName(), bytes) != null) {
                throw new SimViolation(part.finalName() + " of " + target + " was published twice");
            }
        }
        attemptFiles.remove(target);
        published.put(target, visible);
    }

    void discard(String target) {
        attemptFiles.remove(target);
    }

    void discardPart(String target, String file) {
        TreeMap<String, byte[]> files = attemptFiles.get(target);
        if (files != null) {
            files.remove(file);
        }
    }

    /** By final name; empty when nothing was published. */
    TreeMap<String, byte[]> published(String target) {
        return published.getOrDefault(target, new TreeMap<>());
    }
}
