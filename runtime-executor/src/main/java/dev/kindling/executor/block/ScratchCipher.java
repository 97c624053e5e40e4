package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How an executor's scratch files are encrypted, if they are: AES-128 in counter mode, by a key that is made when the
 * executor starts, lies in its memory alone and is gone with it. Each file has a number of its own, which stands before its
 * content; number and position make the counter, so any part can be read by itself and nothing is ever encrypted with the
 * same counter as something else. Only what is written twice at one place, the index of a map output and the head of a
 * result, repeats it: offsets and a checksum, never a row.
 *
 * <p>Who reads the disk learns lengths and nothing else. Who can write to it, which is the user himself, is not stopped;
 * checksums find what a disk changes. Any thread.
 */
public final class ScratchCipher {
    /** Files are what they are. */
    public static final ScratchCipher NONE = new ScratchCipher(null);

    private static final int KEY_BYTES = 16;
    private static final int BLOCK_BYTES = 16;

    private final SecretKeySpec key;
    private final AtomicLong lastFile = new AtomicLong();

    private ScratchCipher(SecretKeySpec key) {
        this.key = key;
    }

    /** With a new key. */
    public static ScratchCipher random() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new ScratchCipher(new SecretKeySpec(key, "AES"));
    }

    boolean isNone() {
        return key == null;
    }

    long newFileNumber() {
        return lastFile.incrementAndGet();
    }

    /** What {@link #apply} works with, for one thread: making one takes ten times as long as using it once. */
    Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/CTR/NoPadding");
        } catch (GeneralSecurityException e) {
            throw failure(e);
        }
    }

    /** Encrypts or decrypts, which is the same in this mode, what lies at {@code position} of the file. */
    void apply(
            Cipher cipher,
            long fileNumber,
            long position,
            byte[] from,
            int offset,
            int count,
            byte[] to,
            int toOffset) {
        try {
            ByteBuffer counter =
                    ByteBuffer.allocate(BLOCK_BYTES).putLong(fileNumber).putLong(position / BLOCK_BYTES);
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter.array()));
            int skipped = (int) (position % BLOCK_BYTES);
            if (skipped > 0) {
                cipher.update(new byte[skipped]);
            }
            cipher.doFinal(from, offset, count, to, toOffset);
        } catch (GeneralSecurityException e) {
            throw failure(e);
        }
    }

    private static KindlingException failure(GeneralSecurityException e) {
        return new KindlingException(
                ErrorCode.INTERNAL,
                "this Java cannot encrypt scratch files (kindling.scratch.encrypt): " + e.getMessage(),
                e);
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return isNone() ? "not encrypted" : "encrypted";
    }
}
