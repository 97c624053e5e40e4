package dev.kindling.storage.hdfs;

import dev.kindling.storage.ReadAhead;
import java.io.IOException;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FSDataInputStream;

/** Bytes of one file; its failures are sentences. Used by one thread. */
final class HdfsInput extends ReadAhead.Source {
    private final String path;
    private final FSDataInputStream in;
    private long wantedLeft;

    /** @param wanted how many bytes are sure to be read; the block behind them may be on another DataNode */
    HdfsInput(String path, FSDataInputStream in, long wanted) {
        this.path = path;
        this.in = in;
        this.wantedLeft = wanted;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int count = in.read(bytes, offset, length);
            wantedLeft = count < 0 ? 0 : wantedLeft - count;
            return count;
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }

    @Override
    public boolean isBehindWanted() {
        return wantedLeft <= 0;
    }

    /** Nothing: Hadoop's client logs an interrupted read as a failure, with its stack. The read of a packet ends by itself. */
    @Override
    public void abort(Future<?> reading) {}

    @Override
    public void close() throws IOException {
        in.close();
    }
}
