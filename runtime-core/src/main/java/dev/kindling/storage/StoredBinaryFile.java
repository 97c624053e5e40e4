package dev.kindling.storage;

import dev.kindling.api.BinaryFile;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * A file by the name, size and version it had when it was listed.
 *
 * @param applicationId whose settings and connections open it
 */
public record StoredBinaryFile(String applicationId, String path, long byteCount, String version)
        implements BinaryFile {
    private static final int BUFFER_BYTES = 64 << 10;

    /** The largest array a JVM makes. */
    private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 16;

    @Override
    public DataInputStream open() {
        try {
            return new DataInputStream(new BufferedInputStream(
                    Stores.ofApplication(applicationId).reading(path).open(path, 0, byteCount, version), BUFFER_BYTES));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public byte[] toArray() {
        if (byteCount > MAX_ARRAY_BYTES) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    path + " has " + byteCount + " bytes, more than an array can hold; read it from open()");
        }
        byte[] bytes = new byte[(int) byteCount];
        try (DataInputStream in = open()) {
            in.readFully(bytes);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return bytes;
    }

    private KindlingException unreadable(IOException cause) {
        return new KindlingException(
                ErrorCode.INPUT_NOT_FOUND, "cannot read " + path + ": " + cause.getMessage(), cause);
    }

    @Override
    public String getPath() {
        return path;
    }
}
