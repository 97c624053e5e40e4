package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    private static final String PROBE = S3Claim.TEMPORARY + "doctor-probe";

    private final S3Calls calls;
    private final S3Path path;
    private final Consumer<String> out;
    private boolean isRefusedSomething;

    private S3Doctor(S3Calls calls, S3Path path, Consumer<String> out) {
        this.calls = calls;
        this.path = path;
        this.out = out;
    }

    /**
     * Tells line by line what it finds.
     *
     * @param isAborting whether uploads that nobody is working on are aborted, not only listed
     * @return whether the path may be listed or read
     */
    public static boolean examine(Config config, String path, boolean isAborting, Consumer<String> out)
            throws IOException {
        try (S3Storage storage = new S3Storage(S3Settings.of(config))) {
            return new S3Doctor(storage.calls(path), S3Path.parse(path), out).examine(isAborting);
        }
    }

    private boolean examine(boolean isAborting) throws IOException {
        S3Connection connection = calls.connection();
        tell("server", calls.server());
        tell("region", connection.region().id());
        calls.send(path, Operation.LIST, () -> connection.credentials().resolveCredentials());
        tell("identity", calls.who());
        List<S3Object> found = new ArrayList<>();
        boolean mayList = check(Operation.LIST, () -> found.addAll(S3Objects.list(calls, path, 1)));
        S3Path readable = found.isEmpty() ? path : path.withKey(found.get(0).key());
        boolean mayRead = !readable.key().isEmpty() && check(Operation.READ, () -> readOneByte(readable));
        checkWriting();
        List<MultipartUpload> uploads = new ArrayList<>();
        check(Operation.LIST_UPLOADS, () -> uploads.addAll(UploadName.all(calls, path)));
        tellUploads(uploads, isAborting);
        if (isRefusedSomething) {
            out.accept("kindling aws policy --bucket " + path.bucket()
                    + " --read-only (or --read-write) prints the rights" + " that jobs need");
        }
        return mayList || mayRead;
    }

    /** A request that may be refused. */
    private interface Probe {
        void send() throws IOException;
    }

    private boolean check(Operation operation, Probe probe) throws IOException {
        try {
            probe.send();
            tell(operation.permission, "yes");
            return true;
        } catch (KindlingException e) {
            if (operation == Operation.READ && e.code() == ErrorCode.INPUT_NOT_FOUND) {
                tell(operation.permission, "not tried: there is no object");
                return false;
            }
            isRefusedSomething = true;
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
                            .requestPayer(calls.payer())
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
                                                .requestPayer(calls.payer())
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
                                            .requestPayer(calls.payer())
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
        int left = 0;
        for (MultipartUpload upload : uploads) {
            S3Path key = path.withKey(upload.key());
            S3Path directory = path.withKey(
                    upload.key().substring(0, Math.max(0, upload.key().lastIndexOf('/'))));
            boolean isAlive = S3Claim.isAlive(calls, directory);
            String state = isAlive ? "a job is working on it" : isAborting ? "aborted" : "abandoned";
            if (isAborting && !isAlive) {
                new UploadName(key, upload.uploadId()).abort(calls);
            }
            left += isAlive || isAborting ? 0 : 1;
            tell("unfinished upload", key + ", begun " + upload.initiated() + ": " + state);
        }
        if (left > 0) {
            out.accept("abandoned uploads cost storage until they are aborted: add --abort-uploads");
        }
    }

    private void tell(String what, String value) {
        out.accept("%-32s %s".formatted(what, value));
    }
}
