package dev.kindling.storage.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** One unfinished upload. */
record UploadName(S3Path path, String uploadId) {
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
}
