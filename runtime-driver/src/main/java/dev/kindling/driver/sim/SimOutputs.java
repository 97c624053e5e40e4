package dev.kindling.driver.sim;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskResult;
import dev.kindling.sim.SimWorld;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.TargetObjects;
import dev.kindling.storage.UploadOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Where the output of a simulated world lies: outlives its executors and drivers, and is written by the real protocol of
 * a store of its kind.
 */
final class SimOutputs {
    /** What kind of store it is. */
    enum Kind {
        /** Files that are moved. */
        FILES,
        /** Objects that are uploaded. */
        OBJECTS;

        /** One world in so many has objects. */
        private static final int OBJECTS_IN = 3;

        static Kind drawnBy(SimWorld world) {
            return world.random("kind of store").nextInt(OBJECTS_IN) == 0 ? OBJECTS : FILES;
        }
    }

    private final Kind kind;
    private final SimCores cores;
    private final SimStore store;
    private final SimTargetFiles.Storage files = new SimTargetFiles.Storage();
    private final SimTargetObjects.Storage objects = new SimTargetObjects.Storage();
    /** They see all, and hold no claim. */
    private final SimTargetFiles allFiles = new SimTargetFiles(files, () -> true, SimTargetFiles.Requests.SURE);

    private final SimTargetObjects allObjects =
            new SimTargetObjects(SyntheticTasks.TARGET, objects, () -> true, SimTargetFiles.Requests.SURE);

    private final OutputStore executors;
    private final TreeSet<AttemptId> troubled = new TreeSet<>();

    /** @param cores what stands between the protocol and each process's view of the store */
    SimOutputs(Kind kind, SimCores cores, SimStore store) {
        this.kind = kind;
        this.cores = cores;
        this.store = store;
        this.executors = of(() -> true, step -> {}, store);
    }

    SimStore store() {
        return store;
    }

    /**
     * The protocol as a process follows it.
     *
     * @param beforeStep told before every change of the store
     */
    OutputStore of(BooleanSupplier isAlive, Consumer<String> beforeStep, SimTargetFiles.Requests requests) {
        return switch (kind) {
            case FILES ->
                new DirectoryOutput(cores.files().apply(new SimTargetFiles(files, isAlive, requests)), beforeStep);
            case OBJECTS ->
                new UploadOutput(
                        storeOf(cores.objects()
                                .apply(new SimTargetObjects(SyntheticTasks.TARGET, objects, isAlive, requests))),
                        beforeStep);
        };
    }

    /** Of the one target that there is. */
    static TargetObjects.Store storeOf(TargetObjects target) {
        return new TargetObjects.Store() {
            @Override
            public String qualify(String path) {
                return path;
            }

            @Override
            public TargetObjects of(String path) {
                return target;
            }
        };
    }

    /** The part of an attempt, written by its executor. */
    TaskResult.PartWritten write(String target, String applicationId, AttemptId attempt, byte[] bytes)
            throws IOException {
        int troublesBefore = store.troubles();
        try {
            OutputStore.AttemptOutput output =
                    executors.openAttempt(target, attempt.partition(), "", applicationId + "-" + attempt);
            try (var stream = output.stream()) {
                stream.write(bytes);
            }
            return new TaskResult.PartWritten(output.attemptFile(), output.finalName(), 1, bytes.length);
        } finally {
            if (store.troubles() > troublesBefore) {
                troubled.add(attempt);
            }
        }
    }

    /** Whether the store did not do what it should for the part of this attempt. */
    boolean wasTroubled(AttemptId attempt) {
        return troubled.contains(attempt);
    }

    /** Whether an attempt may have begun an upload that it does not know of. */
    boolean mayLeaveUploads() {
        return kind == Kind.OBJECTS && !troubled.isEmpty();
    }

    boolean isComplete(String target) {
        return bytes(target, "_SUCCESS") != null;
    }

    /** Whether something is left that nobody but a writer should see. */
    boolean hasTemporary(String target) {
        return names(target).stream().anyMatch(name -> name.startsWith("_temporary"))
                || !allObjects.unfinishedUploads().isEmpty();
    }

    /** The parts by their final names, whether the output is complete or not. */
    TreeMap<String, byte[]> visible(String target) {
        TreeMap<String, byte[]> visible = new TreeMap<>();
        for (String name : names(target)) {
            if (!name.startsWith("_")) {
                visible.put(name, bytes(target, name));
            }
        }
        return visible;
    }

    private Collection<String> names(String target) {
        return switch (kind) {
            case FILES -> allFiles.childrenOf(allFiles.qualify(target));
            case OBJECTS -> allObjects.namesFrom("");
        };
    }

    private byte[] bytes(String target, String name) {
        return switch (kind) {
            case FILES -> allFiles.bytes(allFiles.qualify(target) + "/" + name);
            case OBJECTS -> allObjects.bytes(name);
        };
    }
}
