package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.TargetFiles.Claim;
import dev.kindling.storage.TargetFiles.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Output into a directory of a file system that can rename. Safe for many threads, each target written by one job.
 *
 * <pre>
 * target/
 *   _temporary/_claim              whose target it is; held as long as that process lives
 *   _temporary/s1p0#0/part-00000   the file of one attempt
 *   _temporary/_SUCCESS-1f3a       the manifest, written when all attempts have ended: lists the parts; 1f3a is the claim's
 *   part-00000 ...                 moved here one by one
 *   _SUCCESS                       moved here last; then _temporary is deleted
 * </pre>
 *
 * <p>A crash between any two steps leaves either {@code _SUCCESS} and everything the manifest lists, or a
 * {@code _temporary} with a claim that nobody holds. The next {@link #claim} of such a target knows from the manifest
 * which parts are the dead application's, deletes them and starts afresh. Bytes are safe before the names that show
 * them.
 *
 * <p>What a dead application has sent may be carried out after it: each of its moves needs a file that is its own alone,
 * and that the next claim deletes. A move whose answer was lost is told from a failure by what {@code _SUCCESS} says.
 */
public final class DirectoryOutput implements OutputStore {
    private static final String TEMPORARY = "_temporary";
    private static final String SUCCESS = "_SUCCESS";
    /** Of the number in the name of a part; more where a job has more parts. */
    private static final int NAME_DIGITS = 5;

    /** The name of a claim's file. */
    public static final String CLAIM = "_claim";

    private final TargetFiles files;
    private final Consumer<String> beforeStep;

    /** @param beforeStep told before every change of the file system; what it throws stands for a crash there */
    public DirectoryOutput(TargetFiles files, Consumer<String> beforeStep) {
        this.files = files;
        this.beforeStep = beforeStep;
    }

    @Override
    public String qualify(String target) {
        return files.qualify(target);
    }

    // ---- claim ----------------------------------------------------------------------------------------------------

    @Override
    public void claim(String target, String applicationId) {
        String directory = files.qualify(target);
        List<String> created = new ArrayList<>();
        try {
            if (files.kindOf(directory) == Kind.FILE) {
                throw exists(directory, "is a file");
            }
            createDirectories(directory, created);
            refuseForeign(directory);
            claim(directory, applicationId, created);
        } catch (IOException e) {
            removeCreated(created, e);
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "cannot write output " + directory + ": " + files.reason(e), e);
        } catch (RuntimeException e) {
            removeCreated(created, e);
            throw e;
        }
    }

    private void removeCreated(List<String> created, Exception why) {
        try {
            removeIfEmpty(created);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void claim(String directory, String applicationId, List<String> created) throws IOException {
        String temporary = directory + "/" + TEMPORARY;
        if (files.kindOf(temporary) != Kind.DIRECTORY) {
            step("create " + TEMPORARY);
            files.createDirectory(temporary);
        }
        step("open claim");
        Claim claim = files.tryClaim(directory, temporary + "/" + CLAIM)
                .orElseThrow(() -> exists(directory, "is being written by another application that is alive"));
        try {
            List<String> createdBefore = claim.createdDirectories();
            deleteRemains(directory, temporary, claim);
            createdBefore.forEach(path -> {
                if (!created.contains(path)) {
                    created.add(path);
                }
            });
            step("write claim");
            claim.write(applicationId, created);
        } catch (IOException | RuntimeException e) {
            claim.release();
            throw e;
        }
    }

    /** Deepest first in {@code created}, as they have to be deleted. */
    private void createDirectories(String directory, List<String> created) throws IOException {
        if (files.kindOf(directory) == Kind.DIRECTORY) {
            return;
        }
        createDirectories(parentOf(directory), created);
        step("create target");
        if (files.createDirectory(directory)) {
            created.add(0, directory);
        }
    }

    private static String parentOf(String path) {
        int end = path.lastIndexOf('/');
        // The root keeps its slash.
        return path.substring(0, path.indexOf('/') == end ? end + 1 : end);
    }

    /** Anything here must be an earlier application's of ours, and unfinished. */
    private void refuseForeign(String directory) throws IOException {
        SortedSet<String> names = files.namesIn(directory);
        String temporary = directory + "/" + TEMPORARY;
        if (names.contains(SUCCESS)) {
            throw exists(directory, "holds the output of an earlier job");
        }
        boolean hasTemporary = names.remove(TEMPORARY);
        names.removeAll(listedParts(temporary));
        if (!names.isEmpty()) {
            throw exists(
                    directory,
                    "is not empty: it holds " + names.first()
                            + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : ""));
        }
        if (hasTemporary && isForeign(temporary)) {
            throw exists(directory, "holds a " + TEMPORARY + " that another program made");
        }
    }

    private boolean isForeign(String temporary) throws IOException {
        return switch (files.kindOf(temporary)) {
            case MISSING -> false;
            case FILE -> true;
            case DIRECTORY -> {
                SortedSet<String> names = files.namesIn(temporary);
                yield !names.isEmpty() && !names.contains(CLAIM);
            }
        };
    }

    /**
     * What a dead application left. First its attempts and its manifest: then no move of theirs that is still under way
     * can come any more, and one that came before is seen. What the manifest lists is written down again before, and
     * forgotten after the parts, or they would be strangers. It is not renamed: that move could come late as well, while
     * the next one reads.
     */
    private void deleteRemains(String directory, String temporary, Claim claim) throws IOException {
        refuseForeign(directory);
        List<String> parts = List.copyOf(listedParts(temporary));
        String taken = SUCCESS + "-of-the-dead-" + claim.token();
        if (!parts.isEmpty()) {
            step("write " + taken);
            writeManifest(
                    temporary + "/" + taken,
                    OutputManifest.write(
                            parts.stream().map(part -> new Part("", part, 0, 0)).toList()));
        }
        deleteOld(temporary, name -> !name.equals(CLAIM) && !name.equals(taken));
        refuseForeign(directory);
        files.each(parts, part -> {
            step("delete old " + part);
            return files.deleteIfEmpty(directory + "/" + part);
        });
        deleteOld(temporary, taken::equals);
    }

    private void deleteOld(String temporary, Predicate<String> which) throws IOException {
        for (String name : files.namesIn(temporary)) {
            if (which.test(name)) {
                step("delete old " + TEMPORARY + "/" + name);
                files.deleteTree(temporary + "/" + name);
            }
        }
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        String digits = Integer.toString(partition);
        String finalName = "part-" + "0".repeat(Math.max(0, NAME_DIGITS - digits.length())) + digits + suffix;
        String attemptFile = TEMPORARY + "/" + attempt + "/" + finalName;
        String file = attemptPath(target, attemptFile);
        try {
            step("create attempt directory");
            files.createDirectory(parentOf(file));
            step("create attempt file");
            return new AttemptOutput(attemptFile, finalName, files.create(file));
        } catch (FileNotFoundException e) {
            throw new IOException("cannot write " + file + ": the job's output was published or given up before", e);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + files.reason(e), e);
        }
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        files.deleteTree(parentOf(attemptPath(target, attemptFile)));
    }

    private String attemptPath(String target, String attemptFile) {
        String[] names = attemptFile.split("/", -1);
        boolean isOurs = names.length == 3 && names[0].equals(TEMPORARY);
        for (String name : names) {
            isOurs &= !name.isEmpty() && !name.equals(".") && !name.equals("..");
        }
        if (!isOurs) {
            throw new KindlingException(ErrorCode.INTERNAL, "not the file of an attempt: " + attemptFile);
        }
        return files.qualify(target) + "/" + attemptFile;
    }

    // ---- publish --------------------------------------------------------------------------------------------------

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        String directory = files.qualify(target);
        Claim claim = files.heldClaim(directory)
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.COMMIT_FAILED,
                        "cannot publish " + directory + ": this application has no claim on it"));
        String temporary = directory + "/" + TEMPORARY;
        String manifest = manifestOf(temporary, claim);
        String listed = OutputManifest.write(parts);
        try {
            checkParts(directory, claim, parts);
            publish(directory, claim, manifest, listed, parts);
        } catch (IOException | RuntimeException e) {
            if (!isPublished(directory, claim, listed)) {
                throw undone(directory, claim, manifest, parts, e);
            }
        }
        try {
            step("delete " + TEMPORARY);
            files.deleteTree(temporary);
        } catch (IOException e) {
            // The output is complete and will stay so; what is left is hidden from every reader.
        } finally {
            claim.release();
        }
    }

    private void publish(String directory, Claim claim, String manifest, String listed, List<Part> parts)
            throws IOException {
        step("write manifest");
        writeManifest(manifest, listed);
        files.each(parts, part -> {
            step("move " + part.finalName());
            files.rename(directory + "/" + part.attemptFile(), directory + "/" + part.finalName());
            return true;
        });
        step("force names of parts");
        files.forceNames(directory);
        claim.check();
        step("move " + SUCCESS);
        files.rename(manifest, directory + "/" + SUCCESS);
        files.forceNames(directory);
    }

    private void writeManifest(String manifest, String listed) throws IOException {
        try (OutputStream out = files.create(manifest)) {
            out.write(listed.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether the commit point was reached although no answer said so. When that cannot be known, nothing is undone. */
    private boolean isPublished(String directory, Claim claim, String listed) {
        String success = directory + "/" + SUCCESS;
        try {
            return files.read(success).filter(listed::equals).isPresent();
        } catch (IOException e) {
            claim.release();
            throw OutputManifest.notKnown(directory, success, files.reason(e), e);
        }
    }

    private void checkParts(String directory, Claim claim, List<Part> parts) throws IOException {
        claim.check();
        SortedSet<String> names = files.namesIn(directory);
        names.remove(TEMPORARY);
        if (!names.isEmpty()) {
            throw new IOException(names.first() + " appeared there while the job ran");
        }
        files.each(parts, part -> {
            long byteCount = files.byteCount(attemptPath(directory, part.attemptFile()));
            if (byteCount != part.byteCount()) {
                throw new IOException(
                        part.attemptFile() + " has " + byteCount + " bytes, its task wrote " + part.byteCount());
            }
            return true;
        });
        for (Part part : parts) {
            if (!names.add(part.finalName())) {
                throw new IOException("two parts are named " + part.finalName());
            }
        }
    }

    private KindlingException undone(
            String directory, Claim claim, String manifest, List<Part> parts, Exception cause) {
        String outcome = "nothing of it is visible";
        try {
            claim.check();
        } catch (IOException e) {
            // Whatever is there may be its new holder's.
            claim.release();
            return new KindlingException(
                    ErrorCode.COMMIT_FAILED,
                    "cannot publish " + directory + ": " + files.reason(e)
                            + "; nothing was deleted there, since another"
                            + " application may write to it by now; if none does, delete the directory",
                    cause);
        }
        try {
            files.each(List.copyOf(partsIn(manifest)), part -> files.deleteIfEmpty(directory + "/" + part));
            discard(directory, claim);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            claim.release();
            outcome = "some of its " + parts.size() + " parts may remain there, without " + SUCCESS
                    + "; delete the directory";
        }
        return new KindlingException(
                ErrorCode.COMMIT_FAILED,
                "cannot publish " + directory + ": " + files.reason(cause) + "; " + outcome,
                cause);
    }

    // ---- discard --------------------------------------------------------------------------------------------------

    @Override
    public void discard(String target) throws IOException {
        String directory = files.qualify(target);
        Claim claim = files.heldClaim(directory).orElse(null);
        if (claim != null) {
            discard(directory, claim);
        }
    }

    private void discard(String directory, Claim claim) throws IOException {
        try {
            List<String> created = claim.createdDirectories();
            step("discard");
            files.deleteTree(directory + "/" + TEMPORARY);
            removeIfEmpty(created);
        } finally {
            claim.release();
        }
    }

    private void removeIfEmpty(List<String> directories) throws IOException {
        for (String directory : directories) {
            if (!files.deleteIfEmpty(directory)) {
                return;
            }
        }
    }

    /** Names of the parts in all unfinished manifests: one who took over may have died before it was done. */
    private SortedSet<String> listedParts(String temporary) throws IOException {
        SortedSet<String> parts = new TreeSet<>();
        if (files.kindOf(temporary) == Kind.DIRECTORY) {
            for (String name : files.namesIn(temporary)) {
                if (isManifest(name)) {
                    parts.addAll(partsIn(temporary + "/" + name));
                }
            }
        }
        return parts;
    }

    /** None of a manifest that was never written to its end. */
    private SortedSet<String> partsIn(String manifest) throws IOException {
        return OutputManifest.partNames(files.read(manifest).orElse(""));
    }

    private static String manifestOf(String temporary, Claim claim) {
        return temporary + "/" + SUCCESS + "-" + claim.token();
    }

    private static boolean isManifest(String name) {
        return name.startsWith(SUCCESS);
    }

    private void step(String what) {
        beforeStep.accept(what);
    }

    private static KindlingException exists(String directory, String why) {
        return new KindlingException(
                ErrorCode.OUTPUT_EXISTS,
                "output " + directory + " " + why + "; name a directory that does not exist, or empty it first");
    }
}
