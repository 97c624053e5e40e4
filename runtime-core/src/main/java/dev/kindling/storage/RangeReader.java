package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.util.concurrent.Future;

/**
 * The bytes of one version of an object from an offset on. What is wanted for sure is one request; a body that is cut off
 * is asked for again from the byte behind the last one, of the same version. Bytes are counted against what the answer
 * said it holds, so that no cut passes for an end. Used by one thread; {@link #abort} may come from another.
 */
public final class RangeReader extends ReadAhead.Source {
    /** The last line of a range ends within it, and a connection is read empty rather than thrown away. */
    private static final long TAIL_BYTES = 64 << 10;

    /** Asked for behind what was wanted: doubled with each request. */
    private static final long LARGEST_BEHIND_BYTES = 8 << 20;

    /** Who gets so far between two cuts is not stuck. */
    private static final long PROGRESS_BYTES = 1 << 20;

    private final RangedObject object;
    private final long wantedEnd;
    private ObjectVersion version;
    private long position;
    private long behindBytes = TAIL_BYTES;
    private long positionOfLastCut = -PROGRESS_BYTES;
    private RangedObject.Body body;
    private volatile boolean isAborted;

    /**
     * @param wanted bytes that are asked for at once
     * @param version empty to take the version that is there at the first request
     */
    public RangeReader(RangedObject object, long offset, long wanted, String version) {
        this.object = object;
        this.position = offset;
        long end = offset + wanted + TAIL_BYTES;
        this.wantedEnd = end < 0 ? Long.MAX_VALUE : end;
        this.version = version.isEmpty() ? null : ObjectVersion.parse(version);
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
            int count = readBody(bytes, offset, (int) Math.min(length, body.to() - position));
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
            count = body.bytes().read(bytes, offset, length);
            if (count < 0) {
                throw new IOException("the body ended " + (body.to() - position) + " bytes early");
            }
        } catch (IOException e) {
            onCut(e);
            return 0;
        }
        position += count;
        if (position == body.to()) {
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
            object.startAgain();
        }
        positionOfLastCut = position;
        if (!object.mayTryAgain()) {
            throw object.cutOff(position, cut);
        }
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** False when the object ends here. */
    private boolean openBody() throws IOException {
        try {
            body = object.open(position, nextEnd(), version == null ? "" : version.tag());
            checkAnswer();
        } catch (RangedObject.Refused e) {
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

    private void checkAnswer() throws IOException {
        if (version == null) {
            version = body.version();
        } else if (!body.version().equals(version)) {
            throw changed("it is " + body.version());
        }
        if (body.from() != position) {
            throw new IOException("asked for " + object.path() + " from byte " + position + " on, the server sent byte "
                    + body.from() + " first: it does not know ranges");
        }
    }

    private boolean onRefused(RangedObject.Refused refusal) {
        if (version == null) {
            // Nothing else is refused to who asks for any version.
            return false;
        }
        throw changed(refusal.reason() == RangedObject.Refused.Reason.GONE ? "it is gone" : "it is another one");
    }

    private KindlingException changed(String now) {
        return new KindlingException(
                ErrorCode.INPUT_CHANGED,
                object.path() + " changed after the job was planned: its version was " + version + ", now " + now
                        + ". Run the job again when nobody writes to it");
    }

    // ---- the end of a body ----------------------------------------------------------------------------------------

    /** Reads the end mark, so that the connection is used again. */
    private void endBody() {
        try {
            if (body.bytes().read() < 0) {
                body.bytes().close();
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
            body.abort().run();
            body = null;
        }
    }

    @Override
    public void abort(Future<?> reading) {
        isAborted = true;
        RangedObject.Body open = body;
        if (open != null) {
            open.abort().run();
        }
        reading.cancel(true);
    }

    @Override
    public void close() throws IOException {
        if (body != null && !isAborted && body.to() - position <= TAIL_BYTES) {
            byte[] rest = new byte[8 << 10];
            try {
                while (body.bytes().read(rest) >= 0) {
                    continue;
                }
                body.bytes().close();
                body = null;
                return;
            } catch (IOException e) {
                // Nobody wants these bytes.
            }
        }
        dropBody();
    }
}
