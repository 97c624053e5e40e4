package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;

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

    /** Makes text of bytes. */
    interface Unpacking {
        InputStream textOf(InputStream bytes) throws IOException;
    }

    static InputStream unpacked(Stores stores, FileRange range, Unpacking unpacking) throws IOException {
        InputStream bytes = stores.open(range);
        try {
            return unpacking.textOf(bytes);
        } catch (IOException e) {
            bytes.close();
            throw notUnpacked(range, e);
        }
    }

    public static IOException notUnpacked(FileRange range, Exception cause) {
        return new IOException("cannot unpack " + range.path() + ": " + messageOf(cause), cause);
    }

    /**
     * Fails when a library of which a program may do without is missing. Its class is looked for, not loaded.
     *
     * @param need the beginning of the sentence: what needs which library
     */
    public static void requireClass(String className, String need, String coordinates) {
        if (Inputs.class.getClassLoader().getResource(className.replace('.', '/') + ".class") == null) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    need + " is not on the class path (" + className + " is missing): add " + coordinates
                            + " to the program");
        }
    }

    static KindlingException changed(FileRange range, String how) {
        return new KindlingException(
                ErrorCode.INPUT_CHANGED,
                range.path() + " changed while the job read it: it had " + range.fileBytes()
                        + " bytes when planned, now " + how + ". Run the job again when nobody writes to it");
    }

    static IOException unreadable(FileRange range, long textOffset, IOException cause) {
        return new IOException(
                "cannot read " + range.path() + " at byte " + textOffset + ": " + messageOf(cause), cause);
    }

    private static String messageOf(Exception cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
