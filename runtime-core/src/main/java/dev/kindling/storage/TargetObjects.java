package dev.kindling.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * What {@link UploadOutput} needs of a store of objects, where nothing can be renamed: the objects below one target, by
 * what their names add to it. A request that fails for the time being is tried again in here, so one whose answer was lost
 * may have been carried out before it fails or is refused. Safe for many threads.
 */
public interface TargetObjects {
    /** Targets of one store, as one application uses it. */
    interface Store {
        /** See {@link OutputStore#qualify}. */
        String qualify(String target);

        TargetObjects of(String target);
    }

    /** An object that is being made: nobody sees it before it is finished. */
    record Upload(String name, String id) {}

    /**
     * Some of the bytes of an upload.
     *
     * @param tag what the store says of these bytes
     */
    record Piece(int number, String tag, long byteCount) {}

    /** What came of finishing an upload. */
    enum Finish {
        FINISHED,
        /** There is an object of that name. */
        TAKEN,
        /** There is no such upload: it was finished or aborted before. */
        GONE
    }

    /** For people. */
    String target();

    /** Tells whoever looks after the target something of it. */
    void remark(String what);

    // ---- objects --------------------------------------------------------------------------------------------------

    /** Whether the target is an object itself. */
    boolean isObject() throws IOException;

    /** Names that begin so, in their order, {@code max} at most. */
    List<String> names(String start, int max) throws IOException;

    /** The text of a small object; empty when there is none. */
    Optional<String> read(String name) throws IOException;

    void write(String name, String text) throws IOException;

    /** Returns false when there is one of this name. */
    boolean writeNew(String name, String text) throws IOException;

    /** What is gone already is no failure. */
    void delete(List<String> names) throws IOException;

    // ---- uploads --------------------------------------------------------------------------------------------------

    Upload begin(String name) throws IOException;

    /** Where the bytes of an upload go; closing it returns when all are at the store. */
    OutputStream open(Upload upload);

    List<Piece> pieces(Upload upload) throws IOException;

    /** Makes the object, unless there is one. */
    Finish finish(Upload upload, List<Piece> pieces) throws IOException;

    /**
     * Whether there is an object of this name and it was made of these very pieces.
     *
     * @throws IOException also when the store does not say enough to know
     */
    boolean isMadeOf(String name, List<Piece> pieces) throws IOException;

    /** What is gone already is no failure. */
    void abort(Upload upload) throws IOException;

    /** Those not finished, to names that begin so. */
    List<Upload> uploads(String start) throws IOException;

    // ---- claims ---------------------------------------------------------------------------------------------------

    /** What a claim of this application says; no other claim says the same. */
    String claimText(String applicationId);

    /** Who is alive and writes the target by this claim, for people; empty when it is a dead application's. */
    Optional<String> livingWriter(String claim) throws IOException;

    /** From now on the claim is this application's, and is shown to be a living one's. */
    void hold(String claim, String text);

    /** The claim that this application holds. */
    Optional<String> heldClaim();

    /** From now on this application holds none, as when it had ended. */
    void letGo();

    /** Does the same with each of many: one after the other, or some at a time where each waits for another machine. */
    default <A> void each(List<A> items, IoThreads.Step<A, Boolean> step) throws IOException {
        for (A item : items) {
            step.on(item);
        }
    }
}
