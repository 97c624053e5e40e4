package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.serde.ResultCodec;
import java.util.List;

/** A slice of the program's own rows. */
final class SliceRows implements Operator {
    private final byte[] bytes;
    private final TaskScope scope;
    private List<?> rows;
    private int next;

    SliceRows(byte[] bytes, TaskScope scope) {
        this.bytes = bytes;
        this.scope = scope;
    }

    @Override
    public int read(Batch batch) {
        if (rows == null) {
            rows = (List<?>) ResultCodec.decode(bytes, scope.environment().userClassLoader());
            scope.counters().bytesRead += bytes.length;
        }
        int count = Math.min(batch.limit(), rows.size() - next);
        for (int row = 0; row < count; row++) {
            batch.rows[row] = rows.get(next + row);
        }
        next += count;
        scope.counters().recordsRead += count;
        batch.count = count;
        return count;
    }
}
