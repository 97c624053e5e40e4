package dev.kindling.s3server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyException;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** What goes wrong on its way to the objects, on demand; and who may do what. Safe for many threads. */
final class Faults {
    private static final Set<String> READS = Set.of("getBlob", "blobMetadata");

    private record Failure(int status, String code, int left) {}

    private final Map<String, Failure> failures = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private String heldOperation = "";
    private int passesLeft;
    private int held;
    private long cutAfterBytes;
    private boolean cutSaysSo;
    private int cutsLeft;

    synchronized void fail(String operation, int status, String code, int times) {
        failures.put(operation, new Failure(status, code, times));
    }

    /** After so many calls of the operation others wait. */
    synchronized void hold(String operation, int passes) {
        heldOperation = operation;
        passesLeft = passes;
    }

    synchronized int held() {
        return held;
    }

    synchronized void release() {
        heldOperation = "";
        notifyAll();
    }

    synchronized void cut(long afterBytes, boolean saysSo, int times) {
        cutAfterBytes = afterBytes;
        cutSaysSo = saysSo;
        cutsLeft = times;
    }

    synchronized String takeCounts() {
        StringBuilder text = new StringBuilder();
        counts.forEach((operation, count) ->
                text.append(operation).append('=').append(count).append(' '));
        counts.clear();
        return text.toString();
    }

    /** The store as somebody with these rights sees it. */
    BlobStore around(BlobStore store, String rights) {
        return new Watched(store, rights);
    }

    /** The server looks through it for the kind of the store below. */
    private final class Watched extends ForwardingBlobStore {
        private final String rights;

        Watched(BlobStore store, String rights) {
            super(store);
            this.rights = rights;
        }

        private void before(String operation) {
            Faults.this.before(operation);
            checkRight(operation, rights);
        }

        @Override
        public ListObjectsV2Response list(ListObjectsV2Request request) {
            before("list");
            return super.list(request);
        }

        @Override
        public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
            before("blobMetadata");
            return hiding(() -> super.blobMetadata(request));
        }

        @Override
        public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
            before("getBlob");
            return maybeCut(hiding(() -> super.getBlob(request)));
        }

        /** Who may not list does not learn what is missing. */
        private <T> T hiding(Supplier<T> read) {
            try {
                return read.get();
            } catch (NoSuchKeyException e) {
                throw rights.equals("get") ? new S3ProxyException(S3ErrorCode.ACCESS_DENIED) : e;
            }
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            before("putBlob");
            return super.putBlob(request, body);
        }

        @Override
        public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
            before("removeBlob");
            return super.removeBlob(request);
        }

        @Override
        public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
            before("initiateMultipartUpload");
            return super.initiateMultipartUpload(request);
        }

        @Override
        public UploadPartResponse uploadMultipartPart(
                MultipartUpload upload, UploadPartRequest request, InputStream body) {
            before("uploadMultipartPart");
            return super.uploadMultipartPart(upload, request, body);
        }

        @Override
        public CompleteMultipartUploadResponse completeMultipartUpload(
                MultipartUpload upload, CompleteMultipartUploadRequest request) {
            before("completeMultipartUpload");
            return super.completeMultipartUpload(upload, request);
        }

        @Override
        public void abortMultipartUpload(MultipartUpload upload) {
            before("abortMultipartUpload");
            super.abortMultipartUpload(upload);
        }

        @Override
        public List<Part> listMultipartUpload(MultipartUpload upload) {
            before("listMultipartUpload");
            return super.listMultipartUpload(upload);
        }

        @Override
        public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(String bucket) {
            before("listMultipartUploads");
            return super.listMultipartUploads(bucket);
        }
    }

    private synchronized void before(String operation) {
        counts.merge(operation, 1, Integer::sum);
        awaitPass(operation);
        Failure failure = failures.get(operation);
        if (failure != null && failure.left() > 0) {
            failures.put(operation, new Failure(failure.status(), failure.code(), failure.left() - 1));
            throw S3Exception.builder()
                    .statusCode(failure.status())
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode(failure.code())
                            .errorMessage("on demand")
                            .build())
                    .build();
        }
    }

    private synchronized void awaitPass(String operation) {
        held++;
        try {
            while (operation.equals(heldOperation) && passesLeft == 0) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            held--;
        }
        passesLeft -= operation.equals(heldOperation) ? 1 : 0;
    }

    private static void checkRight(String operation, String rights) {
        boolean isAllowed = switch (rights) {
            case "rw" -> true;
            case "ro" -> READS.contains(operation) || operation.equals("list");
            default -> READS.contains(operation);
        };
        if (!isAllowed) {
            throw new S3ProxyException(S3ErrorCode.ACCESS_DENIED);
        }
    }

    private synchronized ResponseInputStream<GetObjectResponse> maybeCut(ResponseInputStream<GetObjectResponse> body) {
        GetObjectResponse answer = body.response();
        if (cutsLeft == 0 || answer.contentLength() <= cutAfterBytes) {
            return body;
        }
        cutsLeft--;
        GetObjectResponse told =
                cutSaysSo ? answer.toBuilder().contentLength(cutAfterBytes).build() : answer;
        return new ResponseInputStream<>(told, new CutOff(body, cutAfterBytes, !cutSaysSo));
    }

    /** Ends after so many bytes, with a failure or as if that was all. */
    private static final class CutOff extends FilterInputStream {
        private final boolean fails;
        private long left;

        CutOff(InputStream in, long bytes, boolean fails) {
            super(in);
            this.left = bytes;
            this.fails = fails;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                if (fails) {
                    throw new IOException("cut off on demand");
                }
                return -1;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
