package dev.kindling.storage.hdfs;

import dev.kindling.storage.Inputs;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.Stores;
import dev.kindling.storage.TextCodec.CutText;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.SplitCompressionInputStream;
import org.apache.hadoop.io.compress.SplittableCompressionCodec.READ_MODE;

/**
 * The text of the blocks that begin in a range of a {@code .bz2} file, then of the blocks behind it. Hadoop's stream tells
 * another position with the first byte of each block and with no other; so the first byte at which that lies behind the
 * range is the first that is not the range's own. Used by one thread.
 */
final class Bzip2Text extends CutText {
    private final SplitCompressionInputStream in;
    private final long end;
    private long bytesRead;
    private long ownBytes = Long.MAX_VALUE;

    Bzip2Text(Stores stores, FileRange range) throws IOException {
        BZip2Codec codec = new BZip2Codec();
        codec.setConf(new Configuration(false));
        Source source = new Source(stores, range);
        try {
            in = codec.createInputStream(
                    source, null, range.offset(), range.offset() + range.length(), READ_MODE.BYBLOCK);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw Inputs.notUnpacked(range, e);
        }
        end = in.getAdjustedEnd();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count > 0) {
            if (ownBytes == Long.MAX_VALUE && in.getPos() > end) {
                ownBytes = bytesRead;
            }
            bytesRead += count;
        }
        return count;
    }

    @Override
    public long ownBytes() {
        return ownBytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /**
     * The packed bytes; opened where they are first read, which is not before Hadoop has looked for a place. Hadoop asks
     * only a stream that can be read at any position for its own, and never reads it so.
     */
    private static final class Source extends InputStream implements Seekable, PositionedReadable {
        private final Stores stores;
        private final FileRange range;
        private InputStream in;
        private long position;

        Source(Stores stores, FileRange range) {
            this.stores = stores;
            this.range = range;
        }

        private InputStream opened() throws IOException {
            if (in == null) {
                long wanted = Math.max(0, range.offset() + range.length() - position);
                in = stores.open(new FileRange(range.path(), position, wanted, range.fileBytes(), range.version()));
            }
            return in;
        }

        @Override
        public int read() throws IOException {
            int read = opened().read();
            position += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = opened().read(bytes, offset, length);
            position += Math.max(0, count);
            return count;
        }

        @Override
        public void seek(long to) throws IOException {
            if (to != position) {
                close();
                position = to;
            }
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public int read(long from, byte[] bytes, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void readFully(long from, byte[] bytes, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void readFully(long from, byte[] bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean seekToNewSource(long to) {
            return false;
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                InputStream closing = in;
                in = null;
                closing.close();
            }
        }
    }
}
