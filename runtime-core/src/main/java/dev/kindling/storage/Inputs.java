package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;

/** The sentences with which readers of input fail. */
final class Inputs {
    private Inputs() {}

    static KindlingException changed(FileRange range, String how) {
        return new KindlingException(
                ErrorCode.INPUT_CHANGED,
                range.path() + " changed while the job read it: it had " + range.fileBytes()
                        + " bytes when planned, now " + how + ". Run the job again when nobody writes to it");
    }

    static IOException unreadable(FileRange range, long textOffset, IOException cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException("cannot read " + range.path() + " at byte " + textOffset + ": " + why, cause);
    }
}
