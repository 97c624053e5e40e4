package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.cache.ChunkReader;
import dev.kindling.serde.PackedRows;
import dev.kindling.serde.RowReader;
import java.io.IOException;

/** The rows of a cached partition, decoded a batch at a time. */
final class CachedRows implements Operator {
    private static final byte[] NO_BYTES = {};

    private final ChunkReader chunks;
    private final TaskScope scope;
    private final RowReader rows;
    /** Rows of the current chunk that were not handed out. */
    private int left;

    CachedRows(ChunkReader chunks, TaskScope scope) {
        this.chunks = chunks;
        this.scope = scope;
        this.rows = scope.newRowReader();
    }

    @Override
    public int read(Batch batch) throws IOException {
        int count = rows.read(batch.rows, 0, batch.limit());
        while (count == 0 && openChunk()) {
            count = rows.read(batch.rows, 0, batch.limit());
        }
        took(count);
        batch.count = count;
        return count;
    }

    @Override
    public int readPacked(PackedRows target, int limit) throws IOException {
        int count = rows.readPacked(target, limit);
        while (count == 0 && openChunk()) {
            count = rows.readPacked(target, limit);
        }
        took(Math.max(0, count));
        return count;
    }

    private boolean openChunk() throws IOException {
        if (!chunks.next()) {
            return false;
        }
        rows.reset(chunks.bytes(), chunks.offset(), chunks.length());
        left = chunks.rowCount();
        scope.counters().bytesRead += chunks.length();
        return true;
    }

    private void took(int count) {
        left -= count;
        scope.counters().recordsRead += count;
    }

    /** Chunks say how many rows they hold; those in files are checked all the same. */
    @Override
    public long passOver() throws IOException {
        long passed = left;
        while (chunks.next()) {
            passed += chunks.rowCount();
            scope.counters().bytesRead += chunks.length();
        }
        left = 0;
        rows.reset(NO_BYTES, 0, 0);
        scope.counters().recordsRead += passed;
        return passed;
    }

    @Override
    public void close() throws IOException {
        chunks.close();
    }
}
