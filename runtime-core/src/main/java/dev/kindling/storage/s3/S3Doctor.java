package dev.kindling.storage.s3;

import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.storage.UploadOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Whose requests ours are, and what they may do with a path: each right is tried, with requests that change nothing that
 * anybody can see.
 */
public final class S3Doctor {
    private static final String PROBE = UploadOutput.TEMPORARY + "doctor-probe";

    /** What our jobs upload: others' uploads are theirs to end. */
    private static final Pattern OURS =
            Pattern.compile("(.*/)?(" + UploadOutput.PART + "\\d{5,}(\\.\\w+)?|" + UploadOutput.SUCCESS + ")");

    private final S3Calls calls;
    private final S3Path path;
    private final Consumer<String> out;
    private final Set<Operation> allowed = EnumSet.noneOf(Operation.class);
    private final Set<Operation> refused = EnumSet.noneOf(Operation.class);

    private S3Doctor(S3Calls calls, S3Path path, Consumer<String> out) {
        this.calls = calls;
        this.path = path;
        this.out = out;
    }

    /**
     * Tells line by line what it finds.
     *
     * @param isForWriting whether a job shall write to the path; else one shall read it
     * @param isAborting whether uploads that nobody is working on are aborted, not only listed
     * @return whether that job may do all that it must
     */
    public static boolean examine(
            Config config, String path, boolean isForWriting, boolean isAborting, Consumer<String> out)
            throws IOException {
        try (S3Storage storage = new S3Storage(S3Settings.of(config))) {
            S3Calls calls = storage.calls(path);
            return new S3Doctor(calls, S3Path.parse(path), out).examine(isForWriting, isAborting);
        }
    }

    private boolean examine(boolean isForWriting, boolean isAborting) throws IOException {
        tell("server", calls.server());
        tell("region", calls.connection().region().id());
        calls.send(path, Operation.LIST, () -> calls.connection().credentials().resolveCredentials());
        tell("identity", calls.who());
        tell("name of it", nameOfIdentity());
        boolean isReadable = checkReading();
        checkWriting();
        List<MultipartUpload> uploads = new ArrayList<>();
        check(
                Operation.LIST_UPLOADS,
                () -> UploadName.all(calls, path).stream()
                        .filter(upload -> isHere(upload.key()))
                        .forEach(uploads::add));
        tellUploads(uploads, isAborting);
        if (!refused.isEmpty()) {
            String prefix = path.key().isEmpty() ? "" : " --prefix " + path.key();
            out.accept("kindling aws policy --bucket " + path.bucket() + prefix
                    + (isForWriting ? " --read-write" : " --read-only") + " prints the rights that a job needs");
        }
        // Where there is no object, nobody can tell whether one could be read.
        boolean isWritable = refused.isEmpty() && allowed.containsAll(EnumSet.complementOf(EnumSet.of(Operation.READ)));
        boolean isPossible = isForWriting ? isWritable : isReadable;
        tell("a job may " + (isForWriting ? "write here" : "read this"), isPossible ? "yes" : "no");
        return isPossible;
    }

    /** As AWS has it; another server is not asked at AWS's. */
    private String nameOfIdentity() {
        if (calls.settings().isAnonymous()) {
            return "none";
        }
        if (calls.connection().endpoint().isPresent() && !S3Connection.isTokenServiceNamed()) {
            return "not asked for: the server is not AWS (set AWS_ENDPOINT_URL_STS to ask it)";
        }
        if (!SdkLibraries.hasSts()) {
            return "not asked for: software.amazon.awssdk:sts is not on the class path";
        }
        try {
            return calls.connection().credentials().callerIdentity();
        } catch (SdkException e) {
            return "not known: " + S3Failures.brief(e);
        }
    }

    /** The object itself, or those in the directory. */
    private boolean checkReading() throws IOException {
        List<S3Object> found = new ArrayList<>();
        boolean mayList = check(Operation.LIST, () -> {
            found.addAll(S3Objects.list(calls, path, 1));
            if (!found.isEmpty() && !isHere(found.get(0).key())) {
                // A longer name that begins alike came first.
                found.clear();
                found.addAll(S3Objects.list(calls, path.child(""), 1));
            }
        });
        S3Path readable = found.isEmpty() ? path : path.withKey(found.get(0).key());
        if (mayList && found.isEmpty() || readable.key().isEmpty()) {
            tell(Operation.READ.permission, "not tried: there is no object");
            return false;
        }
        return check(Operation.READ, () -> readOneByte(readable));
    }

    /** Whether it is the path itself, or below it. */
    private boolean isHere(String key) {
        return key.equals(path.key()) || key.startsWith(path.directoryPrefix());
    }

    /** A request that may be refused. */
    private interface Probe {
        void send() throws IOException;
    }

    private boolean check(Operation operation, Probe probe) throws IOException {
        try {
            probe.send();
            tell(operation.permission, "yes");
            allowed.add(operation);
            return true;
        } catch (KindlingException e) {
            refused.add(operation);
            tell(operation.permission, "no: " + e.getMessage());
            return false;
        }
    }

    private void readOneByte(S3Path object) throws IOException {
        calls.send(object, Operation.READ, () -> {
            calls.client()
                    .getObject(GetObjectRequest.builder()
                            .bucket(object.bucket())
                            .key(object.key())
                            .build())
                    .abort();
            return null;
        });
    }

    /** An upload that is begun and aborted was never visible. */
    private void checkWriting() throws IOException {
        S3Path probe = path.child(PROBE);
        String[] uploadId = {""};
        check(
                Operation.WRITE,
                () -> uploadId[0] = calls.send(
                                probe,
                                Operation.WRITE,
                                () -> calls.client()
                                        .createMultipartUpload(CreateMultipartUploadRequest.builder()
                                                .bucket(probe.bucket())
                                                .key(probe.key())
                                                .build()))
                        .uploadId());
        if (!uploadId[0].isEmpty()) {
            check(
                    Operation.LIST_PARTS,
                    () -> calls.send(
                            probe,
                            Operation.LIST_PARTS,
                            () -> calls.client()
                                    .listParts(ListPartsRequest.builder()
                                            .bucket(probe.bucket())
                                            .key(probe.key())
                                            .uploadId(uploadId[0])
                                            .build())));
            check(
                    Operation.ABORT_UPLOAD,
                    () -> calls.send(
                            probe,
                            Operation.ABORT_UPLOAD,
                            () -> calls.client()
                                    .abortMultipartUpload(AbortMultipartUploadRequest.builder()
                                            .bucket(probe.bucket())
                                            .key(probe.key())
                                            .uploadId(uploadId[0])
                                            .build())));
        }
        check(Operation.DELETE, () -> S3Objects.delete(calls, List.of(probe)));
    }

    private void tellUploads(List<MultipartUpload> uploads, boolean isAborting) throws IOException {
        Map<S3Path, Boolean> isAlive = new HashMap<>();
        int left = 0;
        for (MultipartUpload upload : uploads) {
            String key = upload.key();
            String state = "not of Kindling, left alone";
            if (OURS.matcher(key).matches()) {
                S3Path directory = path.withKey(key.substring(0, Math.max(0, key.lastIndexOf('/'))));
                if (!isAlive.containsKey(directory)) {
                    isAlive.put(directory, UploadOutput.isBeingWritten(new S3TargetObjects(calls, directory)));
                }
                boolean isAbandoned = !isAlive.get(directory);
                state = !isAbandoned ? "a job is working on it" : isAborting ? "aborted" : "abandoned by a job";
                if (isAbandoned && isAborting) {
                    new UploadName(path.withKey(key), upload.uploadId()).abort(calls);
                }
                left += isAbandoned && !isAborting ? 1 : 0;
            }
            tell("unfinished upload", path.withKey(key) + ", begun " + upload.initiated() + ": " + state);
        }
        if (left > 0) {
            out.accept(left + " abandoned uploads cost storage until they are aborted: kindling doctor s3 " + path
                    + " --abort-uploads");
        }
    }

    private void tell(String what, String value) {
        out.accept("%-32s %s".formatted(what, value));
    }
}
