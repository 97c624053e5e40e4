package dev.kindling.storage.s3;

import dev.kindling.storage.ReadAhead;
import java.io.IOException;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of one version of an object from an offset on. What is wanted for sure is one request; a body that is cut off
 * is asked for again from the byte behind the last one, of the same version. Bytes are counted against what the answer
 * said it holds, so that no cut passes for an end. Used by one thread; {@link #abort} may come from another.
 */
final class RangeReader extends ReadAhead.Source {
    /** The last line of a range ends within it, and a connection is read empty rather than thrown away. */
    private static final long TAIL_BYTES = 64 << 10;

    /** Asked for behind what was wanted: doubled with each request. */
    private static final long LARGEST_BEHIND_BYTES = 8 << 20;

    /** Who gets so far between two cuts is not stuck. */
    private static final long PROGRESS_BYTES = 1 << 20;

    private final S3Calls calls;
    private final S3Path path;
    private final long wantedEnd;
    private final Tries tries;
    private S3Version version;
    private long position;
    private long behindBytes = TAIL_BYTES;
    private long positionOfLastCut = -PROGRESS_BYTES;
    private ResponseInputStream<GetObjectResponse> body;
    private long bodyEnd;
    private volatile boolean isAborted;

    /**
     * @param wanted bytes that are asked for at once
     * @param version empty to take the version that is there at the first request
     */
    RangeReader(S3Calls calls, S3Path path, long offset, long wanted, String version) {
        this.calls = calls;
        this.path = path;
        this.position = offset;
        long end = offset + wanted + TAIL_BYTES;
        this.wantedEnd = end < 0 ? Long.MAX_VALUE : end;
        this.tries = calls.tries();
        this.version = version.isEmpty() ? null : S3Version.parse(version);
    }

    @Override
    public boolean isBehindWanted() {
        return position >= wantedEnd || isAtEnd();
    }

    private boolean isAtEnd() {
        return version != null && position >= version.byteCount();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (length > 0) {
            if (body == null && (isAtEnd() || !openBody())) {
                return -1;
            }
            int count = readBody(bytes, offset, (int) Math.min(length, bodyEnd - position));
            if (count > 0) {
                return count;
            }
        }
        return 0;
    }

    /** 0 when the body was cut off and may be asked for again. */
    private int readBody(byte[] bytes, int offset, int length) throws IOException {
        int count;
        try {
            count = body.read(bytes, offset, length);
            if (count < 0) {
                throw new IOException("the body ended " + (bodyEnd - position) + " bytes early");
            }
        } catch (IOException e) {
            onCut(e);
            return 0;
        }
        position += count;
        if (position == bodyEnd) {
            endBody();
        }
        return count;
    }

    private void onCut(IOException cut) throws IOException {
        dropBody();
        if (isAborted) {
            throw cut;
        }
        if (position - positionOfLastCut >= PROGRESS_BYTES) {
            tries.startAgain();
        }
        positionOfLastCut = position;
        if (!tries.mayTryAgain()) {
            throw S3Failures.truncated(path, position, tries.effort(), calls.who(), cut);
        }
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** False when the object ends here. */
    private boolean openBody() throws IOException {
        long end = nextEnd();
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(path.bucket()).key(path.key()).requestPayer(calls.payer());
        request.range("bytes=" + position + "-" + (end == Long.MAX_VALUE ? "" : end - 1));
        if (version != null) {
            request.ifMatch(version.etag());
        }
        try {
            ResponseInputStream<GetObjectResponse> opened = calls.trying(
                    path, Operation.READ, tries, () -> calls.client().getObject(request.build()));
            body = opened;
            checkAnswer(opened.response());
        } catch (SdkException e) {
            return onRefused(e);
        } catch (IOException | RuntimeException e) {
            dropBody();
            throw e;
        }
        if (isAborted) {
            dropBody();
            throw new IOException("closed");
        }
        return true;
    }

    private long nextEnd() {
        long end = wantedEnd;
        if (position >= wantedEnd) {
            end = position + behindBytes;
            behindBytes = Math.min(LARGEST_BEHIND_BYTES, 2 * behindBytes);
        }
        return version == null ? end : Math.min(end, version.byteCount());
    }

    private void checkAnswer(GetObjectResponse answer) throws IOException {
        ContentRange range = ContentRange.of(answer);
        S3Version found = new S3Version(answer.eTag(), range.fileBytes());
        if (version == null) {
            version = found;
        } else if (!found.equals(version)) {
            throw S3Failures.changed(path, "its version was " + version, "it is " + found);
        }
        if (range.from() != position) {
            throw new IOException("asked for " + path + " from byte " + position + " on, the server sent byte "
                    + range.from() + " first: it does not know ranges");
        }
        bodyEnd = range.to();
    }

    private boolean onRefused(SdkException refusal) {
        if (S3Failures.statusOf(refusal) == 416 && version == null) {
            return false;
        }
        boolean wasThere = version != null;
        if (wasThere && (S3Failures.isPreconditionFailed(refusal) || S3Failures.statusOf(refusal) == 416)) {
            throw S3Failures.changed(path, "its version was " + version, "it is another one");
        }
        if (wasThere && S3Failures.codeOf(refusal).equals("NoSuchKey")) {
            throw S3Failures.changed(path, "its version was " + version, "it is gone");
        }
        throw calls.failed(path, Operation.READ, refusal, tries);
    }

    // ---- the end of a body ----------------------------------------------------------------------------------------

    /** Reads the end mark, so that the connection is used again. */
    private void endBody() {
        try {
            if (body.read() < 0) {
                body.close();
                body = null;
                return;
            }
        } catch (IOException e) {
            // All that was promised has come.
        }
        dropBody();
    }

    private void dropBody() {
        if (body != null) {
            body.abort();
            body = null;
        }
    }

    @Override
    public void abort(Future<?> reading) {
        isAborted = true;
        ResponseInputStream<GetObjectResponse> open = body;
        if (open != null) {
            open.abort();
        }
        reading.cancel(true);
    }

    @Override
    public void close() throws IOException {
        if (body != null && !isAborted && bodyEnd - position <= TAIL_BYTES) {
            byte[] rest = new byte[8 << 10];
            try {
                while (body.read(rest) >= 0) {
                    continue;
                }
                body.close();
                body = null;
                return;
            } catch (IOException e) {
                // Nobody wants these bytes.
            }
        }
        dropBody();
    }
}
