package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.serde.HeapSize;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Every row of one partition with every row of another, the left row changing last. The right partition is computed
 * once: its rows are handed out as they come and put aside for the left rows that follow; if they fit the memory granted
 * they are then decoded once, else a page at a time for each left row. Nothing is read before it is asked for, the right
 * partition not at all when the left one is empty. Owned by the task's thread.
 */
final class CartesianRows implements Operator {
    private final Operator left;
    private final Operator right;
    private final TaskScope scope;
    private final PulledRows lefts;
    private final PulledRows firstRights;
    private final RowStore store;
    private final RowStore.Lane kept;
    private final Reservation reservation;
    private boolean isKept;
    private boolean hasLeft;
    private Object leftRow;

    // The right rows from the second left row on: in rights[next..end), and what more the cursor gives.
    private Object[] rights = new Object[0];
    private int next;
    private int end;
    private StoredRows.Cursor cursor;
    private long batchBytes;
    private boolean isDecoded;

    CartesianRows(Operator left, Operator right, TaskScope scope) {
        this.left = left;
        this.right = right;
        this.scope = scope;
        this.lefts = new PulledRows(left, scope, Long.MAX_VALUE);
        this.firstRights = new PulledRows(right, scope, Long.MAX_VALUE);
        this.store = new RowStore(scope, 1, false);
        this.kept = store.openLane();
        this.reservation = new Reservation(scope.memory(), 0.25);
    }

    @Override
    public int read(Batch batch) throws IOException {
        scope.checkCancelled();
        int count = 0;
        batchBytes = 0;
        while (count < batch.limit()
                && batchBytes < scope.memory().batchBytes()
                && (hasLeft || nextLeft(batch.limit() - count))) {
            int before = count;
            count = isKept ? addKept(batch, count) : addFirst(batch, count);
            hasLeft = count > before;
        }
        batch.count = count;
        return count;
    }

    private boolean nextLeft(int wanted) throws IOException {
        lefts.want(wanted);
        if (isKept && kept.rowCount() == 0 || !lefts.hasNext()) {
            return false;
        }
        leftRow = scope.keep(lefts.next());
        if (isDecoded) {
            next = 0;
        } else if (isKept) {
            cursor = kept.open();
        }
        hasLeft = true;
        return true;
    }

    private int addFirst(Batch batch, int from) throws IOException {
        int count = from;
        firstRights.want(batch.limit() - count);
        while (count < batch.limit() && firstRights.hasNext()) {
            Object row = scope.keep(firstRights.next());
            kept.add(row);
            batch.rows[count++] = new Tuple2<>(leftRow, row);
            batchBytes += HeapSize.of(row);
            if (batchBytes >= scope.memory().batchBytes()) {
                return count;
            }
            firstRights.want(batch.limit() - count);
        }
        if (count == from) {
            keep();
        }
        return count;
    }

    /** All right rows are in. */
    private void keep() throws IOException {
        kept.finish();
        isKept = true;
        isDecoded = decode();
        if (isDecoded) {
            next = end;
            store.close();
        } else {
            reservation.close();
            rights = new Object[RowStore.MAX_CHUNK_ROWS];
            end = 0;
        }
    }

    /** Whether all right rows fit in memory, and are there now. */
    private boolean decode() throws IOException {
        long arrayBytes = kept.rowCount() * HeapSize.REFERENCE;
        if (kept.rowCount() > Integer.MAX_VALUE / 2 || !reservation.growTo(arrayBytes)) {
            return false;
        }
        rights = new Object[(int) kept.rowCount()];
        StoredRows.Cursor all = kept.open();
        for (int count = all.read(rights, 0, rights.length); count > 0; count = all.read(rights, end, rights.length)) {
            end += count;
            if (!reservation.growTo(arrayBytes + all.heapBytes())) {
                return false;
            }
        }
        return true;
    }

    private int addKept(Batch batch, int from) throws IOException {
        int count = from;
        while (count < batch.limit()) {
            if (next == end) {
                if (isDecoded) {
                    break;
                }
                if (batchBytes >= scope.memory().batchBytes()) {
                    break;
                }
                long before = cursor.heapBytes();
                end = cursor.read(rights, 0, rights.length);
                batchBytes += cursor.heapBytes() - before;
                next = 0;
                if (end == 0) {
                    break;
                }
            }
            int added = Math.min(batch.limit() - count, end - next);
            pair(leftRow, rights, next, batch.rows, count, added);
            next += added;
            count += added;
        }
        return count;
    }

    private static void pair(Object left, Object[] rights, int from, Object[] rows, int to, int count) {
        for (int i = 0; i < count; i++) {
            rows[to + i] = new Tuple2<>(left, rights[from + i]);
        }
    }

    @Override
    public void close() throws IOException {
        reservation.close();
        CoGroupRows.closeAll(List.<Closeable>of(left, right, store::close));
    }
}
