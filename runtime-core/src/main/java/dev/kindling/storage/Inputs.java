package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;

/** The sentences with which readers of input fail. */
public final class Inputs {
    private Inputs() {}

    /** A directory in a directory that stands for its files only. */
    public static KindlingException directoryIn(String directory, String name) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                "a directory stands for its files only, and " + directory + " holds the directory " + name
                        + "; to read all below, set kindling.input.recursive to true, or name " + directory
                        + "/*/*, or list what is wanted with commas between");
    }

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
