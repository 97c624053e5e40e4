package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputManifest;
import dev.kindling.storage.OutputStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Output into a directory of this machine. Safe for many threads, each target written by one job.
 *
 * <pre>
 * target/
 *   _temporary/_claim              whose target it is; locked as long as that process lives
 *   _temporary/s1p0#0/part-00000   the file of one attempt
 *   _temporary/_SUCCESS            the manifest, written when all attempts have ended: lists the parts
 *   part-00000 ...                 moved here one by one
 *   _SUCCESS                       moved here last; then _temporary is deleted
 * </pre>
 *
 * <p>A crash between any two steps leaves either {@code _SUCCESS} and everything the manifest lists, or a
 * {@code _temporary} with an unlocked claim. The next {@link #claim} of such a target knows from the manifest which
 * parts are the dead application's, deletes them and starts afresh. Bytes reach the disk before the names that show
 * them.
 */
public final class LocalOutputStore implements OutputStore {
    static final String TEMPORARY = "_temporary";
    static final String SUCCESS = "_SUCCESS";

    // A late attempt may still create its directory while ours are deleted; it cannot after _temporary is gone.
    private static final int DELETE_TRIES = 10;

    private final Consumer<String> beforeStep;

    public LocalOutputStore() {
        this(step -> {});
    }

    /** @param beforeStep told before every change of the file system; what it throws stands for a crash there */
    LocalOutputStore(Consumer<String> beforeStep) {
        this.beforeStep = beforeStep;
    }

    @Override
    public List<String> schemes() {
        return List.of("file");
    }

    @Override
    public String qualify(String target) {
        return LocalPaths.format(LocalPaths.parse(target));
    }

    // ---- claim ----------------------------------------------------------------------------------------------------

    @Override
    public void claim(String target, String applicationId) throws IOException {
        Path directory = LocalPaths.parse(target);
        if (LocalPaths.withoutScheme(target).isBlank()) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "the output target is empty");
        }
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw exists(directory, "is a file");
        }
        List<Path> created = new ArrayList<>();
        try {
            createDirectories(directory, created);
            refuseForeign(directory);
            claim(directory, applicationId, created);
        } catch (FileSystemException e) {
            removeIfEmpty(created);
            throw unwritable(directory, e);
        } catch (IOException | RuntimeException e) {
            removeIfEmpty(created);
            throw e;
        }
    }

    private void claim(Path directory, String applicationId, List<Path> created) throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        if (!Files.isDirectory(temporary)) {
            step("create " + TEMPORARY);
            createIfMissing(temporary);
        }
        step("open claim");
        LocalClaim claim = LocalClaim.tryAcquire(directory, temporary)
                .orElseThrow(() -> exists(directory, "is being written by another application that is alive"));
        try {
            List<Path> createdBefore = claim.createdDirectories();
            deleteRemains(directory, temporary);
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
    private void createDirectories(Path directory, List<Path> created) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        createDirectories(directory.getParent(), created);
        step("create target");
        if (createIfMissing(directory)) {
            created.add(0, directory);
        }
    }

    private static boolean createIfMissing(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
            return false;
        }
    }

    /** Anything here must be an earlier application's of ours, and unfinished. */
    private static void refuseForeign(Path directory) throws IOException {
        SortedSet<String> names = namesIn(directory);
        Path temporary = directory.resolve(TEMPORARY);
        if (names.contains(SUCCESS)) {
            throw exists(directory, "holds the output of an earlier job");
        }
        names.remove(TEMPORARY);
        names.removeAll(listedParts(temporary));
        if (!names.isEmpty()) {
            throw exists(
                    directory,
                    "is not empty: it holds " + names.first()
                            + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : ""));
        }
        boolean isForeign = Files.exists(temporary)
                && !Files.exists(temporary.resolve(LocalClaim.NAME))
                && (!Files.isDirectory(temporary) || !namesIn(temporary).isEmpty());
        if (isForeign) {
            throw exists(directory, "holds a " + TEMPORARY + " that another program made");
        }
    }

    /** What a dead application left. The manifest goes after the parts it lists, or they would be strangers. */
    private void deleteRemains(Path directory, Path temporary) throws IOException {
        refuseForeign(directory);
        for (String part : listedParts(temporary)) {
            step("delete old " + part);
            Files.deleteIfExists(directory.resolve(part));
        }
        for (String name : namesIn(temporary)) {
            if (!name.equals(LocalClaim.NAME)) {
                step("delete old " + TEMPORARY + "/" + name);
                deleteTree(temporary.resolve(name));
            }
        }
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    @Override
    public AttemptOutput openAttempt(String target, int partition, String suffix, String attempt) throws IOException {
        String finalName = String.format(Locale.ROOT, "part-%05d%s", partition, suffix);
        String attemptFile = TEMPORARY + "/" + attempt + "/" + finalName;
        Path file = attemptPath(target, attemptFile);
        try {
            step("create attempt directory");
            createIfMissing(file.getParent());
            step("create attempt file");
            return new AttemptOutput(attemptFile, finalName, new DurableOutput(file));
        } catch (NoSuchFileException e) {
            throw new IOException("cannot write " + file + ": the job's output was published or given up before", e);
        } catch (FileSystemException e) {
            throw new IOException("cannot write " + file + ": " + reason(e), e);
        }
    }

    @Override
    public void discardAttempt(String target, String attemptFile) throws IOException {
        deleteTree(attemptPath(target, attemptFile).getParent());
    }

    private static Path attemptPath(String target, String attemptFile) {
        Path temporary = LocalPaths.parse(target).resolve(TEMPORARY);
        Path file = LocalPaths.parse(target).resolve(attemptFile).normalize();
        if (!file.startsWith(temporary) || file.getNameCount() != temporary.getNameCount() + 2) {
            throw new KindlingException(ErrorCode.INTERNAL, "not the file of an attempt: " + attemptFile);
        }
        return file;
    }

    // ---- publish --------------------------------------------------------------------------------------------------

    @Override
    public void publish(String target, List<Part> parts) throws IOException {
        Path directory = LocalPaths.parse(target);
        LocalClaim claim = LocalClaim.heldFor(directory)
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.COMMIT_FAILED,
                        "cannot publish " + directory + ": this application has no claim on it"));
        try {
            publish(directory, target, parts);
        } catch (IOException | RuntimeException e) {
            throw undone(directory, claim, parts, e);
        }
        try {
            step("delete " + TEMPORARY);
            deleteTree(directory.resolve(TEMPORARY));
        } catch (IOException e) {
            // The output is complete and will stay so; what is left is hidden from every reader.
        } finally {
            claim.release();
        }
    }

    private void publish(Path directory, String target, List<Part> parts) throws IOException {
        checkParts(directory, target, parts);
        Path manifest = directory.resolve(TEMPORARY).resolve(SUCCESS);
        step("write manifest");
        writeDurably(manifest, OutputManifest.write(parts));
        for (Part part : parts) {
            step("move " + part.finalName());
            Files.move(
                    attemptPath(target, part.attemptFile()),
                    directory.resolve(part.finalName()),
                    StandardCopyOption.ATOMIC_MOVE);
        }
        step("force names of parts");
        forceNames(directory);
        step("move " + SUCCESS);
        Files.move(manifest, directory.resolve(SUCCESS), StandardCopyOption.ATOMIC_MOVE);
        forceNames(directory);
    }

    private static void checkParts(Path directory, String target, List<Part> parts) throws IOException {
        SortedSet<String> names = namesIn(directory);
        names.remove(TEMPORARY);
        if (!names.isEmpty()) {
            throw new IOException(names.first() + " appeared there while the job ran");
        }
        for (Part part : parts) {
            long byteCount = Files.size(attemptPath(target, part.attemptFile()));
            if (byteCount != part.byteCount()) {
                throw new IOException(
                        part.attemptFile() + " has " + byteCount + " bytes, its task wrote " + part.byteCount());
            }
            if (!names.add(part.finalName())) {
                throw new IOException("two parts are named " + part.finalName());
            }
        }
    }

    private KindlingException undone(Path directory, LocalClaim claim, List<Part> parts, Exception cause) {
        String outcome = "nothing of it is visible";
        try {
            for (String part : listedParts(directory.resolve(TEMPORARY))) {
                Files.deleteIfExists(directory.resolve(part));
            }
            discard(directory, claim);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            claim.release();
            outcome = "some of its " + parts.size() + " parts may remain there, without " + SUCCESS
                    + "; delete the directory";
        }
        return new KindlingException(
                ErrorCode.COMMIT_FAILED, "cannot publish " + directory + ": " + reason(cause) + "; " + outcome, cause);
    }

    // ---- discard --------------------------------------------------------------------------------------------------

    @Override
    public void discard(String target) throws IOException {
        Path directory = LocalPaths.parse(target);
        LocalClaim claim = LocalClaim.heldFor(directory).orElse(null);
        if (claim != null) {
            discard(directory, claim);
        }
    }

    private void discard(Path directory, LocalClaim claim) throws IOException {
        try {
            List<Path> created = claim.createdDirectories();
            step("discard");
            deleteTree(directory.resolve(TEMPORARY));
            removeIfEmpty(created);
        } finally {
            claim.release();
        }
    }

    // ---- manifest -------------------------------------------------------------------------------------------------

    /** Names of the parts in an unfinished manifest; none when it was not written. */
    private static SortedSet<String> listedParts(Path temporary) throws IOException {
        try {
            return OutputManifest.partNames(Files.readString(temporary.resolve(SUCCESS)));
        } catch (NoSuchFileException e) {
            return new TreeSet<>();
        }
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    private void step(String what) {
        beforeStep.accept(what);
    }

    private static void writeDurably(Path file, String text) throws IOException {
        try (DurableOutput out = new DurableOutput(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Makes the names in a directory survive a power cut, where the system lets a directory be opened. */
    private static void forceNames(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows and some network file systems refuse; they order names and bytes themselves.
        }
    }

    private static SortedSet<String> namesIn(Path directory) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        for (Path child : LocalPaths.childrenOf(directory)) {
            names.add(child.getFileName().toString());
        }
        return names;
    }

    private static void removeIfEmpty(List<Path> directories) throws IOException {
        for (Path directory : directories) {
            try {
                Files.deleteIfExists(directory);
            } catch (DirectoryNotEmptyException e) {
                return;
            }
        }
    }

    /** The claim goes last: until then nobody takes the target for free. */
    private static void deleteTree(Path root) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                deleteOnce(root);
                return;
            } catch (DirectoryNotEmptyException e) {
                if (tries == DELETE_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static void deleteOnce(Path root) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            SortedSet<String> names = namesIn(root);
            boolean hadClaim = names.remove(LocalClaim.NAME);
            for (String name : names) {
                deleteOnce(root.resolve(name));
            }
            if (hadClaim) {
                Files.deleteIfExists(root.resolve(LocalClaim.NAME));
            }
        }
        Files.deleteIfExists(root);
    }

    // ---- sentences ------------------------------------------------------------------------------------------------

    private static KindlingException exists(Path directory, String why) {
        return new KindlingException(
                ErrorCode.OUTPUT_EXISTS,
                "output " + directory + " " + why + "; name a directory that does not exist, or empty it first");
    }

    private static KindlingException unwritable(Path path, FileSystemException e) {
        return new KindlingException(ErrorCode.BAD_ARGUMENT, "cannot write output " + path + ": " + reason(e), e);
    }

    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is a file";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
