package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import java.io.IOException;

/**
 * Combines values of a key before they are written to a shuffle. When memory is short it hands out what it has and
 * starts anew: the reading side combines again, so nothing need be spilled.
 */
public final class MapSideCombine implements Operator {
    private final Operator child;
    private final TaskScope scope;
    private final CombineTable table;
    private final Batch input;
    private int next;
    private boolean isReading = true;
    private boolean isEnded;

    MapSideCombine(Operator child, Combiner combiner, TaskScope scope) {
        this.child = child;
        this.scope = scope;
        this.table = new CombineTable(combiner, scope);
        this.input = new Batch(scope.batchRows());
    }

    /** {@code child} itself where the shuffle does not combine on the map side. */
    public static Operator over(Operator child, PlanNode.ReduceSide side, TaskScope scope) {
        return side instanceof PlanNode.ReduceSide.Combined combined && combined.mapSide()
                ? new MapSideCombine(child, combined.combiner(), scope)
                : child;
    }

    @Override
    public int read(Batch batch) throws Exception {
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
        table.add(input.rows, input.count, false, child);
        isReading = table.fits();
    }

    @Override
    public void close() throws IOException {
        table.close();
        child.close();
    }
}
