package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.OutputStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Output into a directory of this machine, as {@link DirectoryOutput} describes it. */
final class LocalOutputStore implements OutputStore {
    private final DirectoryOutput output;

    LocalOutputStore() {
        this(step -> {});
    }

    /** @param beforeStep told before every change of the file system; what it throws stands for a crash there */
    LocalOutputStore(Consumer<String> beforeStep) {
        output = new DirectoryOutput(new LocalTargetFiles(), beforeStep);
    }

    @Override
    public String qualify(String target) {
        return LocalPaths.format(LocalPaths.parse(target));
    }

    @Override
    public void claim(String target, String applicationId) {
        if (LocalPaths.withoutScheme(target).isBlank()) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "the output target is empty");
        }
        output.claim(target, applicationId);
    }

    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        return output.openAttempt(target, partition, suffix, attempt);
    }

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        output.publish(target, parts);
    }

    @Override
    public void discard(String target) throws IOException {
        output.discard(target);
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        output.discardAttempt(target, attemptFile);
    }
}
