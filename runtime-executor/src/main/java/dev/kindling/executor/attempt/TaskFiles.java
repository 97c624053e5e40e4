package dev.kindling.executor.attempt;

import java.nio.file.Path;

/** The program's files on this machine. Any thread; may wait for a file to come. */
public interface TaskFiles {
    /**
     * The file that was given under this name.
     *
     * @throws dev.kindling.api.KindlingException when there is none, or it cannot be had
     */
    Path file(String name);

    /** Where {@link #file} finds them. */
    Path directory();
}
