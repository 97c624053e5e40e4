package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * 256 random bits that every process of an application knows. What proves its possession is {@link #proofOf}; it
 * travels within {@link ApplicationCredentials} only.
 */
final class SharedKey {
    private static final int BYTES = 32;

    /** Of SHA-256; a key is no longer, so it is used as it is. */
    private static final int BLOCK_BYTES = 64;

    private final byte[] key;

    private SharedKey(byte[] key) {
        this.key = key;
    }

    static SharedKey random() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return new SharedKey(key);
    }

    /** Reads what {@link #writeTo} wrote, and nothing that follows. */
    static SharedKey read(InputStream in) throws IOException {
        byte[] key = in.readNBytes(BYTES);
        if (key.length != BYTES) {
            throw new EOFException("a secret has " + BYTES + " bytes, " + key.length + " came");
        }
        return new SharedKey(key);
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(key);
    }

    /**
     * HMAC-SHA256 (RFC 2104) of the parts, 32 bytes. Written out over the digest, since asking for a {@code Mac} makes a
     * starting process verify all its providers first, which takes longer than everything else in a handshake.
     */
    byte[] proofOf(byte[]... parts) {
        MessageDigest digest = sha256();
        digest.update(paddedWith(0x36));
        for (byte[] part : parts) {
            digest.update(part);
        }
        byte[] inner = digest.digest();
        digest.update(paddedWith(0x5C));
        return digest.digest(inner);
    }

    private byte[] paddedWith(int pad) {
        byte[] block = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_BYTES; i++) {
            block[i] = (byte) ((i < key.length ? key[i] : 0) ^ pad);
        }
        return block;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new KindlingException(ErrorCode.INTERNAL, "this Java has no SHA-256", e);
        }
    }

    /** The same for every secret. */
    @Override
    public String toString() {
        return "***";
    }
}
