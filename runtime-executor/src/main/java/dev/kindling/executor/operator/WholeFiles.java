package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.storage.Split;
import dev.kindling.storage.WholeTextReader;
import java.io.IOException;
import java.util.Optional;

/** The files of a split, each one row (path, content). */
final class WholeFiles implements Operator {
    private final WholeTextReader reader;
    private final TaskCounters counters;
    private long bytesCounted;

    WholeFiles(Split split, TaskScope scope) {
        this.reader = new WholeTextReader(scope.stores(), split);
        this.counters = scope.counters();
    }

    @Override
    public int read(Batch batch) throws IOException {
        // One file a batch: each may be large.
        batch.count = reader.read(batch.rows, 0, 1);
        counters.recordsRead += batch.count;
        counters.bytesRead += reader.bytesRead() - bytesCounted;
        bytesCounted = reader.bytesRead();
        return batch.count;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return Optional.of(new InputPosition(reader.path(), 0));
    }

    @Override
    public void close() {
        reader.close();
    }
}
