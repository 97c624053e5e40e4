package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.shuffle.ShuffleReader;
import dev.kindling.plan.PlanNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/**
 * (key, combined value) rows of one shuffle partition, bucket by bucket. A table that outgrows the memory granted is
 * emptied into lanes by other bits of the hash and goes on; each lane is combined again later, with fewer keys.
 */
final class CombinedRows implements Operator {
    // Sixteen times fewer keys a level: what is left then has one hash, and no cut would part it.
    private static final int LAST_LEVEL = 8;

    private final ShuffleLeaf leaf;
    private final boolean arriveCombined;
    private final TaskScope scope;
    private final CombineTable table;
    private final Batch buffer;
    private final ShortKeys shortKeys;
    private final Deque<HashSplit.Part> pending = new ArrayDeque<>();
    private ShuffleReader reader;
    private int next;

    CombinedRows(ShuffleLeaf leaf, PlanNode.ReduceSide.Combined side, TaskScope scope) {
        this.leaf = leaf;
        this.arriveCombined = side.mapSide();
        this.scope = scope;
        this.table = new CombineTable(side.combiner(), scope, UnaryOperator.identity());
        this.buffer = new Batch(scope.batchRows());
        this.shortKeys = new ShortKeys(scope.batchRows());
    }

    @Override
    public int read(Batch batch) throws IOException {
        if (reader == null) {
            reader = leaf.open();
        }
        batch.count = 0;
        while (next == table.count()) {
            table.clear();
            next = 0;
            if (!pending.isEmpty()) {
                HashSplit.Part part = pending.pop();
                combine(part.rows(0), true, part.level() < LAST_LEVEL ? part : null, 0);
                part.close();
            } else if (reader.nextBucket()) {
                StoredRows bucket = new ShuffleLeaf.Bucket(reader);
                scope.counters().shuffleRecordsRead += bucket.rowCount();
                combine(bucket, arriveCombined, null, 1);
            } else {
                return 0;
            }
        }
        next += table.copyTo(batch, next);
        return batch.count;
    }

    /** @param firstLevel level of a first cut; 0 when {@code part} is cut, or nothing any more if that is null too */
    private void combine(StoredRows rows, boolean areCombined, HashSplit.Part part, int firstLevel) throws IOException {
        HashSplit split = null;
        StoredRows.Cursor cursor = rows.open();
        for (int count = next(cursor); count > 0; count = next(cursor)) {
            if (table.takesShortKeys()) {
                shortKeys.take(buffer.rows, count);
            }
            table.add(buffer.rows, shortKeys, count, areCombined, this);
            if (table.fits() || makeRoom()) {
                continue;
            }
            if (table.count() == 1 || part == null && firstLevel == 0) {
                table.requireSmallEnough();
            } else {
                if (split == null) {
                    split = part != null ? part.cut() : new HashSplit(scope, 1, firstLevel, false, true);
                }
                moveTo(split);
            }
        }
        if (split != null) {
            moveTo(split);
            split.finish(0);
            pending.addAll(split.parts());
        }
    }

    private int next(StoredRows.Cursor cursor) throws IOException {
        scope.checkCancelled();
        return cursor.read(buffer.rows, 0, buffer.rows.length);
    }

    private boolean makeRoom() throws IOException {
        return reader.shed(scope.memory().guaranteed() / 4) > 0 && table.fits();
    }

    private void moveTo(HashSplit split) throws IOException {
        for (int moved = 0; moved < table.count(); moved += buffer.count) {
            table.copyTo(buffer, moved);
            split.add(0, buffer.rows, buffer.count);
        }
        table.clear();
    }

    @Override
    public void close() throws IOException {
        table.close();
        leaf.close();
    }
}
