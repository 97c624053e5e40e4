package dev.kindling.s3server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyException;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What goes wrong on its way to the objects, on demand; and who may do what. Safe for many threads. */
final class Faults {
    private static final Set<String> READS = Set.of("getBlob", "blobMetadata", "blobExists", "getBlobAccess");
    private static final Set<String> LISTS =
            Set.of("list", "listV1", "headBucket", "containerExists", "getContainerAccess");
    private static final Set<String> QUESTIONS_OF_THE_SERVER = Set.of(
            "close",
            "toString",
            "hashCode",
            "equals",
            "getMinimumMultipartPartSize",
            "supportsVersioning",
            "supportsServerSideEncryption",
            "supportsBucketEncryption",
            "supportsCopyMultipartPart");

    private record Failure(int status, String code, int left) {}

    private final Map<String, Failure> failures = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long cutAfterBytes;
    private boolean cutSaysSo;
    private int cutsLeft;

    synchronized void fail(String operation, int status, String code, int times) {
        failures.put(operation, new Failure(status, code, times));
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
        return (BlobStore) Proxy.newProxyInstance(
                Faults.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (self, method, args) -> {
                    String operation = method.getName();
                    if (!QUESTIONS_OF_THE_SERVER.contains(operation)) {
                        before(operation);
                        checkRight(operation, rights);
                    }
                    return call(store, method, args, rights);
                });
    }

    private synchronized void before(String operation) {
        counts.merge(operation, 1, Integer::sum);
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

    private static void checkRight(String operation, String rights) {
        boolean isAllowed = switch (rights) {
            case "rw" -> true;
            case "ro" -> READS.contains(operation) || LISTS.contains(operation);
            default ->
                READS.contains(operation)
                        || operation.equals("containerExists")
                        || operation.equals("getContainerAccess");
        };
        if (!isAllowed) {
            throw new S3ProxyException(S3ErrorCode.ACCESS_DENIED);
        }
    }

    private Object call(BlobStore store, Method method, Object[] args, String rights) throws Throwable {
        try {
            Object answer = method.invoke(store, args);
            return method.getName().equals("getBlob") ? maybeCut((ResponseInputStream<?>) answer) : answer;
        } catch (InvocationTargetException e) {
            if (rights.equals("get") && e.getCause() instanceof NoSuchKeyException) {
                throw new S3ProxyException(S3ErrorCode.ACCESS_DENIED);
            }
            throw e.getCause();
        }
    }

    private synchronized Object maybeCut(ResponseInputStream<?> body) {
        GetObjectResponse answer = (GetObjectResponse) body.response();
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
