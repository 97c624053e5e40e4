package dev.kindling.storage.hdfs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A new file; closing it returns when all its DataNodes have its bytes. Its failures are sentences. Used by one thread. */
final class HdfsOutput extends FilterOutputStream {
    private final String path;

    HdfsOutput(String path, OutputStream out) {
        super(out);
        this.path = path;
    }

    @Override
    public void write(int b) throws IOException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            throw HdfsErrors.of(path, e);
        }
    }
}
