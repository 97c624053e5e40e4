package dev.kindling.storage.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Small objects of our own, whole: claims, manifests, {@code _SUCCESS}. */
final class S3Objects {
    private static final int PAGE = 1_000;

    private S3Objects() {}

    /** The first objects, up to {@code max}, whose keys begin as this one. */
    static List<S3Object> list(S3Calls calls, S3Path start, int max) throws IOException {
        List<S3Object> found = new ArrayList<>();
        String token = null;
        do {
            ListObjectsV2Request request = ListObjectsV2Request.builder()
                    .bucket(start.bucket())
                    .prefix(start.key())
                    .continuationToken(token)
                    .maxKeys(Math.min(PAGE, max - found.size()))
                    .build();
            ListObjectsV2Response page = calls.list(start, request);
            found.addAll(page.contents());
            token = page.nextContinuationToken();
        } while (token != null && found.size() < max);
        return found;
    }

    /** False when it exists. */
    static boolean putNew(S3Calls calls, S3Path path, String text) throws IOException {
        Tries tries = calls.tries();
        try {
            calls.trying(path, Operation.WRITE, tries, () -> put(calls, path, text, true));
            return true;
        } catch (SdkException e) {
            if (S3Failures.isPreconditionFailed(e)) {
                return false;
            }
            throw calls.failed(path, Operation.WRITE, e, tries);
        }
    }

    static void put(S3Calls calls, S3Path path, String text) throws IOException {
        calls.send(path, Operation.WRITE, () -> put(calls, path, text, false));
    }

    private static Object put(S3Calls calls, S3Path path, String text, boolean isNew) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(path.bucket()).key(path.key());
        if (isNew) {
            request.ifNoneMatch("*");
        }
        return calls.client().putObject(request.build(), RequestBody.fromString(text, StandardCharsets.UTF_8));
    }

    /** Empty when there is none. */
    static Optional<String> read(S3Calls calls, S3Path path) throws IOException {
        Tries tries = calls.tries();
        try {
            return Optional.of(calls.trying(path, Operation.READ, tries, () -> get(calls, path))
                    .asUtf8String());
        } catch (SdkException e) {
            if (S3Failures.isMissing(e)) {
                return Optional.empty();
            }
            throw calls.failed(path, Operation.READ, e, tries);
        }
    }

    /** Text, and by the server's clock when it was written and when it was read. */
    record Dated(String text, Instant writtenAt, Instant readAt) {}

    static Dated readDated(S3Calls calls, S3Path path) throws IOException {
        ResponseBytes<GetObjectResponse> answer = calls.send(path, Operation.READ, () -> get(calls, path));
        Instant readAt = answer.response()
                .sdkHttpResponse()
                .firstMatchingHeader("Date")
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .orElseGet(Instant::now);
        return new Dated(answer.asUtf8String(), answer.response().lastModified(), readAt);
    }

    private static ResponseBytes<GetObjectResponse> get(S3Calls calls, S3Path path) {
        return calls.client()
                .getObjectAsBytes(GetObjectRequest.builder()
                        .bucket(path.bucket())
                        .key(path.key())
                        .build());
    }

    /** What is gone already is no failure. */
    static void delete(S3Calls calls, List<S3Path> paths) throws IOException {
        calls.each(
                paths,
                path -> calls.send(
                        path,
                        Operation.DELETE,
                        () -> calls.client()
                                .deleteObject(DeleteObjectRequest.builder()
                                        .bucket(path.bucket())
                                        .key(path.key())
                                        .build())));
    }
}
