package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.serde.RowReader;
import dev.kindling.storage.ObjectFile;
import dev.kindling.storage.Split;
import java.io.IOException;

/** The rows of a split of files that {@code saveAsObjectFile} wrote. */
final class FileObjects implements Operator {
    private final ObjectFile.Reader blocks;
    private final RowReader rows;
    private final TaskCounters counters;
    private long bytesCounted;

    FileObjects(Split split, TaskScope scope) {
        this.blocks = new ObjectFile.Reader(scope.stores(), split);
        this.rows = scope.newRowReader();
        this.counters = scope.counters();
    }

    @Override
    public int read(Batch batch) throws IOException {
        batch.count = rows.read(batch.rows, 0, batch.limit());
        while (batch.count == 0) {
            byte[] block = blocks.next();
            if (block.length == 0) {
                break;
            }
            rows.reset(block, 0, block.length);
            batch.count = rows.read(batch.rows, 0, batch.limit());
        }
        counters.recordsRead += batch.count;
        counters.bytesRead += blocks.bytesRead() - bytesCounted;
        bytesCounted = blocks.bytesRead();
        return batch.count;
    }

    @Override
    public void close() throws IOException {
        blocks.close();
    }
}
