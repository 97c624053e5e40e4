package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.serde.RowWriter;
import dev.kindling.storage.ObjectFile;
import java.io.IOException;
import java.io.OutputStream;

/** Writes rows as a file that {@code objectFile} reads. Owned by the task's thread. */
public final class ObjectWriter {
    /** A reader decodes a block at once, and looks for the start of one from where a file was cut. */
    private static final int BLOCK_BYTES = 256 << 10;

    private final ObjectFile.Writer out;
    private long rowCount;

    public ObjectWriter(OutputStream stream) throws IOException {
        this.out = new ObjectFile.Writer(stream);
    }

    /** Writes all rows of {@code source}, batch by batch, and flushes; the stream stays open. */
    public void writeAll(Operator source, TaskScope scope) throws Exception {
        RowWriter rows = scope.newRowWriter();
        Batch batch = new Batch(scope.batchRows());
        while (source.read(batch) > 0) {
            scope.checkCancelled();
            rows.append(batch.rows, 0, batch.count);
            rowCount += batch.count;
            if (rows.heldBytes() >= BLOCK_BYTES) {
                out.write(rows.takeBytes());
            }
        }
        if (rows.rowCount() > 0) {
            out.write(rows.takeBytes());
        }
        out.flush();
    }

    public long rowCount() {
        return rowCount;
    }
}
