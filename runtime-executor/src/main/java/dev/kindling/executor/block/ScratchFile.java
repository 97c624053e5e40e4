package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.ByteSizes;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file being written below the scratch directories. When its disk is full or broken, what it holds moves to the next
 * directory and writing goes on there; when none is left, the error names each with what is needed and free. Owned by
 * one thread.
 */
final class ScratchFile implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchFile.class);

    /** The JDK copies what is on the heap through direct memory, as much as is asked for at once, kept by thread. */
    private static final int PIECE_BYTES = 256 << 10;

    private final ScratchDirectories directories;
    private final String relativePath;
    private final Set<Path> failed = new LinkedHashSet<>();
    private final StringBuilder refusals = new StringBuilder();
    private IOException lastRefusal;
    private Path directory;
    private Path path;
    private ScratchChannel channel;
    private long length;
    private boolean isNamed;

    /** @param relativePath below whichever directory is chosen; nothing is created before the first write */
    ScratchFile(ScratchDirectories directories, String relativePath) {
        this.directories = directories;
        this.relativePath = relativePath;
    }

    long length() {
        return length;
    }

    Path directory() {
        return directory;
    }

    Path path() {
        return path;
    }

    void append(byte[] bytes, int offset, int count) throws IOException {
        write(bytes, offset, count, length);
    }

    /** Writes at {@code position}, which is at most the length so far. */
    void write(byte[] bytes, int offset, int count, long position) throws IOException {
        while (!tryWrite(bytes, offset, count, position)) {
            moveOn(count);
        }
    }

    private boolean tryWrite(byte[] bytes, int offset, int count, long position) throws IOException {
        try {
            if (channel == null) {
                open(count);
            }
            ByteBuffer from = ByteBuffer.wrap(bytes, offset, count);
            long at = position;
            for (int end = from.limit(); from.position() < end; ) {
                from.limit(Math.min(end, from.position() + PIECE_BYTES));
                at += channel.write(from, at);
            }
            length = Math.max(length, at);
            return true;
        } catch (ClosedByInterruptException e) {
            throw e; // the attempt is being cancelled; the disk is well
        } catch (IOException e) {
            refused(e, count);
            return false;
        }
    }

    private void open(int count) throws IOException {
        directory = directories.choose(failed);
        if (directory == null) {
            throw noRoom(count);
        }
        path = directory.resolve(relativePath);
        Files.createDirectories(path.getParent());
        channel = ScratchChannel.create(path, directories.cipher());
    }

    /** Takes what was written to the next directory that accepts it. */
    private void moveOn(int count) throws IOException {
        ScratchChannel from = channel;
        Path fromPath = path;
        channel = null;
        try {
            while (from != null && channel == null) {
                try {
                    open(count);
                    copy(from, channel, length);
                } catch (ClosedByInterruptException e) {
                    throw e;
                } catch (IOException e) {
                    refused(e, count);
                    discard(channel, path);
                    channel = null;
                }
            }
        } finally {
            discard(from, fromPath);
        }
    }

    private static void copy(ScratchChannel from, ScratchChannel to, long length) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length));
        for (long at = 0; at < length; ) {
            piece.clear().limit((int) Math.min(piece.capacity(), length - at));
            int count = from.read(piece, at);
            if (count <= 0) {
                throw new EOFException("a scratch file ended at " + at + " of " + length + " bytes");
            }
            for (piece.flip(); piece.hasRemaining(); ) {
                at += to.write(piece, at);
            }
        }
    }

    private void refused(IOException failure, int count) {
        refusals.append(refusals.length() == 0 ? "" : "; ")
                .append(directory)
                .append(" (")
                .append(ByteSizes.format(length + count))
                .append(" needed, ")
                .append(ByteSizes.format(directory.toFile().getUsableSpace()))
                .append(" free): ")
                .append(failure.getMessage());
        lastRefusal = failure;
        failed.add(directory);
    }

    private KindlingException noRoom(int count) {
        return new KindlingException(
                ErrorCode.SCRATCH_FULL,
                "no local directory takes scratch file " + relativePath + " of "
                        + ByteSizes.format(length + count) + ": "
                        + refusals + ". Free some space or name more directories in kindling.scratch.dirs",
                lastRefusal);
    }

    /** A file on a disk that fails is left to the cleaning of the directory. */
    private static void discard(ScratchChannel channel, Path path) {
        try {
            if (channel != null) {
                channel.close();
            }
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.debug("cannot delete scratch file {}: {}", path, e.toString());
        }
    }

    /** Reads exactly {@code count} bytes from {@code position}. */
    void read(long position, byte[] target, int offset, int count) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(target, offset, count);
        long at = position;
        for (int end = into.limit(); into.position() < end; ) {
            into.limit(Math.min(end, into.position() + PIECE_BYTES));
            int n = channel == null ? -1 : channel.read(into, at);
            if (n < 0) {
                throw new EOFException(path + " ends before byte " + (position + count));
            }
            at += n;
        }
    }

    /** Closes it and leaves it there. */
    void keep() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    /** The same under another name, at once: {@link #close} does not delete it any more. */
    Path keepAs(String otherPath) throws IOException {
        keep();
        Path target = directory.resolve(otherPath);
        Files.createDirectories(target.getParent());
        path = Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        isNamed = true;
        return path;
    }

    /** Closes and deletes it. */
    @Override
    public void close() {
        if (!isNamed) {
            discard(channel, path);
            channel = null;
        }
    }
}
