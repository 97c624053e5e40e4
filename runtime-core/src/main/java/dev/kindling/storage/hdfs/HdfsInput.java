package dev.kindling.storage.hdfs;

import java.io.FilterInputStream;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;

/** Bytes of one file; its failures are sentences. Used by one thread. */
final class HdfsInput extends FilterInputStream {
    private final String path;

    HdfsInput(String path, FSDataInputStream in) {
        super(in);
        this.path = path;
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }
}
