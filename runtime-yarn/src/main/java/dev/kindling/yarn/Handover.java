package dev.kindling.yarn;

import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.util.Durations;
import dev.kindling.util.Secret;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;

/**
 * How executors hear of the driver that takes the place of theirs, when a driver's container has ended and YARN has started
 * another one. Nobody but the file system knows both sides, so the new driver leaves a file there for each container that
 * it takes over, and the process in that container looks for it. What it reads is what a new executor is told.
 *
 * <p>The file is encrypted and authenticated by a key that the client has drawn for the application. It travels among the
 * credentials of containers only, so the cluster's file system holds no secret that can be read there. Immutable.
 *
 * @param directory of the application, the user's own
 * @param key hexadecimal
 */
record Handover(String directory, Secret key) {
    private static final Text NAME = new Text("kindling.handover");
    private static final String ALGORITHM = "AES/GCM/NoPadding";
    private static final int KEY_BYTES = 16;
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_FILE_BYTES = 1 << 24;
    /** A thousand executors that wait ask a NameNode two thousand times a second. */
    private static final long LOOK_EVERY_MS = 500;

    private static final FsPermission OWN_DIRECTORY = new FsPermission((short) 0700);

    /** Of an application that is about to be submitted. */
    static Handover of(Path staging, String applicationId) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new Handover(
                new Path(new Path(staging, "own"), applicationId).toString(),
                Secret.of(HexFormat.of().formatHex(key)));
    }

    void addTo(Credentials credentials) {
        credentials.addSecretKey(NAME, (key.reveal() + directory).getBytes(StandardCharsets.UTF_8));
    }

    /** Empty when the application's driver is not in a container, so that no other one can follow it. */
    static Optional<Handover> of(Credentials credentials) {
        byte[] told = credentials.getSecretKey(NAME);
        if (told == null) {
            return Optional.empty();
        }
        String text = new String(told, StandardCharsets.UTF_8);
        return Optional.of(new Handover(text.substring(2 * KEY_BYTES), Secret.of(text.substring(0, 2 * KEY_BYTES))));
    }

    // ---- the driver that takes over ---------------------------------------------------------------------------------

    /** Leaves word for the process in a container; waits for the file system. */
    void tell(Configuration settings, String containerId, byte[] bootstrap) throws IOException {
        Path file = fileOf(containerId);
        FileSystem files = file.getFileSystem(settings);
        FileSystem.mkdirs(files, file.getParent(), OWN_DIRECTORY);
        byte[] iv = new byte[IV_BYTES];
        new SecureRandom().nextBytes(iv);
        byte[] encrypted = applied(Cipher.ENCRYPT_MODE, iv, containerId, bootstrap);
        // Whoever looks sees all of it or nothing.
        Path unfinished = file.suffix(".unfinished");
        try (OutputStream out = files.create(unfinished, true)) {
            out.write(iv);
            out.write(encrypted);
        }
        files.delete(file, false);
        if (!files.rename(unfinished, file)) {
            throw new IOException("cannot write " + file);
        }
    }

    /** Nobody looks for word any more. */
    void forget(Configuration settings) throws IOException {
        Path all = new Path(directory);
        all.getFileSystem(settings).delete(all, true);
    }

    // ---- the executor that waits -----------------------------------------------------------------------------------

    /**
     * Waits for word of a driver that came after the one before.
     *
     * @param incarnation of the executor that was here last
     */
    Optional<ExecutorBootstrap> await(Configuration settings, String containerId, long incarnation, long withinMs)
            throws IOException {
        System.err.println("the driver is gone; its successor is waited for, for " + Durations.format(withinMs));
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        FileSystem files = new Path(directory).getFileSystem(settings);
        try {
            while (true) {
                Optional<ExecutorBootstrap> told = look(files, containerId);
                if (told.isPresent() && told.get().incarnation() > incarnation) {
                    return told;
                }
                if (System.nanoTime() > deadlineNanos) {
                    return Optional.empty();
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    Optional<ExecutorBootstrap> look(FileSystem files, String containerId) throws IOException {
        byte[] content;
        try (FSDataInputStream in = files.open(fileOf(containerId))) {
            content = in.readNBytes(MAX_FILE_BYTES);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
        if (content.length < IV_BYTES) {
            throw new IOException(fileOf(containerId) + " is no word of a driver");
        }
        byte[] bootstrap = applied(
                Cipher.DECRYPT_MODE,
                Arrays.copyOf(content, IV_BYTES),
                containerId,
                Arrays.copyOfRange(content, IV_BYTES, content.length));
        return Optional.of(ExecutorBootstrap.read(new DataInputStream(new ByteArrayInputStream(bootstrap))));
    }

    private Path fileOf(String containerId) {
        return new Path(directory, containerId);
    }

    /** What was meant for one container is nothing in the place of another one's. */
    private byte[] applied(int mode, byte[] iv, String containerId, byte[] bytes) throws IOException {
        try {
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(
                    mode,
                    new SecretKeySpec(HexFormat.of().parseHex(key.reveal()), "AES"),
                    new GCMParameterSpec(TAG_BITS, iv));
            cipher.updateAAD(containerId.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IOException(fileOf(containerId) + " is not what a driver of this application wrote: " + e, e);
        }
    }
}
