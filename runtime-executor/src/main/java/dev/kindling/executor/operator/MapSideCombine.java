package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.executor.shuffle.RowDigest;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import java.io.IOException;

/**
 * Combines values of a key before they are written to a shuffle. When memory is short it hands out what it has and
 * starts anew: the reading side combines again, so nothing need be spilled. Where keys hardly repeat within a table, or
 * among its first rows, it costs more than it saves; then a number of rows passes without one before it is tried again.
 *
 * <p>So the rows it hands out depend on memory; whether two attempts agree shows in the count and digest of the rows it
 * has read.
 */
public final class MapSideCombine implements Operator {
    // A table that made two rows of three or more out of each three is not worth its cache misses.
    private static final int USELESS_NUMERATOR = 2;
    private static final int USELESS_DENOMINATOR = 3;
    private static final int PASSING_TABLES = 8;
    // So many rows whose keys are nearly all different come of more keys than a cache holds.
    private static final int LOOK_AT_ROWS = 1 << 18;
    private static final int NEARLY_ALL_PERCENT = 90;

    private final Operator child;
    private final Combiner combiner;
    private final TaskScope scope;
    private final CombineTable table;
    private final Batch input;
    private final ShortKeys shortKeys;
    private final RowDigest digests = new RowDigest();
    private long rowsInTable;
    private boolean wasLookedAt;
    private long rowsToPass;
    private long rowsRead;
    private long digestOfRead;
    private int next;
    private boolean isReading = true;
    private boolean isEnded;

    MapSideCombine(Operator child, Combiner combiner, TaskScope scope) {
        this.child = child;
        this.combiner = combiner;
        this.scope = scope;
        this.table = new CombineTable(combiner, scope, scope::keep);
        this.input = new Batch(scope.batchRows());
        this.shortKeys = new ShortKeys(scope.batchRows());
    }

    /** {@code child} itself where the shuffle does not combine on the map side. */
    public static Operator over(Operator child, PlanNode.ReduceSide side, TaskScope scope) {
        return side instanceof PlanNode.ReduceSide.Combined combined && combined.mapSide()
                ? new MapSideCombine(child, combined.combiner(), scope)
                : child;
    }

    @Override
    public int read(Batch batch) throws Exception {
        if (rowsToPass > 0 && table.count() == 0) {
            return pass(batch);
        }
        while (isReading) {
            fill();
        }
        next += table.copyTo(batch, next);
        if (next == table.count()) {
            table.clear();
            next = 0;
            isReading = !isEnded;
        }
        return batch.count;
    }

    private void fill() throws Exception {
        scope.checkCancelled();
        if (child.read(input) == 0) {
            isEnded = true;
            isReading = false;
            return;
        }
        shortKeys.take(input.rows, input.count);
        table.add(input.rows, shortKeys, input.count, false, child);
        for (int row = 0; row < input.count; row++) {
            digestOfRead += digestOf((Tuple2<?, ?>) input.rows[row], row);
        }
        rowsRead += input.count;
        rowsInTable += input.count;
        if (!table.fits()) {
            handOut((long) table.count() * USELESS_DENOMINATOR > rowsInTable * USELESS_NUMERATOR);
        } else if (!wasLookedAt && rowsInTable >= LOOK_AT_ROWS) {
            wasLookedAt = true;
            if (table.count() * 100L > rowsInTable * NEARLY_ALL_PERCENT) {
                handOut(true);
            }
        }
    }

    private long digestOf(Tuple2<?, ?> pair, int row) {
        return shortKeys.highs[row] == 0 ? digests.ofPair(pair) : digests.ofPair(shortKeys.hashes[row], pair._2());
    }

    private void handOut(boolean isUseless) {
        isReading = false;
        rowsToPass = isUseless ? rowsInTable * PASSING_TABLES : 0;
        rowsInTable = 0;
        wasLookedAt = false;
    }

    private int pass(Batch batch) throws Exception {
        int count = child.read(batch);
        rowsRead += count;
        rowsToPass = count == 0 ? 0 : rowsToPass - count;
        shortKeys.take(batch.rows, count);
        int row = 0;
        try {
            for (; row < count; row++) {
                Tuple2<?, ?> pair = (Tuple2<?, ?>) batch.rows[row];
                digestOfRead += digestOf(pair, row);
                batch.rows[row] = new Tuple2<>(pair._1(), combiner.create().call(pair._2()));
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(row));
        }
        if (count == 0) {
            isEnded = true;
            isReading = false;
        }
        return count;
    }

    /** Rows read so far. */
    public long rowsRead() {
        return rowsRead;
    }

    /** Order-independent digest of the rows read so far. */
    public long digestOfRead() {
        return digestOfRead;
    }

    @Override
    public void close() throws IOException {
        table.close();
        child.close();
    }
}
