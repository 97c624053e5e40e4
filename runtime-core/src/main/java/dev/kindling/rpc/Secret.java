package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * 256 random bits that make a process one of an application. It travels in a file that only its owner reads, or
 * through a pipe; never in an argument, a variable or a message. What proves its possession is {@link #proofOf}.
 */
public final class Secret {
    private static final int BYTES = 32;

    /** Of SHA-256; a key is no longer, so it is used as it is. */
    private static final int BLOCK_BYTES = 64;

    private final byte[] key;

    private Secret(byte[] key) {
        this.key = key;
    }

    public static Secret random() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return new Secret(key);
    }

    /** Reads a file as {@link #writeTo(Path)} left it; refuses one that others may read. */
    public static Secret read(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!PosixFilePermissions.fromString("rw-------").containsAll(permissions)) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "the secret in " + file + " can be read by others ("
                                + PosixFilePermissions.toString(permissions) + "); make it again with mode 0600");
            }
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    /** Reads 64 hexadecimal digits and a line end, and nothing more. */
    public static Secret read(InputStream in) throws IOException {
        byte[] text = in.readNBytes(2 * BYTES + 1);
        if (text.length != 2 * BYTES + 1 || text[2 * BYTES] != '\n') {
            throw new IOException("a secret is 64 hexadecimal digits and a line end");
        }
        try {
            return new Secret(HexFormat.of().parseHex(new String(text, 0, 2 * BYTES, StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            // The cause is left out: its message quotes the text.
            throw new IOException("a secret is 64 hexadecimal digits and a line end");
        }
    }

    /** Makes the file, which must not exist, readable by its owner only from its first moment. */
    public void writeTo(Path file) throws IOException {
        boolean isPosix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
        if (isPosix) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            writeTo(out);
        }
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write((HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
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
        return "Secret(hidden)";
    }
}
