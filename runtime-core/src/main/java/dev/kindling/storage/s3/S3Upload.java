package dev.kindling.storage.s3;

import dev.kindling.storage.IoThreads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * The part of one attempt, uploaded in pieces while it is written: one piece is under way while the next is filled. When
 * it is closed all bytes are at the server, and still nobody can see them. Used by one thread.
 */
final class S3Upload extends OutputStream {
    private static final int FIRST_BUFFER_BYTES = 64 << 10;
    private static final int MAX_PIECES = 10_000;

    private final S3Calls calls;
    private final UploadName name;
    private final int pieceBytes;
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    private int count;
    private int pieces;
    private byte[] spare;
    private Future<byte[]> underWay;
    private boolean isClosed;

    S3Upload(S3Calls calls, UploadName name) {
        this.calls = calls;
        this.name = name;
        this.pieceBytes = calls.settings().partBytes();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (count == buffer.length) {
                makeRoom();
            }
            int some = Math.min(length - done, buffer.length - count);
            System.arraycopy(bytes, offset + done, buffer, count, some);
            count += some;
            done += some;
        }
    }

    private void makeRoom() throws IOException {
        if (buffer.length < pieceBytes) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, pieceBytes));
            return;
        }
        awaitPiece();
        sendPiece();
        buffer = spare != null ? spare : new byte[pieceBytes];
        spare = null;
        count = 0;
    }

    private void sendPiece() throws IOException {
        if (pieces == MAX_PIECES) {
            throw new IOException("cannot write " + name.path() + ": it is longer than " + MAX_PIECES + " pieces of "
                    + pieceBytes + " bytes; write more partitions or raise kindling.s3.partBytes");
        }
        byte[] piece = buffer;
        int length = count;
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(name.path().bucket())
                .key(name.path().key())
                .uploadId(name.uploadId())
                .partNumber(++pieces)
                .contentLength((long) length)
                .build();
        underWay = calls.start(() -> {
            calls.send(
                    name.path(),
                    Operation.WRITE,
                    () -> calls.client()
                            .uploadPart(
                                    request,
                                    RequestBody.fromRemainingByteBuffer(java.nio.ByteBuffer.wrap(piece, 0, length))));
            return piece;
        });
    }

    private void awaitPiece() throws IOException {
        if (underWay == null) {
            return;
        }
        try {
            spare = underWay.get();
            underWay = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing " + name.path());
        } catch (ExecutionException e) {
            throw IoThreads.rethrown(e.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            awaitPiece();
            // An empty part is one empty piece: an upload without pieces cannot be finished.
            if (count > 0 || pieces == 0) {
                sendPiece();
                awaitPiece();
            }
        } finally {
            if (underWay != null) {
                underWay.cancel(true);
            }
            buffer = new byte[0];
            spare = null;
        }
    }
}
