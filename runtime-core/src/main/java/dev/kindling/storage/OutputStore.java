package dev.kindling.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes a job's output so that it is complete if and only if {@code _SUCCESS} exists. The driver claims the target,
 * every attempt writes its own invisible file, the driver publishes one file a partition and then {@code _SUCCESS}.
 */
public interface OutputStore {
    /** The target as every process can name it, whatever its working directory; all other methods take it so. */
    String qualify(String target);

    /** Refuses an existing, non-empty target; takes over one that holds only a dead application's claim. */
    void claim(String target, String applicationId) throws IOException;

    /**
     * Opens the file of one attempt; closing it makes it durable, deleting is {@link #discardAttempt}.
     *
     * @param suffix with which the name of the published file ends, such as {@code .gz}; may be empty
     */
    AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException;

    /** Makes the parts visible under their final names, then writes {@code _SUCCESS}; undoes itself on failure. */
    void publish(String target, List<Part> parts) throws IOException;

    /** Leaves nothing of an unpublished job: attempt files, claim, and the directory if the claim made it. */
    void discard(String target) throws IOException;

    /** Leaves nothing of one attempt. */
    void discardAttempt(String target, String attemptFile) throws IOException;

    /** The file of one attempt, opened. */
    record AttemptOutput(String attemptFile, String finalName, OutputStream stream) {}

    /** One file to publish. */
    record Part(String attemptFile, String finalName, long rowCount, long byteCount) {}
}
