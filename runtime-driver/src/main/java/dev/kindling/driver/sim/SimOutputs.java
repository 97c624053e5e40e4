package dev.kindling.driver.sim;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskResult;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.TargetFiles;
import java.io.IOException;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Where the outputs of a simulated world lie: outlives its executors and drivers, and is written by the real protocol. */
final class SimOutputs {
    private final UnaryOperator<TargetFiles> files;
    private final SimStore store;
    private final SimTargetFiles.Storage storage = new SimTargetFiles.Storage();
    /** Sees all; holds no claim. */
    private final SimTargetFiles observer = new SimTargetFiles(storage, () -> true, SimTargetFiles.Requests.SURE);

    private final DirectoryOutput executors;
    private final TreeSet<AttemptId> troubled = new TreeSet<>();

    /** @param files what stands between the protocol and each process's view of the files */
    SimOutputs(UnaryOperator<TargetFiles> files, SimStore store) {
        this.files = files;
        this.store = store;
        this.executors = of(() -> true, step -> {}, store);
    }

    SimStore store() {
        return store;
    }

    /**
     * The protocol as a process follows it.
     *
     * @param beforeStep told before every change of the file system
     */
    DirectoryOutput of(BooleanSupplier isAlive, Consumer<String> beforeStep, SimTargetFiles.Requests requests) {
        return new DirectoryOutput(files.apply(new SimTargetFiles(storage, isAlive, requests)), beforeStep);
    }

    /** The part of an attempt, written by its executor. */
    TaskResult.PartWritten write(String target, String applicationId, AttemptId attempt, byte[] bytes)
            throws IOException {
        int troublesBefore = store.troubles();
        OutputStore.AttemptOutput output;
        try {
            output = executors.openAttempt(target, attempt.partition(), "", applicationId + "-" + attempt);
        } finally {
            if (store.troubles() > troublesBefore) {
                troubled.add(attempt);
            }
        }
        try (var stream = output.stream()) {
            stream.write(bytes);
        }
        return new TaskResult.PartWritten(output.attemptFile(), output.finalName(), 1, bytes.length);
    }

    /** Whether the store did not do what it should for the part of this attempt. */
    boolean wasTroubled(AttemptId attempt) {
        return troubled.contains(attempt);
    }

    boolean isComplete(String target) {
        return observer.kindOf(observer.qualify(target) + "/_SUCCESS") == TargetFiles.Kind.FILE;
    }

    /** Whether something is left that nobody but a writer should see. */
    boolean hasTemporary(String target) {
        return observer.kindOf(observer.qualify(target) + "/_temporary") != TargetFiles.Kind.MISSING;
    }

    /** The parts by their final names, whether the output is complete or not. */
    TreeMap<String, byte[]> visible(String target) {
        TreeMap<String, byte[]> visible = new TreeMap<>();
        String directory = observer.qualify(target);
        for (String name : observer.childrenOf(directory)) {
            if (!name.startsWith("_")) {
                visible.put(name, observer.bytes(directory + "/" + name));
            }
        }
        return visible;
    }
}
