package dev.kindling.executor.block;

import dev.kindling.executor.cache.CacheDisk;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cached blocks as scratch files, one each: their chunks one after the other, as they are sent. Any thread. */
final class ScratchCacheDisk implements CacheDisk {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchCacheDisk.class);

    private final ScratchDirectories directories;
    private final AtomicLong fileNumber = new AtomicLong();

    ScratchCacheDisk(ScratchDirectories directories) {
        this.directories = directories;
    }

    @Override
    public Writer create(CachedBlockId block) {
        // A number of its own: the same block may be written again before its former file is gone.
        String name = "cache/" + block.name() + "-" + fileNumber.incrementAndGet() + ".blocks";
        return new FileWriter(block, directories, new ScratchFile(directories, name));
    }

    private static final class FileWriter implements Writer {
        private final CachedBlockId block;
        private final ScratchDirectories directories;
        private final ScratchFile file;
        private boolean isFinished;

        FileWriter(CachedBlockId block, ScratchDirectories directories, ScratchFile file) {
            this.directories = directories;
            this.block = block;
            this.file = file;
        }

        @Override
        public void append(byte[] bytes) throws IOException {
            try {
                file.append(bytes, 0, bytes.length);
            } catch (ClosedByInterruptException e) {
                throw e; // the attempt is being cancelled; the disk is well
            } catch (IOException | RuntimeException e) {
                LOG.warn("cached block {} is not kept on disk and will be computed again: {}", block, e.toString());
                throw e;
            }
        }

        @Override
        public Stored finish() throws IOException {
            file.keep();
            isFinished = true;
            return file.length() == 0 ? Empty.BLOCK : new File(file.path(), directories.cipher(), file.length());
        }

        @Override
        public void close() {
            if (!isFinished) {
                file.close();
            }
        }
    }

    /** @param byteCount as it was written: a file that has become shorter fails when it is read */
    private record File(Path path, ScratchCipher cipher, long byteCount) implements Stored {
        @Override
        public ServedRange open() throws IOException {
            return FileRange.open(new BlockRange.InFile(path, cipher, 0, byteCount));
        }

        @Override
        public void delete() {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOG.warn("cannot delete {}: {}", path, e.toString());
            }
        }
    }

    /** A partition without rows. */
    private enum Empty implements Stored {
        BLOCK;

        @Override
        public long byteCount() {
            return 0;
        }

        @Override
        public ServedRange open() {
            return ServedRange.of(new byte[0], 0, 0);
        }

        @Override
        public void delete() {
            // There is no file.
        }
    }
}
