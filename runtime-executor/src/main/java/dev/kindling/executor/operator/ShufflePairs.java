package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.shuffle.ShuffleReader;
import java.io.IOException;

/** The pairs of a shuffle partition in the order they arrive; nothing is held. */
final class ShufflePairs implements Operator {
    private final ShuffleLeaf leaf;
    private final TaskScope scope;
    private ShuffleReader reader;

    ShufflePairs(ShuffleLeaf leaf, TaskScope scope) {
        this.leaf = leaf;
        this.scope = scope;
    }

    @Override
    public int read(Batch batch) throws IOException {
        scope.checkCancelled();
        if (reader == null) {
            reader = leaf.open();
        }
        batch.count = reader.readRows(batch.rows, 0, batch.limit());
        scope.counters().shuffleRecordsRead += batch.count;
        return batch.count;
    }

    @Override
    public void close() throws IOException {
        leaf.close();
    }
}
