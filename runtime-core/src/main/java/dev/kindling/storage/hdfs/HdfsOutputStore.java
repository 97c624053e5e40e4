package dev.kindling.storage.hdfs;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.OutputStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Output into a directory of HDFS, as {@link DirectoryOutput} describes it. Hadoop's client is loaded by the first
 * target.
 */
final class HdfsOutputStore implements OutputStore {
    private final HdfsStorage storage;
    private final Consumer<String> beforeStep;

    HdfsOutputStore(HdfsStorage storage) {
        this(storage, step -> {});
    }

    /** @param beforeStep told before every change of the file system; what it throws stands for a crash there */
    HdfsOutputStore(HdfsStorage storage, Consumer<String> beforeStep) {
        this.storage = storage;
        this.beforeStep = beforeStep;
    }

    @Override
    public String qualify(String target) {
        try {
            return new HdfsTargetFiles(storage.client(target)).qualify(target);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "cannot write output " + target + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void claim(String target, String applicationId) throws IOException {
        output(target).claim(target, applicationId);
    }

    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        return output(target).openAttempt(target, partition, suffix, attempt);
    }

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        output(target).publish(target, parts);
    }

    @Override
    public void discard(String target) throws IOException {
        output(target).discard(target);
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        output(target).discardAttempt(target, attemptFile);
    }

    private DirectoryOutput output(String target) throws IOException {
        return new DirectoryOutput(new HdfsTargetFiles(storage.client(target)), beforeStep);
    }
}
