package dev.kindling.storage.s3;

import dev.kindling.api.KindlingException;
import dev.kindling.storage.ObjectVersion;
import dev.kindling.storage.RangedObject;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object of S3 that is being read. */
final class S3RangedObject implements RangedObject {
    private final S3Calls calls;
    private final S3Path path;
    private final Tries tries;

    S3RangedObject(S3Calls calls, S3Path path) {
        this.calls = calls;
        this.path = path;
        this.tries = calls.tries();
    }

    @Override
    public String path() {
        return path.toString();
    }

    @Override
    public Body open(long from, long end, String tag) throws IOException {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(path.bucket()).key(path.key());
        request.range("bytes=" + from + "-" + (end == Long.MAX_VALUE ? "" : end - 1));
        if (!tag.isEmpty()) {
            request.ifMatch(tag);
        }
        try {
            return bodyOf(calls.trying(
                    path, Operation.READ, tries, () -> calls.client().getObject(request.build())));
        } catch (SdkException e) {
            if (S3Failures.statusOf(e) == 416) {
                throw new Refused(Refused.Reason.BEHIND_ITS_END, e);
            }
            if (!tag.isEmpty() && S3Failures.isPreconditionFailed(e)) {
                throw new Refused(Refused.Reason.OTHER_VERSION, e);
            }
            if (!tag.isEmpty() && S3Failures.codeOf(e).equals("NoSuchKey")) {
                throw new Refused(Refused.Reason.GONE, e);
            }
            throw calls.failed(path, Operation.READ, e, tries);
        }
    }

    private static Body bodyOf(ResponseInputStream<GetObjectResponse> answer) throws IOException {
        try {
            ContentRange range = ContentRange.of(answer.response());
            ObjectVersion version = new ObjectVersion(answer.response().eTag(), range.fileBytes());
            return new Body(version, range.from(), range.to(), answer, answer::abort);
        } catch (IOException | RuntimeException e) {
            answer.abort();
            throw e;
        }
    }

    @Override
    public boolean mayTryAgain() throws IOException {
        return tries.mayTryAgain();
    }

    @Override
    public void startAgain() {
        tries.startAgain();
    }

    @Override
    public KindlingException cutOff(long position, IOException cause) {
        return S3Failures.truncated(path, position, tries.effort(), calls.who(), cause);
    }
}
