package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.cache.ChunkReader;
import dev.kindling.serde.RowReader;
import java.io.IOException;

/** The rows of a cached partition, decoded a batch at a time. */
final class CachedRows implements Operator {
    private final ChunkReader chunks;
    private final TaskScope scope;
    private final RowReader rows;

    CachedRows(ChunkReader chunks, TaskScope scope) {
        this.chunks = chunks;
        this.scope = scope;
        this.rows = scope.newRowReader();
    }

    @Override
    public int read(Batch batch) throws IOException {
        int count = rows.read(batch.rows, 0, batch.limit());
        while (count == 0 && chunks.next()) {
            rows.reset(chunks.bytes(), chunks.offset(), chunks.length());
            scope.counters().bytesRead += chunks.length();
            count = rows.read(batch.rows, 0, batch.limit());
        }
        scope.counters().recordsRead += count;
        batch.count = count;
        return count;
    }

    @Override
    public void close() throws IOException {
        chunks.close();
    }
}
