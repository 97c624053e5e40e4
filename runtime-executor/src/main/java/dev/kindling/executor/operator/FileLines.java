package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.plan.PlanNode;
import dev.kindling.serde.PackedRows;
import dev.kindling.storage.LineReader;
import dev.kindling.storage.Split;
import java.io.IOException;
import java.util.Optional;

/** The lines, or records with another delimiter, of a split, or columns of them. Keeps the file and offset of each line of the batch read last, for messages. */
final class FileLines implements Operator {
    private final LineReader reader;
    private final TaskCounters counters;
    private long bytesCounted;

    FileLines(Split split, PlanNode.FileInput file, TaskScope scope) {
        this.reader = file.columns() == null
                ? new LineReader(scope.stores(), split, file.delimiter())
                : new LineReader(scope.stores(), split, file.delimiter(), file.columns());
        this.counters = scope.counters();
    }

    @Override
    public int read(Batch batch) throws IOException {
        batch.count = reader.read(batch.rows, 0, batch.limit());
        took(batch.count);
        return batch.count;
    }

    @Override
    public int readPacked(PackedRows target, int limit) throws IOException {
        int count = reader.readPacked(target, limit);
        took(Math.max(0, count));
        return count;
    }

    private void took(int count) {
        counters.recordsRead += count;
        counters.bytesRead += reader.bytesRead() - bytesCounted;
        bytesCounted = reader.bytesRead();
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return reader.knowsOffsets()
                ? Optional.of(new InputPosition(reader.pathOf(index), reader.offsetOf(index)))
                : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
