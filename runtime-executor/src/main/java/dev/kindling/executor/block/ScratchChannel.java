package dev.kindling.executor.block;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import javax.crypto.Cipher;

/**
 * An open scratch file by the positions of its content, whether it is encrypted or not: an encrypted one begins with its
 * number. Owned by one thread.
 */
final class ScratchChannel implements Closeable {
    private static final int NUMBER_BYTES = 8;

    /** As much is encrypted at once: it stays in the processor's cache, and the platform's fast way begins early. */
    private static final int PIECE_BYTES = 64 << 10;

    private final FileChannel file;
    private final ScratchCipher cipher;
    private final long fileNumber;
    private final int headBytes;

    /** Null where nothing is encrypted. */
    private final Cipher worker;

    private byte[] piece;

    private ScratchChannel(FileChannel file, ScratchCipher cipher, long fileNumber) {
        this.file = file;
        this.cipher = cipher;
        this.fileNumber = fileNumber;
        this.worker = cipher.isNone() ? null : cipher.newCipher();
        this.headBytes = cipher.isNone() ? 0 : NUMBER_BYTES;
    }

    /** A new file, to be written and read. */
    static ScratchChannel create(Path path, ScratchCipher cipher) throws IOException {
        FileChannel file = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (cipher.isNone()) {
            return new ScratchChannel(file, cipher, 0);
        }
        long number = cipher.newFileNumber();
        try {
            file.write(ByteBuffer.allocate(NUMBER_BYTES).putLong(0, number), 0);
            return new ScratchChannel(file, cipher, number);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** One that this executor wrote, to be read. */
    static ScratchChannel open(Path path, ScratchCipher cipher) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        if (cipher.isNone()) {
            return new ScratchChannel(file, cipher, 0);
        }
        try {
            ByteBuffer number = ByteBuffer.allocate(NUMBER_BYTES);
            if (file.read(number, 0) < NUMBER_BYTES) {
                throw new EOFException("the encrypted file " + path + " ends before its content");
            }
            return new ScratchChannel(file, cipher, number.getLong(0));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Bytes of content. */
    static long contentBytes(Path path, ScratchCipher cipher) {
        return Math.max(0, path.toFile().length() - (cipher.isNone() ? 0 : NUMBER_BYTES));
    }

    long size() throws IOException {
        return file.size() - headBytes;
    }

    /** As a {@code FileChannel} does. */
    int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        int count = file.read(target, position + headBytes);
        if (count > 0 && !cipher.isNone()) {
            decrypt(target, start, count, position);
        }
        return count;
    }

    private void decrypt(ByteBuffer target, int start, int count, long position) {
        if (target.hasArray()) {
            int at = target.arrayOffset() + start;
            cipher.apply(worker, fileNumber, position, target.array(), at, count, target.array(), at);
            return;
        }
        byte[] bytes = new byte[count];
        target.get(start, bytes);
        cipher.apply(worker, fileNumber, position, bytes, 0, count, bytes, 0);
        target.put(start, bytes);
    }

    /** As a {@code FileChannel} does; the source has an array, which stays as it is. */
    int write(ByteBuffer source, long position) throws IOException {
        if (cipher.isNone()) {
            return file.write(source, position);
        }
        if (piece == null) {
            piece = new byte[PIECE_BYTES];
        }
        int count = Math.min(source.remaining(), PIECE_BYTES);
        int from = source.arrayOffset() + source.position();
        cipher.apply(worker, fileNumber, position, source.array(), from, count, piece, 0);
        ByteBuffer encrypted = ByteBuffer.wrap(piece, 0, count);
        for (long at = position + headBytes; encrypted.hasRemaining(); ) {
            at += file.write(encrypted, at);
        }
        source.position(source.position() + count);
        return count;
    }

    /** Where the content lies as it is, for the kernel to send; empty when it does not. */
    Optional<FileChannel> plain() {
        return cipher.isNone() ? Optional.of(file) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
