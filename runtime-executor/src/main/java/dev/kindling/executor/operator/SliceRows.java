package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.serde.ResultCodec;
import dev.kindling.serde.RowReader;

/** A slice of the program's own rows, decoded as they are read. */
final class SliceRows implements Operator {
    private final byte[] bytes;
    private final TaskScope scope;
    private RowReader rows;

    SliceRows(byte[] bytes, TaskScope scope) {
        this.bytes = bytes;
        this.scope = scope;
    }

    @Override
    public int read(Batch batch) {
        if (rows == null) {
            rows = ResultCodec.open(bytes, scope.environment().userClassLoader())
                    .readAtOnce(scope.memory().batchBytes());
            scope.counters().bytesRead += bytes.length;
        }
        batch.count = rows.read(batch.rows, 0, batch.limit());
        scope.counters().recordsRead += batch.count;
        return batch.count;
    }
}
