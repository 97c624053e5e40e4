package dev.kindling.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What {@link DirectoryOutput} needs of a file system that can rename. Paths are texts in which {@code /} separates
 * names, as {@link #qualify} gives them. Safe for many threads.
 */
public interface TargetFiles {
    /** The path as every process can name it. */
    String qualify(String path);

    /** What a path names. */
    enum Kind {
        MISSING,
        FILE,
        DIRECTORY
    }

    Kind kindOf(String path) throws IOException;

    SortedSet<String> namesIn(String directory) throws IOException;

    /**
     * Makes a directory in one that exists.
     *
     * @return false when it was there
     * @throws FileNotFoundException when the directory above is gone
     */
    boolean createDirectory(String directory) throws IOException;

    /**
     * A new file; closing it returns when its bytes are safe.
     *
     * @throws FileNotFoundException when its directory is gone
     */
    OutputStream create(String file) throws IOException;

    long byteCount(String file) throws IOException;

    /** The text of a small file; empty when there is none. */
    Optional<String> read(String file) throws IOException;

    /** In one step that nobody sees half done. */
    void rename(String from, String to) throws IOException;

    /** Does the same with each of many files: one after the other, or some at a time where each waits for another machine. */
    default <A> void each(List<A> items, IoThreads.Step<A, Boolean> step) throws IOException {
        for (A item : items) {
            step.on(item);
        }
    }

    /** Makes the names in a directory survive a power cut, where that has to be asked for. */
    void forceNames(String directory);

    /** Deletes a file or a directory without names, if it is there; one with names stays, and false is returned. */
    boolean deleteIfEmpty(String path) throws IOException;

    /** Deletes all there is, a claim last: until then nobody takes the target for free. */
    void deleteTree(String path) throws IOException;

    /** Empty while somebody alive holds the claim of this directory. */
    Optional<Claim> tryClaim(String directory, String claimFile) throws IOException;

    /** The claim that this process holds. */
    Optional<Claim> heldClaim(String directory) throws IOException;

    /** What a failure of its methods says, for the end of a sentence. */
    String reason(Exception failure);

    /** The right of this process to write a target: ends with the process, however that ends. */
    interface Claim {
        /** Tells it from all other claims that were ever made on the target; goes into names of files. */
        String token();

        /** Directories that were made for the target, deepest first, as the holder before wrote them. */
        List<String> createdDirectories() throws IOException;

        void write(String applicationId, List<String> createdDirectories) throws IOException;

        /** Fails when the claim was lost, because this process stood still for too long. */
        void check() throws IOException;

        /** Gives it up; a second call does nothing. */
        void release();
    }
}
