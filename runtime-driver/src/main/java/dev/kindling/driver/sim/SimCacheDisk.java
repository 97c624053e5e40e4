package dev.kindling.driver.sim;

import dev.kindling.executor.cache.CacheDisk;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.rpc.ServedRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Cached blocks on one simulated executor's disk: it may be full, and files may rot or be gone when they are read. */
final class SimCacheDisk implements CacheDisk {
    private final SimDisk disk;
    private final List<File> files = new ArrayList<>();

    SimCacheDisk(SimDisk disk) {
        this.disk = disk;
    }

    @Override
    public Writer create(CachedBlockId block) {
        return new FileWriter();
    }

    /** One of the files is gone, and its executor does not know; false when there is none. */
    boolean loseAny(SplittableRandom random) {
        if (files.isEmpty()) {
            return false;
        }
        files.remove(random.nextInt(files.size())).isLost = true;
        return true;
    }

    /** A bit of one of the files flips; false when there is none. */
    boolean rotAny(SplittableRandom random) {
        if (files.isEmpty()) {
            return false;
        }
        SimDisk.flip(files.get(random.nextInt(files.size())).bytes, random);
        return true;
    }

    private final class FileWriter implements Writer {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void append(byte[] bytes) throws IOException {
            if (disk.isFull()) {
                throw new IOException("no space left on the simulated disk for " + bytes.length + " bytes");
            }
            written.writeBytes(bytes);
        }

        @Override
        public Stored finish() {
            File file = new File(written.toByteArray());
            files.add(file);
            return file;
        }

        @Override
        public void close() {
            // What was not finished is not there.
        }
    }

    private final class File implements Stored {
        private final byte[] bytes;
        private boolean isLost;

        File(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long byteCount() {
            return bytes.length;
        }

        @Override
        public ServedRange open() throws IOException {
            if (isLost) {
                throw new IOException("no such file");
            }
            return ServedRange.of(bytes, 0, bytes.length);
        }

        @Override
        public void delete() {
            files.remove(this);
        }
    }
}
