package dev.kindling.driver.sim;

import dev.kindling.storage.TargetObjects;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Stores of objects on which a step of publishing an output, or of taking a dead application's target over, is not what it
 * should be: as if the protocol left it out, or did it at another moment.
 */
public final class DefectiveObjects implements TargetObjects {
    private static final String SUCCESS = "_SUCCESS";
    private static final String MANIFEST = "_temporary/manifest";

    private enum Bug {
        /** A claim is respected although the process that wrote it is dead. */
        CLAIM_OUTLIVES_ITS_PROCESS,
        /** Parts become visible without a word of whose they are. */
        MANIFEST_NOT_WRITTEN,
        /** The output is marked as complete before its parts are there. */
        SUCCESS_BEFORE_PARTS,
        /** Uploads that became no part are left. */
        UPLOADS_NOT_ABORTED,
        /** Uploads of a dead application can be finished by what it has sent. */
        UPLOADS_OF_DEAD_NOT_ABORTED,
        /** The one of them that marks the output as complete can. */
        COMPLETION_OF_DEAD_NOT_ABORTED,
        /** An object is taken for another's as long as no answer has said that it is ours. */
        UNANSWERED_FINISH_TAKEN_FOR_FAILURE,
        /** The same of the object that marks the output as complete. */
        UNANSWERED_SUCCESS_TAKEN_FOR_FAILURE,
        /** Parts that were finished before publishing failed stay. */
        PARTS_OF_FAILED_KEPT
    }

    private final TargetObjects objects;
    private final Bug bug;
    private boolean hasWritten;

    private DefectiveObjects(TargetObjects objects, Bug bug) {
        this.objects = objects;
        this.bug = bug;
    }

    /** The names of all bugs. */
    public static List<String> names() {
        return Arrays.stream(Bug.values()).map(Bug::name).toList();
    }

    /** The given cores, on objects with this bug. */
    public static SimCores in(SimCores cores, String name) {
        return cores.withObjects(objects -> new DefectiveObjects(objects, Bug.valueOf(name)));
    }

    @Override
    public void write(String name, String text) throws IOException {
        hasWritten = true;
        if (bug != Bug.MANIFEST_NOT_WRITTEN) {
            objects.write(name, text);
        }
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        return bug == Bug.UNANSWERED_SUCCESS_TAKEN_FOR_FAILURE && name.equals(SUCCESS)
                ? Optional.empty()
                : objects.read(name);
    }

    @Override
    public void delete(List<String> names) throws IOException {
        boolean isKept = bug == Bug.PARTS_OF_FAILED_KEPT && hasWritten;
        objects.delete(names.stream()
                .filter(name -> !isKept || !name.startsWith("part-"))
                .toList());
    }

    @Override
    public Finish finish(Upload upload, List<Piece> pieces) throws IOException {
        if (bug == Bug.SUCCESS_BEFORE_PARTS) {
            objects.writeNew(SUCCESS, objects.read(MANIFEST).orElseThrow());
        }
        return objects.finish(upload, pieces);
    }

    @Override
    public boolean isMadeOf(String name, List<Piece> pieces) throws IOException {
        return bug != Bug.UNANSWERED_FINISH_TAKEN_FOR_FAILURE && objects.isMadeOf(name, pieces);
    }

    @Override
    public List<Upload> uploads(String start) throws IOException {
        boolean areLeft = bug == Bug.UPLOADS_NOT_ABORTED
                || bug == Bug.UPLOADS_OF_DEAD_NOT_ABORTED && !hasWritten
                || bug == Bug.COMPLETION_OF_DEAD_NOT_ABORTED && start.equals(SUCCESS);
        return areLeft ? List.of() : objects.uploads(start);
    }

    @Override
    public Optional<String> livingWriter(String claim) throws IOException {
        return bug == Bug.CLAIM_OUTLIVES_ITS_PROCESS ? Optional.of("the dead") : objects.livingWriter(claim);
    }

    // ---- as it should be ----------------------------------------------------------------------------------------

    @Override
    public String target() {
        return objects.target();
    }

    @Override
    public void remark(String what) {
        objects.remark(what);
    }

    @Override
    public boolean isObject() throws IOException {
        return objects.isObject();
    }

    @Override
    public List<String> names(String start, int max) throws IOException {
        return objects.names(start, max);
    }

    @Override
    public boolean writeNew(String name, String text) throws IOException {
        return objects.writeNew(name, text);
    }

    @Override
    public Upload begin(String name) throws IOException {
        return objects.begin(name);
    }

    @Override
    public OutputStream open(Upload upload) {
        return objects.open(upload);
    }

    @Override
    public List<Piece> pieces(Upload upload) throws IOException {
        return objects.pieces(upload);
    }

    @Override
    public void abort(Upload upload) throws IOException {
        objects.abort(upload);
    }

    @Override
    public String claimText(String applicationId) {
        return objects.claimText(applicationId);
    }

    @Override
    public void hold(String claim, String text) {
        objects.hold(claim, text);
    }

    @Override
    public Optional<String> heldClaim() {
        return objects.heldClaim();
    }

    @Override
    public void letGo() {
        objects.letGo();
    }
}
