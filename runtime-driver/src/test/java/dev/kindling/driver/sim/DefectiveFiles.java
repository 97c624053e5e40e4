package dev.kindling.driver.sim;

import dev.kindling.storage.TargetFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * File systems on which a step of publishing an output, or of taking a dead application's target over, is not what it
 * should be: as if the protocol left it out, or did it at another moment.
 */
public final class DefectiveFiles implements TargetFiles {
    private static final String SUCCESS = "/_SUCCESS";
    private static final String TEMPORARY = "/_temporary";
    private static final String MANIFEST = TEMPORARY + SUCCESS;

    private enum Bug {
        /** A claim is respected although the process that wrote it is dead. */
        CLAIM_OUTLIVES_ITS_PROCESS,
        /** What a dead application published of its output stays. */
        REMAINS_KEPT,
        /** Parts become visible before it is written down whose they are. */
        MANIFEST_WRITTEN_LAST,
        /** The output is marked as complete before its parts are there. */
        SUCCESS_BEFORE_PARTS,
        /** Attempts of all applications write to files of the same names. */
        ATTEMPT_FILES_OF_ALL_ALIKE,
        /** What is published or given up leaves its attempt files. */
        TEMPORARY_KEPT,
        /** Parts that were moved before publishing failed stay. */
        PARTS_OF_FAILED_KEPT,
        /** That the answer to the move of the manifest is lost is taken for its failure. */
        LOST_ANSWER_TAKEN_FOR_FAILURE,
        /** What cannot be read is taken for missing, also when that decides whether the output is complete. */
        UNREADABLE_TAKEN_FOR_MISSING,
        /** Manifests of all claims have the same name: what a dead driver asked for moves that of the next one. */
        MANIFESTS_OF_ALL_ALIKE,
        /** The next claim deletes the attempts after the parts: what a dead driver asked for makes a part again. */
        ATTEMPTS_OF_DEAD_DELETED_LAST
    }

    private final TargetFiles files;
    private final Bug bug;
    private final List<String> keptAttempts = new ArrayList<>();
    private boolean hasWrittenClaim;
    private byte[] manifest = {};

    private DefectiveFiles(TargetFiles files, Bug bug) {
        this.files = files;
        this.bug = bug;
    }

    /** The names of all bugs. */
    public static List<String> names() {
        return Arrays.stream(Bug.values()).map(Bug::name).toList();
    }

    /** The given cores, on files with this bug. */
    public static SimCores in(SimCores cores, String name) {
        return cores.withFiles(files -> new DefectiveFiles(files, Bug.valueOf(name)));
    }

    /** Names of attempts begin with that of their application. */
    private String path(String path) {
        return switch (bug) {
            case ATTEMPT_FILES_OF_ALL_ALIKE -> path.replaceFirst("/sim-\\d+-", "/");
            case MANIFESTS_OF_ALL_ALIKE -> path.replaceFirst(MANIFEST + "-\\d+", MANIFEST);
            default -> path;
        };
    }

    private static boolean isManifest(String path) {
        return path.contains(MANIFEST);
    }

    @Override
    public OutputStream create(String file) throws IOException {
        if (bug == Bug.MANIFEST_WRITTEN_LAST && isManifest(file)) {
            return new ByteArrayOutputStream() {
                @Override
                public void close() {
                    manifest = toByteArray();
                }
            };
        }
        return files.create(path(file));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (bug == Bug.MANIFEST_WRITTEN_LAST && isManifest(from)) {
            try (OutputStream out = files.create(from)) {
                out.write(manifest);
            }
        }
        if (bug == Bug.SUCCESS_BEFORE_PARTS) {
            String target = to.substring(0, to.lastIndexOf('/'));
            if (to.endsWith(SUCCESS)) {
                return;
            }
            if (files.kindOf(target + SUCCESS) == Kind.MISSING) {
                files.rename(manifestOf(target), target + SUCCESS);
            }
        }
        files.rename(path(from), path(to));
    }

    private String manifestOf(String target) throws IOException {
        for (String name : files.namesIn(target + TEMPORARY)) {
            if (isManifest(TEMPORARY + "/" + name)) {
                return target + TEMPORARY + "/" + name;
            }
        }
        throw new IOException("there is no manifest");
    }

    @Override
    public boolean deleteIfEmpty(String path) throws IOException {
        boolean isKept = bug == Bug.REMAINS_KEPT && !hasWrittenClaim || bug == Bug.PARTS_OF_FAILED_KEPT;
        return isKept && path.contains("/part-") || files.deleteIfEmpty(path);
    }

    @Override
    public void deleteTree(String path) throws IOException {
        boolean isTakingOver = bug == Bug.ATTEMPTS_OF_DEAD_DELETED_LAST && !hasWrittenClaim;
        if (isTakingOver && path.contains(TEMPORARY + "/sim-")) {
            keptAttempts.add(path);
        } else if (!(bug == Bug.TEMPORARY_KEPT && path.endsWith(TEMPORARY))) {
            files.deleteTree(path(path));
        }
    }

    @Override
    public Optional<String> read(String file) throws IOException {
        if (bug == Bug.LOST_ANSWER_TAKEN_FOR_FAILURE && file.endsWith(SUCCESS)) {
            return Optional.empty();
        }
        try {
            return files.read(path(file));
        } catch (IOException e) {
            if (bug == Bug.UNREADABLE_TAKEN_FOR_MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<Claim> tryClaim(String directory, String claimFile) throws IOException {
        boolean isRespected = bug == Bug.CLAIM_OUTLIVES_ITS_PROCESS
                && !files.read(claimFile).orElse("").isEmpty();
        return isRespected
                ? Optional.empty()
                : files.tryClaim(directory, claimFile).map(TellingClaim::new);
    }

    /** Says when it was written. */
    private final class TellingClaim implements Claim {
        private final Claim claim;

        TellingClaim(Claim claim) {
            this.claim = claim;
        }

        @Override
        public String token() {
            return claim.token();
        }

        @Override
        public List<String> createdDirectories() throws IOException {
            return claim.createdDirectories();
        }

        @Override
        public void write(String applicationId, List<String> createdDirectories) throws IOException {
            claim.write(applicationId, createdDirectories);
            hasWrittenClaim = true;
            for (String attempt : keptAttempts) {
                files.deleteTree(attempt);
            }
        }

        @Override
        public void check() throws IOException {
            claim.check();
        }

        @Override
        public void release() {
            claim.release();
        }
    }

    // ---- as it should be ----------------------------------------------------------------------------------------

    @Override
    public String qualify(String path) {
        return files.qualify(path);
    }

    @Override
    public Kind kindOf(String path) throws IOException {
        return files.kindOf(path(path));
    }

    @Override
    public SortedSet<String> namesIn(String directory) throws IOException {
        return files.namesIn(directory);
    }

    @Override
    public boolean createDirectory(String directory) throws IOException {
        return files.createDirectory(path(directory));
    }

    @Override
    public long byteCount(String file) throws IOException {
        return files.byteCount(path(file));
    }

    @Override
    public void forceNames(String directory) {
        files.forceNames(directory);
    }

    @Override
    public Optional<Claim> heldClaim(String directory) throws IOException {
        return files.heldClaim(directory);
    }

    @Override
    public String reason(Exception failure) {
        return files.reason(failure);
    }
}
