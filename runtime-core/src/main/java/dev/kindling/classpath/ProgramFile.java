package dev.kindling.classpath;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A jar or file that a program needs wherever its tasks run. The driver publishes the list of them and, under its
 * digest, the content of each; an executor asks for what it has not got.
 *
 * @param isJar whether it belongs to the class path
 * @param name the file's own name, without directories
 * @param digest SHA-256 of the content, hexadecimal
 */
public record ProgramFile(boolean isJar, String name, String digest, long byteCount) {
    /** Under this name the driver publishes the list. */
    public static final String LIST = "program";

    /** Before a class's name, this is the name under which the driver publishes its class file. */
    public static final String CLASS_PREFIX = "class:";

    private static final String CONTENT_PREFIX = "sha256:";
    private static final int MAX_FILES = 100_000;

    /** Reads the file once for its digest. */
    public static ProgramFile of(Path file, boolean isJar) throws IOException {
        return new ProgramFile(isJar, file.getFileName().toString(), digestOf(file), Files.size(file));
    }

    /** The name under which the content is published. */
    public String contentName() {
        return CONTENT_PREFIX + digest;
    }

    public static String digestOf(Path file) throws IOException {
        MessageDigest sha = sha256();
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sha.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The published form of the list. */
    public static byte[] encode(List<ProgramFile> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(files.size());
            for (ProgramFile file : files) {
                out.writeBoolean(file.isJar);
                out.writeUTF(file.name);
                out.writeUTF(file.digest);
                out.writeLong(file.byteCount);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when it is not such a list, or a name in it has directories */
    public static List<ProgramFile> decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int count = in.readInt();
        if (count < 0 || count > MAX_FILES) {
            throw new IOException("a list of " + count + " program files");
        }
        List<ProgramFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ProgramFile file = new ProgramFile(in.readBoolean(), in.readUTF(), in.readUTF(), in.readLong());
            if (file.name.contains("/") || file.name.contains("\\") || !file.digest.matches("[0-9a-f]{64}")) {
                throw new IOException("program file '" + file.name + "' has no plain name and digest");
            }
            files.add(file);
        }
        return files;
    }
}
