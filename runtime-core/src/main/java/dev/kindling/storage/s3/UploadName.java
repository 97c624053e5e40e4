package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** One unfinished upload. As the name of an attempt's file it is written {@code part-00000?uploadId}. */
record UploadName(S3Path path, String uploadId) {
    static UploadName parse(S3Path target, String attemptFile) {
        int mark = attemptFile.indexOf('?');
        if (mark < 0) {
            throw new KindlingException(ErrorCode.INTERNAL, "not the file of an attempt: " + attemptFile);
        }
        return new UploadName(target.child(attemptFile.substring(0, mark)), attemptFile.substring(mark + 1));
    }

    String attemptFile() {
        return path.name() + "?" + uploadId;
    }

    /** Leaves nothing of it; one that is gone already was aborted or finished. */
    void abort(S3Calls calls) throws IOException {
        Tries tries = calls.tries();
        try {
            calls.trying(
                    path,
                    Operation.ABORT_UPLOAD,
                    tries,
                    () -> calls.client()
                            .abortMultipartUpload(AbortMultipartUploadRequest.builder()
                                    .bucket(path.bucket())
                                    .key(path.key())
                                    .uploadId(uploadId)
                                    .build()));
        } catch (SdkException e) {
            if (!S3Failures.isMissing(e)) {
                throw calls.failed(path, Operation.ABORT_UPLOAD, e, tries);
            }
        }
    }

    /** The unfinished uploads to keys that begin as this one does. */
    static List<MultipartUpload> all(S3Calls calls, S3Path start) throws IOException {
        List<MultipartUpload> uploads = new ArrayList<>();
        String keyMarker = null;
        String idMarker = null;
        while (true) {
            ListMultipartUploadsRequest request = ListMultipartUploadsRequest.builder()
                    .bucket(start.bucket())
                    .prefix(start.key())
                    .keyMarker(keyMarker)
                    .uploadIdMarker(idMarker)
                    .build();
            ListMultipartUploadsResponse page = calls.send(
                    start, Operation.LIST_UPLOADS, () -> calls.client().listMultipartUploads(request));
            uploads.addAll(page.uploads());
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return uploads;
            }
            keyMarker = page.nextKeyMarker();
            idMarker = page.nextUploadIdMarker();
        }
    }

    /** Aborts all unfinished uploads of parts of an output. */
    static void abortAll(S3Calls calls, S3Path target) throws IOException {
        List<UploadName> left = all(calls, target.child(S3Upload.PART)).stream()
                .map(upload -> new UploadName(target.withKey(upload.key()), upload.uploadId()))
                .toList();
        calls.each(left, upload -> {
            upload.abort(calls);
            return upload;
        });
    }
}
