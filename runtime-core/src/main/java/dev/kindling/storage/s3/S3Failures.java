package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The sentences in which requests fail: path, what was asked, whose credentials, what to do, the request's id. Never a
 * secret: of the SDK's own words only a service's code and message are used, and those of a broken connection.
 */
final class S3Failures {
    private static final Set<String> BUSY = Set.of(
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "TooManyRequests");
    private static final Set<String> WORTH_ANOTHER_TRY =
            Set.of("RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted", "BadDigest");
    private static final Set<String> EXPIRED = Set.of("ExpiredToken", "TokenRefreshRequired", "RequestExpired");

    private S3Failures() {}

    static String codeOf(SdkException failure) {
        if (failure instanceof AwsServiceException service && service.awsErrorDetails() != null) {
            String code = service.awsErrorDetails().errorCode();
            return code == null ? "" : code;
        }
        return "";
    }

    static int statusOf(SdkException failure) {
        return failure instanceof AwsServiceException service ? service.statusCode() : 0;
    }

    static boolean isMissing(SdkException failure) {
        return statusOf(failure) == 404;
    }

    static boolean isPreconditionFailed(SdkException failure) {
        return statusOf(failure) == 412;
    }

    /** Whether the same request may succeed a little later. */
    static boolean isTransient(SdkException failure) {
        int status = statusOf(failure);
        if (status == 0) {
            return isBrokenConnection(failure);
        }
        return status >= 500 && status != 501
                || status == 429
                || status == 409 && codeOf(failure).equals("ConditionalRequestConflict")
                || BUSY.contains(codeOf(failure))
                || WORTH_ANOTHER_TRY.contains(codeOf(failure));
    }

    private static boolean isBrokenConnection(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** Why no connection could be made. */
    private static Optional<IOException> unreachable(SdkException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return Optional.of((IOException) cause);
            }
        }
        return Optional.empty();
    }

    /** @param effort how often and how long it was tried, for what ends in a failure for the time being */
    static KindlingException of(S3Path path, Operation operation, SdkException failure, String who, String effort) {
        String cannot = "cannot " + operation.verb + " " + path + ": ";
        String trailer = " (" + who + requestId(failure) + ")";
        String code = codeOf(failure);
        int status = statusOf(failure);
        Optional<IOException> unreachable = unreachable(failure);
        if (unreachable.isPresent()) {
            return failed(
                    ErrorCode.THROTTLED,
                    cannot + "no server answers: " + unreachable.get().getMessage() + ", " + effort
                            + "; look at the address (kindling.s3.endpoint, AWS_ENDPOINT_URL_S3) and at the network"
                            + trailer,
                    failure);
        }
        if (isTransient(failure)) {
            boolean isBusy = BUSY.contains(code) || status == 429 || status == 503;
            String why = status == 0
                    ? "the connection broke: " + innermost(failure)
                    : isBusy ? "the server asks to slow down" : "the server failed with status " + status + " " + code;
            return new KindlingException(
                    ErrorCode.THROTTLED,
                    cannot + why + ", " + effort + "; try again later, with fewer tasks at a time, or raise"
                            + " kindling.s3.tries and kindling.s3.retryForMs" + trailer,
                    failure);
        }
        if (code.equals("SignatureDoesNotMatch")) {
            return failed(
                    ErrorCode.BAD_CREDENTIALS,
                    cannot
                            + "the secret key is not the one that belongs to this access key"
                            + " (SignatureDoesNotMatch); set the right one, and look for spaces or line ends in it"
                            + trailer,
                    failure);
        }
        if (code.equals("InvalidAccessKeyId")) {
            return failed(
                    ErrorCode.BAD_CREDENTIALS,
                    cannot
                            + "the server does not know this access key (InvalidAccessKeyId): it was deleted, or"
                            + " belongs to another server or partition" + trailer,
                    failure);
        }
        if (EXPIRED.contains(code) || code.equals("InvalidToken")) {
            return failed(
                    ErrorCode.BAD_CREDENTIALS,
                    cannot + "the session token is expired or not valid (" + code + "); get new temporary credentials"
                            + trailer,
                    failure);
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return failed(
                    ErrorCode.BAD_CREDENTIALS,
                    cannot
                            + "the clock of this machine differs from the server's by more than it allows"
                            + " (RequestTimeTooSkewed); set it right" + trailer,
                    failure);
        }
        if (code.equals("NoSuchBucket")) {
            return failed(
                    operation == Operation.WRITE ? ErrorCode.BAD_ARGUMENT : ErrorCode.INPUT_NOT_FOUND,
                    cannot + "there is no bucket " + path.bucket() + trailer,
                    failure);
        }
        if (status == 403 || status == 401 || code.equals("AccessDenied")) {
            return failed(ErrorCode.ACCESS_DENIED, cannot + denied(path, operation) + trailer, failure);
        }
        if (status == 404) {
            return failed(ErrorCode.INPUT_NOT_FOUND, cannot + "it does not exist" + trailer, failure);
        }
        if (status == 301 || status == 307 || code.equals("AuthorizationHeaderMalformed")) {
            return failed(
                    ErrorCode.BAD_CONFIGURATION,
                    cannot
                            + "the bucket is in another region (" + code
                            + "); set kindling.s3.region or AWS_REGION to "
                            + regionIn(failure).orElse("it")
                            + trailer,
                    failure);
        }
        if (status == 0) {
            return failed(ErrorCode.BAD_CONFIGURATION, cannot + innermost(failure) + trailer, failure);
        }
        return failed(
                ErrorCode.BAD_ARGUMENT,
                cannot + "the server answers " + status + " " + code + ": " + serviceMessage(failure) + trailer,
                failure);
    }

    private static Optional<String> regionIn(SdkException failure) {
        return failure instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region")
                : Optional.empty();
    }

    private static KindlingException failed(ErrorCode code, String message, SdkException cause) {
        return new KindlingException(code, message, cause);
    }

    /** Without the right to list a bucket, S3 does not even say whether an object exists. */
    private static String denied(S3Path path, Operation operation) {
        String resource = operation.isOfBucket() ? "arn:aws:s3:::" + path.bucket() : path.arn();
        return (operation == Operation.READ ? "it is missing or forbidden" : "access is denied")
                + "; these credentials need " + operation.permission + " on " + resource
                + (operation == Operation.READ ? ", and s3:ListBucket to be told of a missing object" : "")
                + "; kindling doctor s3 " + path + " says what they may do";
    }

    static KindlingException noCredentials(S3Path path, Operation operation, Credentials.NoCredentials failure) {
        return new KindlingException(
                ErrorCode.NO_CREDENTIALS,
                "cannot " + operation.verb + " " + path + ": no AWS credentials were found; " + failure.advice()
                        + "; for a public bucket set kindling.s3.anonymous to true. Looked in\n  "
                        + String.join("\n  ", failure.tried()));
    }

    /** Credentials that are known to be somewhere and that could not be had. */
    static KindlingException unavailable(
            S3Path path, Operation operation, Credentials.Unavailable failure, String effort) {
        SdkException cause = failure.cause();
        String why = statusOf(cause) == 0
                ? innermost(cause) + ", " + effort
                : "the answer is " + answer(cause) + ": " + serviceMessage(cause);
        String advice = codeOf(cause).equals("AccessDenied")
                ? "; the role's trust policy must name this identity, which needs sts:AssumeRole on the role"
                : "";
        return new KindlingException(
                isTransient(cause) ? ErrorCode.NO_CREDENTIALS : ErrorCode.BAD_CREDENTIALS,
                "cannot " + operation.verb + " " + path + ": " + failure.getMessage() + ": " + why + advice + " ("
                        + failure.who() + requestId(cause) + ")",
                failure);
    }

    static KindlingException truncated(S3Path path, long position, String effort, String who, IOException cause) {
        return new KindlingException(
                ErrorCode.INPUT_TRUNCATED,
                "cannot read " + path + " behind byte " + position + ": its body was cut off again and again, " + effort
                        + "; last: " + innermost(cause)
                        + "; look at the network to the server, or raise kindling.s3.tries (" + who + ")",
                cause);
    }

    /** For a remark: what the server, or the connection to it, said. */
    static String brief(SdkException failure) {
        return (statusOf(failure) == 0 ? innermost(failure) : answer(failure)) + requestId(failure);
    }

    /** Status and code; of some answers only the status is known. */
    private static String answer(SdkException failure) {
        return (statusOf(failure) + " " + codeOf(failure)).strip();
    }

    private static String requestId(SdkException failure) {
        return failure instanceof AwsServiceException service && service.requestId() != null
                ? ", request " + service.requestId()
                : "";
    }

    private static String serviceMessage(SdkException failure) {
        String message = failure instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorMessage()
                : null;
        return message == null ? "no message" : message;
    }

    static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || cause instanceof SdkClientException && message.isBlank()
                ? cause.getClass().getSimpleName()
                : message;
    }
}
