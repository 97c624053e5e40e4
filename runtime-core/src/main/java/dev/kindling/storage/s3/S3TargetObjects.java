package dev.kindling.storage.s3;

import dev.kindling.storage.IoThreads;
import dev.kindling.storage.TargetObjects;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;

/** The objects below a target in S3. An upload is one of several parts, here called pieces; a tag is an ETag. */
final class S3TargetObjects implements TargetObjects {
    private static final Logger LOG = LoggerFactory.getLogger(S3TargetObjects.class);

    private final S3Calls calls;
    private final S3Path target;

    S3TargetObjects(S3Calls calls, S3Path target) {
        this.calls = calls;
        this.target = target;
    }

    @Override
    public String target() {
        return target.toString();
    }

    @Override
    public void remark(String what) {
        LOG.warn("{} {}", target, what);
    }

    // ---- objects --------------------------------------------------------------------------------------------------

    @Override
    public boolean isObject() throws IOException {
        return S3Objects.list(calls, target, 1).stream()
                .anyMatch(first -> first.key().equals(target.key()));
    }

    @Override
    public List<String> names(String start, int max) throws IOException {
        int prefix = target.directoryPrefix().length();
        return S3Objects.list(calls, target.child(start), max).stream()
                .map(object -> object.key().substring(prefix))
                .toList();
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        return S3Objects.read(calls, target.child(name));
    }

    @Override
    public void write(String name, String text) throws IOException {
        S3Objects.put(calls, target.child(name), text);
    }

    @Override
    public boolean writeNew(String name, String text) throws IOException {
        return S3Objects.putNew(calls, target.child(name), text);
    }

    @Override
    public void delete(List<String> names) throws IOException {
        S3Objects.delete(calls, names.stream().map(target::child).toList());
    }

    // ---- uploads --------------------------------------------------------------------------------------------------

    @Override
    public Upload begin(String name) throws IOException {
        S3Path path = target.child(name);
        CreateMultipartUploadRequest request = CreateMultipartUploadRequest.builder()
                .bucket(path.bucket())
                .key(path.key())
                .build();
        return new Upload(
                name,
                calls.send(path, Operation.WRITE, () -> calls.client().createMultipartUpload(request))
                        .uploadId());
    }

    @Override
    public OutputStream open(Upload upload) {
        return new S3Upload(calls, nameOf(upload));
    }

    private UploadName nameOf(Upload upload) {
        return new UploadName(target.child(upload.name()), upload.id());
    }

    @Override
    public List<Piece> pieces(Upload upload) throws IOException {
        S3Path path = target.child(upload.name());
        List<Piece> pieces = new ArrayList<>();
        Integer marker = null;
        do {
            ListPartsRequest request = ListPartsRequest.builder()
                    .bucket(path.bucket())
                    .key(path.key())
                    .uploadId(upload.id())
                    .partNumberMarker(marker)
                    .build();
            ListPartsResponse page =
                    calls.send(path, Operation.LIST_PARTS, () -> calls.client().listParts(request));
            page.parts().forEach(piece -> pieces.add(new Piece(piece.partNumber(), piece.eTag(), piece.size())));
            marker = Boolean.TRUE.equals(page.isTruncated()) ? page.nextPartNumberMarker() : null;
        } while (marker != null);
        return pieces;
    }

    @Override
    public Finish finish(Upload upload, List<Piece> pieces) throws IOException {
        S3Path path = target.child(upload.name());
        CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                .bucket(path.bucket())
                .key(path.key())
                .uploadId(upload.id())
                .ifNoneMatch("*")
                .multipartUpload(all -> all.parts(pieces.stream()
                        .map(piece -> CompletedPart.builder()
                                .partNumber(piece.number())
                                .eTag(piece.tag())
                                .build())
                        .toList()))
                .build();
        Tries tries = calls.tries();
        try {
            calls.trying(path, Operation.WRITE, tries, () -> calls.client().completeMultipartUpload(request));
            return Finish.FINISHED;
        } catch (SdkException e) {
            if (S3Failures.isPreconditionFailed(e)) {
                return Finish.TAKEN;
            }
            if (S3Failures.isMissing(e)) {
                return Finish.GONE;
            }
            throw calls.failed(path, Operation.WRITE, e, tries);
        }
    }

    @Override
    public boolean isMadeOf(String name, List<Piece> pieces) throws IOException {
        S3Path path = target.child(name);
        HeadObjectRequest request = HeadObjectRequest.builder()
                .bucket(path.bucket())
                .key(path.key())
                .build();
        Tries tries = calls.tries();
        try {
            String found = plain(calls.trying(
                            path, Operation.READ, tries, () -> calls.client().headObject(request))
                    .eTag());
            return found.equals(tagOf(path, pieces));
        } catch (SdkException e) {
            if (S3Failures.isMissing(e)) {
                return false;
            }
            throw calls.failed(path, Operation.READ, e, tries);
        }
    }

    /** What S3 gives an object of several pieces: a digest of their digests, and how many they are. */
    private static String tagOf(S3Path path, List<Piece> pieces) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            pieces.forEach(piece -> digest.update(HexFormat.of().parseHex(plain(piece.tag()))));
            return HexFormat.of().formatHex(digest.digest()) + "-" + pieces.size();
        } catch (NoSuchAlgorithmException | IllegalArgumentException e) {
            throw new IOException("whether " + path + " is of this job cannot be told from its ETag", e);
        }
    }

    private static String plain(String tag) {
        return tag.replace("\"", "");
    }

    @Override
    public void abort(Upload upload) throws IOException {
        nameOf(upload).abort(calls);
    }

    @Override
    public List<Upload> uploads(String start) throws IOException {
        int prefix = target.directoryPrefix().length();
        return UploadName.all(calls, target.child(start)).stream()
                .map(upload -> new Upload(upload.key().substring(prefix), upload.uploadId()))
                .toList();
    }

    // ---- claims ---------------------------------------------------------------------------------------------------

    @Override
    public String claimText(String applicationId) {
        return S3Claim.textOf(applicationId);
    }

    @Override
    public Optional<String> livingWriter(String claim) throws IOException {
        return S3Claim.livingWriter(calls, target, target.child(claim));
    }

    @Override
    public void hold(String claim, String text) {
        S3Claim.hold(calls, target, claim, text);
    }

    @Override
    public Optional<String> heldClaim() {
        return S3Claim.heldFor(calls, target).map(S3Claim::name);
    }

    @Override
    public void letGo() {
        S3Claim.heldFor(calls, target).ifPresent(S3Claim::stop);
    }

    @Override
    public <A> void each(List<A> items, IoThreads.Step<A, Boolean> step) throws IOException {
        calls.each(items, step);
    }
}
