package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.TargetObjects.Finish;
import dev.kindling.storage.TargetObjects.Piece;
import dev.kindling.storage.TargetObjects.Upload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Output into a store of objects that are uploaded in pieces and seen when they are finished. Safe for many threads, each
 * target written by one job.
 *
 * <pre>
 * target/
 *   _temporary/claim-00000001      whose target it is, if that is the highest number: one application only can make it
 *   part-00000 (an upload)         of one attempt, complete but not finished: nobody sees it
 *   _temporary/manifest            written when all attempts have ended: lists the parts
 *   _SUCCESS (an upload)           the same text, begun before any part is visible
 *   part-00000 ...                 one upload a partition, finished if the name is free
 *   _SUCCESS                       finished last; then manifest and claim go, and all other uploads
 * </pre>
 *
 * <p>A crash between any two steps leaves either {@code _SUCCESS} and everything it lists, or a claim of nobody who lives.
 * The next {@link #claim} of such a target finishes nobody's uploads: it aborts them, so that none, that of {@code _SUCCESS}
 * neither, can be finished by a request of the dead application that is still under way, or by one that was taken for dead.
 * Then it looks whether the output has become complete in the meantime; if not, it deletes the parts that the manifest
 * lists and starts afresh. An upload whose finishing was not answered is told from a failure by the pieces that the object
 * is made of.
 */
public final class UploadOutput implements OutputStore {
    /** With what the names of parts begin. */
    public static final String PART = "part-";

    /** With what the names of all begin that only writers should see. */
    public static final String TEMPORARY = "_temporary/";

    /** What says that an output is complete. */
    public static final String SUCCESS = "_SUCCESS";

    private static final String CLAIM = TEMPORARY + "claim-";
    private static final String MANIFEST = TEMPORARY + "manifest";
    private static final int ALL = Integer.MAX_VALUE;

    private final TargetObjects.Store store;
    private final Consumer<String> beforeStep;

    /** @param beforeStep told before every change of the store; what it throws stands for a crash there */
    public UploadOutput(TargetObjects.Store store, Consumer<String> beforeStep) {
        this.store = store;
        this.beforeStep = beforeStep;
    }

    @Override
    public String qualify(String target) {
        return store.qualify(target);
    }

    // ---- claim ----------------------------------------------------------------------------------------------------

    @Override
    public void claim(String target, String applicationId) throws IOException {
        TargetObjects objects = store.of(target);
        if (objects.isObject()) {
            throw exists(objects, "is an object");
        }
        List<String> found = objects.names("", ALL);
        List<String> dead = new ArrayList<>();
        for (String name : found) {
            if (name.startsWith(CLAIM)) {
                refuseLiving(objects, name);
                dead.add(name);
            }
        }
        SortedSet<String> remains = dead.isEmpty() ? new TreeSet<>() : listedParts(objects);
        refuseForeign(objects, found, remains);
        String claim = CLAIM + String.format(Locale.ROOT, "%08d", 1 + (dead.isEmpty() ? 0 : numberOf(last(dead))));
        String text = objects.claimText(applicationId);
        if (!writeNew(objects, claim, text)) {
            throw exists(objects, "was claimed by another application just now");
        }
        objects.hold(claim, text);
        try {
            takeOver(objects, dead, remains);
        } catch (IOException | RuntimeException e) {
            giveUp(objects, claim, e);
            throw e;
        }
    }

    private static void refuseLiving(TargetObjects objects, String claim) throws IOException {
        Optional<String> writer = objects.livingWriter(claim);
        if (writer.isPresent()) {
            throw exists(objects, "is being written by " + writer.get());
        }
    }

    /** Whether a living application writes the target. */
    public static boolean isBeingWritten(TargetObjects objects) throws IOException {
        for (String claim : objects.names(CLAIM, ALL)) {
            if (objects.livingWriter(claim).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static SortedSet<String> listedParts(TargetObjects objects) throws IOException {
        return OutputManifest.partNames(objects.read(MANIFEST).orElse(""));
    }

    private static void refuseForeign(TargetObjects objects, List<String> found, SortedSet<String> remains) {
        List<String> strangers = new ArrayList<>();
        for (String name : found) {
            if (name.equals(SUCCESS)) {
                throw exists(objects, "holds the output of an earlier job");
            }
            if (!name.isEmpty() && !name.startsWith(CLAIM) && !name.equals(MANIFEST) && !remains.contains(name)) {
                strangers.add(name);
            }
        }
        if (!strangers.isEmpty()) {
            throw exists(
                    objects,
                    "is not empty: it holds " + strangers.get(0)
                            + (strangers.size() > 1 ? " and " + (strangers.size() - 1) + " more" : ""));
        }
    }

    private static int numberOf(String claim) {
        String digits = claim.substring(CLAIM.length());
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
    }

    private static String last(List<String> names) {
        return names.get(names.size() - 1);
    }

    /** What was found before may have changed until the claim stood, and until no upload of the dead could be finished. */
    private void takeOver(TargetObjects objects, List<String> dead, SortedSet<String> remains) throws IOException {
        if (!dead.isEmpty()) {
            abortUploads(objects, SUCCESS);
            abortUploads(objects, PART);
        }
        refuseForeign(objects, objects.names("", ALL), remains);
        if (!dead.isEmpty()) {
            // The manifest goes after the parts it lists, or they would be strangers.
            delete(objects, List.copyOf(remains));
            delete(objects, List.of(MANIFEST));
            delete(objects, dead);
            objects.remark("held what a dead application left; it is removed");
        }
    }

    private void giveUp(TargetObjects objects, String claim, Exception why) {
        objects.letGo();
        try {
            delete(objects, List.of(claim));
        } catch (IOException | RuntimeException e) {
            // A claim of nobody who lives is in nobody's way.
            why.addSuppressed(e);
        }
    }

    private static KindlingException exists(TargetObjects objects, String why) {
        return new KindlingException(
                ErrorCode.OUTPUT_EXISTS,
                "output " + objects.target() + " " + why + "; name a directory that does not exist, or empty it first");
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    /** Its name is that of its part, then {@code ?} and the upload's. */
    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        TargetObjects objects = store.of(target);
        String finalName = String.format(Locale.ROOT, PART + "%05d%s", partition, suffix);
        step("begin an upload");
        Upload upload = objects.begin(finalName);
        // In this order: whoever ends the job first removes the claim, then looks for uploads.
        if (objects.names(CLAIM, 1).isEmpty()) {
            objects.abort(upload);
            throw new IOException("cannot write " + objects.target() + "/" + finalName
                    + ": the job's output was published or given up before");
        }
        return new AttemptOutput(finalName + "?" + upload.id(), finalName, objects.open(upload));
    }

    private static Upload uploadOf(String attemptFile) {
        int mark = attemptFile.indexOf('?');
        if (mark < 0) {
            throw new KindlingException(ErrorCode.INTERNAL, "not the file of an attempt: " + attemptFile);
        }
        return new Upload(attemptFile.substring(0, mark), attemptFile.substring(mark + 1));
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        store.of(target).abort(uploadOf(attemptFile));
    }

    // ---- publish --------------------------------------------------------------------------------------------------

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        TargetObjects objects = store.of(target);
        String claim = objects.heldClaim()
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.COMMIT_FAILED, "cannot publish " + target + ": this application has no claim on it"));
        String manifest = OutputManifest.write(parts);
        Commit commit = new Commit(objects);
        try {
            requireLast(objects, claim);
            step("write manifest");
            objects.write(MANIFEST, manifest);
            commit.prepare(manifest);
            objects.each(parts, commit::finish);
            commit.complete();
        } catch (IOException | RuntimeException e) {
            if (!commit.isComplete(manifest)) {
                throw undone(objects, claim, commit, e);
            }
        }
        try {
            release(objects, claim);
        } catch (IOException | RuntimeException e) {
            objects.remark("is complete, but not all that was needed for it could be removed: " + e.getMessage());
        }
    }

    private static void requireLast(TargetObjects objects, String claim) throws IOException {
        if (!isLast(objects, claim)) {
            throw new IOException("another application has taken it over, for this one had shown no sign of life");
        }
    }

    /** Whether nobody has taken the target over: what lies there, and what is uploaded, is his then. */
    private static boolean isLast(TargetObjects objects, String claim) throws IOException {
        List<String> claims = objects.names(CLAIM, ALL);
        return !claims.isEmpty() && last(claims).equals(claim);
    }

    /** Which uploads are objects by now. */
    private final class Commit {
        private final TargetObjects objects;
        /** What will mark the output as complete; empty until its bytes are there. */
        private Optional<Upload> completion = Optional.empty();

        private final List<String> finished = Collections.synchronizedList(new ArrayList<>());
        /** Objects that may have been made, and of which pieces. */
        private final Map<String, List<Piece>> unanswered = Collections.synchronizedMap(new TreeMap<>());

        Commit(TargetObjects objects) {
            this.objects = objects;
        }

        boolean finish(Part part) throws IOException {
            Upload upload = uploadOf(part.attemptFile());
            List<Piece> pieces = objects.pieces(upload);
            long byteCount = pieces.stream().mapToLong(Piece::byteCount).sum();
            if (byteCount != part.byteCount()) {
                throw new IOException(part.finalName() + " has " + byteCount + " bytes at the server, its task wrote "
                        + part.byteCount());
            }
            step("finish " + part.finalName());
            unanswered.put(upload.name(), pieces);
            Finish finish = objects.finish(upload, pieces);
            boolean isOurs = finish == Finish.FINISHED || objects.isMadeOf(upload.name(), pieces);
            unanswered.remove(upload.name());
            if (!isOurs) {
                throw notOurs(upload, finish);
            }
            return finished.add(upload.name());
        }

        private IOException notOurs(Upload upload, Finish finish) {
            return new IOException(objects.target() + "/" + upload.name()
                    + (finish == Finish.TAKEN ? " appeared while the job ran" : " lost its upload: it was aborted"));
        }

        /** Who takes the target over from now on aborts this upload, and no output of ours is ever complete. */
        void prepare(String manifest) throws IOException {
            step("upload " + SUCCESS);
            Upload upload = objects.begin(SUCCESS);
            try (OutputStream out = objects.open(upload)) {
                out.write(manifest.getBytes(StandardCharsets.UTF_8));
            }
            completion = Optional.of(upload);
        }

        void complete() throws IOException {
            Upload upload = completion.orElseThrow();
            List<Piece> pieces = objects.pieces(upload);
            step("finish " + SUCCESS);
            Finish finish = objects.finish(upload, pieces);
            if (finish != Finish.FINISHED) {
                throw notOurs(upload, finish);
            }
        }

        /**
         * Whether the commit point was reached although no answer said so. When that cannot be known, nothing is undone.
         */
        boolean isComplete(String manifest) {
            if (completion.isEmpty()) {
                return false;
            }
            try {
                // From now on no request that is still under way completes it.
                objects.abort(completion.get());
                return objects.read(SUCCESS).filter(manifest::equals).isPresent();
            } catch (IOException | RuntimeException e) {
                objects.letGo();
                throw OutputManifest.notKnown(objects.target(), objects.target() + "/" + SUCCESS, e.getMessage(), e);
            }
        }

        /** What is not known to be of this job stays. */
        void undo() throws IOException {
            // From now on no request that is still under way makes another one.
            abortUploads(objects, SUCCESS);
            abortUploads(objects, PART);
            for (var object : unanswered.entrySet()) {
                if (objects.isMadeOf(object.getKey(), object.getValue())) {
                    finished.add(object.getKey());
                }
            }
            delete(objects, List.copyOf(finished));
        }

        int mostLeft() {
            return finished.size() + unanswered.size();
        }
    }

    private KindlingException undone(TargetObjects objects, String claim, Commit commit, Exception cause) {
        String outcome = "nothing of it is visible";
        try {
            if (isLast(objects, claim)) {
                commit.undo();
                release(objects, claim);
            } else {
                leave(objects, claim);
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            objects.letGo();
            outcome = commit.mostLeft() + " of its parts may remain there, without " + SUCCESS
                    + "; delete the directory, and see kindling doctor s3 " + objects.target() + " --abort-uploads";
        }
        return new KindlingException(
                ErrorCode.COMMIT_FAILED,
                "cannot publish " + objects.target() + ": " + cause.getMessage() + "; " + outcome,
                cause);
    }

    // ---- end ------------------------------------------------------------------------------------------------------

    @Override
    public void discard(String target) throws IOException {
        TargetObjects objects = store.of(target);
        Optional<String> claim = objects.heldClaim();
        if (claim.isPresent() && isLast(objects, claim.get())) {
            release(objects, claim.get());
        } else if (claim.isPresent()) {
            leave(objects, claim.get());
        }
    }

    /** Somebody has taken the target over: of what lies there, the claim alone is ours. */
    private void leave(TargetObjects objects, String claim) throws IOException {
        objects.letGo();
        delete(objects, List.of(claim));
    }

    /** Gives the claim up and removes it, and then what attempts left that began before. */
    private void release(TargetObjects objects, String claim) throws IOException {
        try {
            delete(objects, List.of(MANIFEST));
        } finally {
            objects.letGo();
        }
        delete(objects, List.of(claim));
        abortUploads(objects, PART);
    }

    // ---- steps ----------------------------------------------------------------------------------------------------

    /** One that holds just this is of an earlier try that was not answered. */
    private boolean writeNew(TargetObjects objects, String name, String text) throws IOException {
        step("write " + name);
        return objects.writeNew(name, text)
                || objects.read(name).filter(text::equals).isPresent();
    }

    private void delete(TargetObjects objects, List<String> names) throws IOException {
        step("delete " + names.size() + " objects");
        objects.delete(names);
    }

    private void abortUploads(TargetObjects objects, String start) throws IOException {
        step("abort uploads");
        objects.each(objects.uploads(start), upload -> {
            objects.abort(upload);
            return true;
        });
    }

    private void step(String what) {
        beforeStep.accept(what);
    }
}
