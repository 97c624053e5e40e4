package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.plan.RowFunction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A run of row functions that never make more rows out of one. Each row goes through all of them before the next one
 * does, so what one function hands to the next may be as large as it likes, and may be the same object each time. No
 * function is called for more rows than the reader asked for. Where a batch ends early, see {@link BatchBudget}, the rest
 * of the child's batch follows with the next reads.
 */
final class RowSteps implements Operator {
    private static final Object DROPPED = new Object();

    private final Operator child;
    private final RowFunction[] steps;
    private final TaskScope scope;
    private final boolean isOnlyFilter;
    private final BatchBudget made;
    private final Batch input;
    /** The row of {@link #input} to take next. */
    private int next;

    /** Index in the child's batch of each row handed out last. */
    private final int[] origins;

    RowSteps(Operator child, List<RowFunction> steps, TaskScope scope) {
        this.child = child;
        this.steps = steps.toArray(RowFunction[]::new);
        this.scope = scope;
        this.isOnlyFilter = steps.stream().allMatch(RowFunction.Filter.class::isInstance);
        this.made = new BatchBudget(scope);
        this.input = new Batch(scope.batchRows());
        this.origins = new int[scope.batchRows()];
    }

    @Override
    public int read(Batch batch) throws Exception {
        batch.count = 0;
        while (batch.count == 0) {
            if (next == input.count && !readInput(batch.limit())) {
                return 0;
            }
            fill(batch);
        }
        return batch.count;
    }

    private boolean readInput(int limit) throws Exception {
        scope.checkCancelled();
        input.limitTo(limit);
        input.count = 0;
        next = 0;
        return child.read(input) > 0;
    }

    private void fill(Batch batch) {
        int count = 0;
        int limit = batch.limit();
        Object[] rows = input.rows;
        made.start();
        try {
            for (; next < input.count && count < limit; next++) {
                Object row = apply(rows[next]);
                // It may be large, and the rest of the batch may wait for a long time.
                rows[next] = null;
                if (row != DROPPED) {
                    batch.rows[count] = row;
                    origins[count++] = next;
                    if (!isOnlyFilter && made.endsWith(row, count - 1)) {
                        limit = count;
                    }
                }
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(next));
        }
        batch.count = count;
    }

    /** What all functions make of {@code row}; {@link #DROPPED} when a filter leaves it out. */
    private Object apply(Object row) throws Exception {
        Object at = row;
        for (RowFunction step : steps) {
            scope.checkInterrupted();
            if (step instanceof RowFunction.Map map) {
                at = map.function().call(at);
            } else if (step instanceof RowFunction.MapValues map) {
                Tuple2<?, ?> pair = (Tuple2<?, ?>) at;
                at = new Tuple2<>(pair._1(), map.function().call(pair._2()));
            } else if (step instanceof RowFunction.MapToDouble map) {
                at = map.function().call(at);
            } else if (step instanceof RowFunction.Filter filter) {
                if (!filter.function().call(at)) {
                    return DROPPED;
                }
            } else {
                throw new IllegalArgumentException(step.getClass().getName());
            }
        }
        return at;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return child.positionOf(origins[index]);
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
