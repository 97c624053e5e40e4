package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.storage.RecordReader;
import dev.kindling.storage.Split;
import java.io.IOException;
import java.util.Optional;

/** The records of a split, all of the same length, as byte arrays. */
final class FileRecords implements Operator {
    private final RecordReader reader;
    private final int recordBytes;
    private final int mostAtOnce;
    private final TaskCounters counters;
    private long bytesCounted;
    private int lastCount;

    FileRecords(Split split, int recordBytes, TaskScope scope) {
        this.reader = new RecordReader(scope.stores(), split, recordBytes);
        this.recordBytes = recordBytes;
        this.mostAtOnce = (int) Math.max(1, scope.memory().batchBytes() / recordBytes);
        this.counters = scope.counters();
    }

    @Override
    public int read(Batch batch) throws IOException {
        batch.count = reader.read(batch.rows, 0, Math.min(batch.limit(), mostAtOnce));
        counters.recordsRead += batch.count;
        counters.bytesRead += reader.bytesRead() - bytesCounted;
        bytesCounted = reader.bytesRead();
        lastCount = batch.count;
        return batch.count;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return Optional.of(
                new InputPosition(reader.path(), reader.position() - (long) (lastCount - index) * recordBytes));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
