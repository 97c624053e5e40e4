package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.storage.Split;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.StoredBinaryFile;

/** The files of a split, each one row (path, handle); their bytes are read by whoever opens the handle. */
final class FileHandles implements Operator {
    private final String applicationId;
    private final Split split;
    private final TaskCounters counters;
    private int next;

    FileHandles(Split split, TaskScope scope) {
        this.applicationId = scope.environment().settings().applicationId();
        this.split = split;
        this.counters = scope.counters();
    }

    @Override
    public int read(Batch batch) {
        int count = Math.min(batch.limit(), split.ranges().size() - next);
        for (int row = 0; row < count; row++) {
            FileRange file = split.ranges().get(next++);
            batch.rows[row] = new Tuple2<>(
                    file.path(), new StoredBinaryFile(applicationId, file.path(), file.fileBytes(), file.version()));
        }
        counters.recordsRead += count;
        batch.count = count;
        return count;
    }
}
