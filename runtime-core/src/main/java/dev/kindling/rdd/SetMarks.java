package dev.kindling.rdd;

import dev.kindling.api.StorageLevel;
import java.util.Optional;

/** What the program has said about its sets, by their ids. Safe for many threads. */
public interface SetMarks {
    Optional<String> nameOf(int setId);

    /** {@link StorageLevel#NONE} for a set that is not persisted. */
    StorageLevel levelOf(int setId);

    /** Whether it is read from its checkpoint. */
    boolean isCheckpointed(int setId);
}
