package dev.kindling.storage.s3;

import dev.kindling.storage.OutputStore;
import java.io.IOException;
import java.util.List;

/**
 * Writes output to S3, where nothing can be renamed. An attempt uploads its part in pieces to the final key and leaves
 * the upload unfinished, which nobody sees; the driver finishes one upload a partition, then writes {@code _SUCCESS}.
 * Names no class of the SDK: it is loaded when the first path is used.
 */
final class S3OutputStore implements OutputStore {
    private final S3Storage storage;

    S3OutputStore(S3Storage storage) {
        this.storage = storage;
    }

    /** Without a slash at the end. */
    @Override
    public String qualify(String target) {
        S3Path path = S3Path.parse(target);
        String key = path.key();
        while (key.endsWith("/")) {
            key = key.substring(0, key.length() - 1);
        }
        return path.withKey(key).toString();
    }

    @Override
    public void claim(String target, String applicationId) throws IOException {
        S3Claim.acquire(storage.calls(target), S3Path.parse(target), applicationId);
    }

    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        return S3Upload.open(storage.calls(target), S3Path.parse(target), partition, suffix);
    }

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        S3Calls calls = storage.calls(target);
        new S3Commit(calls, S3Path.parse(target)).publish(parts);
    }

    @Override
    public void discard(String target) throws IOException {
        S3Calls calls = storage.calls(target);
        new S3Commit(calls, S3Path.parse(target)).discard();
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        UploadName.parse(S3Path.parse(target), attemptFile).abort(storage.calls(target));
    }
}
