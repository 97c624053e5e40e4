package dev.kindling.executor.task;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts the bytes on their way to a file. Owned by the task's thread. */
final class CountedOutput extends FilterOutputStream {
    private long byteCount;

    CountedOutput(OutputStream out) {
        super(out);
    }

    long byteCount() {
        return byteCount;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        byteCount++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        byteCount += length;
    }
}
