package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes every row as a line of UTF-8 text, {@code String.valueOf(row)} and a line feed. Owned by the task's thread. */
public final class LineWriter {
    private static final int BUFFER_BYTES = 64 << 10;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;
    private long rowCount;

    public LineWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes all rows of {@code source}, batch by batch, and flushes; the stream stays open. */
    public void writeAll(Operator source, TaskScope scope) throws Exception {
        Batch batch = new Batch(scope.batchRows());
        while (source.read(batch) > 0) {
            scope.checkCancelled();
            for (int row = 0; row < batch.count; row++) {
                write(textOf(batch.rows[row], source, row).getBytes(StandardCharsets.UTF_8));
            }
            rowCount += batch.count;
        }
        out.write(buffer, 0, filled);
        filled = 0;
        out.flush();
    }

    private static String textOf(Object row, Operator source, int index) {
        try {
            return String.valueOf(row);
        } catch (RuntimeException e) {
            throw UserFunctionFailed.of(e, source.positionOf(index));
        }
    }

    private void write(byte[] line) throws IOException {
        if (line.length + 1 > buffer.length - filled) {
            out.write(buffer, 0, filled);
            filled = 0;
            if (line.length + 1 > buffer.length) {
                out.write(line);
                out.write('\n');
                return;
            }
        }
        System.arraycopy(line, 0, buffer, filled, line.length);
        filled += line.length;
        buffer[filled++] = '\n';
    }

    public long rowCount() {
        return rowCount;
    }
}
