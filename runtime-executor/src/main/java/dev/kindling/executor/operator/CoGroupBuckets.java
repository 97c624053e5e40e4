package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.shuffle.ShuffleReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Cogrouped rows where every child is a shuffle cut into the same buckets: bucket by bucket of all of them, since equal
 * keys lie in buckets of the same number. No row is put aside.
 */
final class CoGroupBuckets implements Operator {
    private final List<ShuffleLeaf> leaves;
    private final TaskScope scope;
    private final Grouping grouping;
    private ShuffleReader[] readers;
    private boolean[] isEnded;

    CoGroupBuckets(List<ShuffleLeaf> leaves, TaskScope scope) {
        this.leaves = leaves;
        this.scope = scope;
        this.grouping = new Grouping(scope, leaves.size(), CoGroupRows::rowOf, this::shed);
    }

    private long shed(long bytes) throws IOException {
        long freed = 0;
        for (ShuffleReader reader : readers) {
            freed += freed < bytes ? reader.shed(bytes - freed) : 0;
        }
        return freed;
    }

    @Override
    public int read(Batch batch) throws IOException {
        if (readers == null) {
            open();
        }
        while (grouping.read(batch) == 0) {
            int bucket = lowestBucket();
            if (bucket == Integer.MAX_VALUE) {
                return 0;
            }
            group(bucket);
        }
        return batch.count;
    }

    private void open() throws IOException {
        readers = new ShuffleReader[leaves.size()];
        isEnded = new boolean[readers.length];
        for (int child = 0; child < readers.length; child++) {
            readers[child] = leaves.get(child).open();
        }
        for (int child = 0; child < readers.length; child++) {
            isEnded[child] = !readers[child].nextBucket();
        }
    }

    private int lowestBucket() {
        int lowest = Integer.MAX_VALUE;
        for (int child = 0; child < readers.length; child++) {
            if (!isEnded[child]) {
                lowest = Math.min(lowest, readers[child].bucketIndex());
            }
        }
        return lowest;
    }

    /** Groups the rows of one bucket; afterwards they are decoded or cut, so the readers may go on. */
    private void group(int bucket) throws IOException {
        StoredRows[] rows = new StoredRows[readers.length];
        for (int child = 0; child < readers.length; child++) {
            boolean hasRows = !isEnded[child] && readers[child].bucketIndex() == bucket;
            rows[child] = hasRows ? new ShuffleLeaf.Bucket(readers[child]) : StoredRows.NONE;
            scope.counters().shuffleRecordsRead += rows[child].rowCount();
        }
        grouping.add(rows);
        for (int child = 0; child < readers.length; child++) {
            if (rows[child] != StoredRows.NONE) {
                isEnded[child] = !readers[child].nextBucket();
            }
        }
    }

    @Override
    public void close() throws IOException {
        CoGroupRows.closeAll(List.<Closeable>of(grouping, () -> CoGroupRows.closeAll(leaves)));
    }
}
