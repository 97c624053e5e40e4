package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputManifest;
import dev.kindling.storage.OutputStore.Part;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;

/**
 * Finishes the uploads of a job: first a hidden manifest that lists the parts, then the parts, many at once, each only if
 * its key is free, then {@code _SUCCESS}. What a crash leaves in between has no {@code _SUCCESS}, and the manifest tells
 * the next claim which parts to delete. A request whose answer was lost is told from a failure by the object's ETag.
 */
final class S3Commit {
    private static final Logger LOG = LoggerFactory.getLogger(S3Commit.class);

    private final S3Calls calls;
    private final S3Path target;

    S3Commit(S3Calls calls, S3Path target) {
        this.calls = calls;
        this.target = target;
    }

    /** Undoes itself on failure, and says what remains where that fails too. */
    void publish(List<Part> parts) throws IOException {
        S3Claim claim = S3Claim.heldFor(calls, target)
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.COMMIT_FAILED, "cannot publish " + target + ": this application has no claim on it"));
        List<S3Path> published = Collections.synchronizedList(new ArrayList<>());
        String manifest = OutputManifest.write(parts);
        S3Path success = target.child(S3Claim.SUCCESS);
        try {
            if (!claim.isLast()) {
                throw new IOException("another application has taken it over, for this one had shown no sign of life");
            }
            S3Objects.put(calls, claim.manifest(), manifest);
            calls.each(parts, part -> {
                finish(part);
                published.add(target.child(part.finalName()));
                return part;
            });
            if (!S3Objects.putNew(calls, success, manifest)) {
                throw new IOException(success + " appeared while the job ran");
            }
        } catch (IOException | RuntimeException e) {
            if (!isPublished(success, manifest)) {
                throw undone(claim, published, e);
            }
        }
        try {
            claim.release();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} is complete, but not all that was needed for it could be removed: {}", target, e.getMessage());
        }
    }

    void discard() throws IOException {
        Optional<S3Claim> claim = S3Claim.heldFor(calls, target);
        if (claim.isPresent()) {
            claim.get().release();
        }
    }

    // ---- one part -------------------------------------------------------------------------------------------------

    void finish(Part part) throws IOException {
        UploadName upload = UploadName.parse(target, part.attemptFile());
        List<software.amazon.awssdk.services.s3.model.Part> pieces = piecesOf(upload);
        long byteCount = pieces.stream().mapToLong(piece -> piece.size()).sum();
        if (byteCount != part.byteCount()) {
            throw new IOException(part.finalName() + " has " + byteCount + " bytes at the server, its task wrote "
                    + part.byteCount());
        }
        complete(upload, pieces);
    }

    void complete(UploadName upload, List<software.amazon.awssdk.services.s3.model.Part> pieces) throws IOException {
        CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(upload.path().key())
                .uploadId(upload.uploadId())
                .ifNoneMatch("*")
                .requestPayer(calls.payer())
                .multipartUpload(all -> all.parts(pieces.stream()
                        .map(piece -> CompletedPart.builder()
                                .partNumber(piece.partNumber())
                                .eTag(piece.eTag())
                                .build())
                        .toList()))
                .build();
        Tries tries = calls.tries();
        try {
            calls.trying(
                    upload.path(), Operation.WRITE, tries, () -> calls.client().completeMultipartUpload(request));
        } catch (SdkException e) {
            boolean isTaken = S3Failures.isPreconditionFailed(e);
            if (!isTaken && !S3Failures.isMissing(e)) {
                throw calls.failed(upload.path(), Operation.WRITE, e, tries);
            }
            if (!etagAt(upload.path()).equals(Optional.of(etagOf(pieces)))) {
                throw new IOException(
                        upload.path() + (isTaken ? " appeared while the job ran" : " lost its upload: it was aborted"),
                        e);
            }
        }
    }

    List<software.amazon.awssdk.services.s3.model.Part> piecesOf(UploadName upload) throws IOException {
        List<software.amazon.awssdk.services.s3.model.Part> pieces = new ArrayList<>();
        Integer marker = null;
        do {
            ListPartsRequest request = ListPartsRequest.builder()
                    .bucket(target.bucket())
                    .key(upload.path().key())
                    .uploadId(upload.uploadId())
                    .partNumberMarker(marker)
                    .requestPayer(calls.payer())
                    .build();
            ListPartsResponse page = calls.send(
                    upload.path(), Operation.LIST_PARTS, () -> calls.client().listParts(request));
            pieces.addAll(page.parts());
            marker = Boolean.TRUE.equals(page.isTruncated()) ? page.nextPartNumberMarker() : null;
        } while (marker != null);
        return pieces;
    }

    /** What S3 gives an object of several pieces: a digest of their digests, and how many they are. */
    static String etagOf(List<software.amazon.awssdk.services.s3.model.Part> pieces) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            pieces.forEach(piece -> digest.update(HexFormat.of().parseHex(plain(piece.eTag()))));
            return HexFormat.of().formatHex(digest.digest()) + "-" + pieces.size();
        } catch (NoSuchAlgorithmException | IllegalArgumentException e) {
            // Encrypted pieces have another kind of tag: then nothing can be told from it.
            return "unknown";
        }
    }

    private Optional<String> etagAt(S3Path path) throws IOException {
        try {
            return Optional.of(plain(calls.trying(
                            path,
                            Operation.READ,
                            calls.tries(),
                            () -> calls.client()
                                    .headObject(HeadObjectRequest.builder()
                                            .bucket(path.bucket())
                                            .key(path.key())
                                            .requestPayer(calls.payer())
                                            .build()))
                    .eTag()));
        } catch (SdkException e) {
            return Optional.empty();
        }
    }

    private static String plain(String etag) {
        return etag.replace("\"", "");
    }

    // ---- failure --------------------------------------------------------------------------------------------------

    /** Whether the commit point was reached although no answer said so. When that cannot be known, nothing is undone. */
    private boolean isPublished(S3Path success, String manifest) {
        try {
            return S3Objects.read(calls, success).filter(manifest::equals).isPresent();
        } catch (IOException | RuntimeException e) {
            throw OutputManifest.notKnown(target.toString(), success.toString(), e.getMessage(), e);
        }
    }

    private KindlingException undone(S3Claim claim, List<S3Path> published, Exception cause) {
        String outcome = "nothing of it is visible";
        try {
            S3Objects.delete(calls, List.copyOf(published));
            claim.release();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            outcome = published.size() + " of its parts may remain there, without " + S3Claim.SUCCESS
                    + "; delete the directory, and see kindling doctor s3 " + target + " --abort-uploads";
        }
        return new KindlingException(
                ErrorCode.COMMIT_FAILED,
                "cannot publish " + target + ": " + cause.getMessage() + "; " + outcome,
                cause);
    }
}
