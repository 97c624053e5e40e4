package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.executor.shuffle.ShuffleReader;
import java.io.IOException;
import java.util.List;

/** {@code groupByKey}'s reading side: (key, group) rows, bucket by bucket of one shuffle partition. */
final class GroupRows implements Operator {
    private final ShuffleLeaf leaf;
    private final Grouping grouping;
    private final TaskScope scope;
    private ShuffleReader reader;

    GroupRows(ShuffleLeaf leaf, TaskScope scope) {
        this.leaf = leaf;
        this.scope = scope;
        this.grouping =
                new Grouping(scope, 1, (key, groups) -> new Tuple2<>(key, groups[0]), bytes -> reader.shed(bytes));
    }

    @Override
    public int read(Batch batch) throws IOException {
        if (reader == null) {
            reader = leaf.open();
        }
        for (; ; ) {
            if (grouping.read(batch) > 0) {
                return batch.count;
            }
            if (!reader.nextBucket()) {
                return 0;
            }
            StoredRows bucket = new ShuffleLeaf.Bucket(reader);
            scope.counters().shuffleRecordsRead += bucket.rowCount();
            grouping.add(new StoredRows[] {bucket});
        }
    }

    @Override
    public void close() throws IOException {
        CoGroupRows.closeAll(List.of(grouping, leaf));
    }
}
