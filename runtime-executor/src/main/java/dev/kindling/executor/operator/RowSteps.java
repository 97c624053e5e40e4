package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.Function;
import dev.kindling.data.Batch;
import dev.kindling.plan.RowFunction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A run of row functions that never make more rows out of one, over a batch in place: one tight loop a function.
 * No function is called for more rows than the reader asked for.
 */
final class RowSteps implements Operator {
    private final Operator child;
    private final RowFunction[] steps;
    private final TaskScope scope;
    // Index of each kept row in the child's batch; means something only after a filter dropped rows.
    private final int[] origins;
    private boolean hasOrigins;

    RowSteps(Operator child, List<RowFunction> steps, TaskScope scope) {
        this.child = child;
        this.steps = steps.toArray(RowFunction[]::new);
        this.scope = scope;
        this.origins = new int[scope.batchRows()];
    }

    @Override
    public int read(Batch batch) throws Exception {
        for (; ; ) {
            scope.checkCancelled();
            int count = child.read(batch);
            if (count == 0) {
                return 0;
            }
            hasOrigins = false;
            for (int step = 0; step < steps.length && count > 0; step++) {
                count = apply(steps[step], batch.rows, count);
            }
            batch.count = count;
            if (count > 0) {
                return count;
            }
        }
    }

    private int apply(RowFunction step, Object[] rows, int count) {
        if (step instanceof RowFunction.Map map) {
            map(map.function(), rows, count);
        } else if (step instanceof RowFunction.MapValues map) {
            mapValues(map.function(), rows, count);
        } else if (step instanceof RowFunction.MapToDouble map) {
            mapToDouble(map.function(), rows, count);
        } else if (step instanceof RowFunction.Filter filter) {
            return filter(filter.function(), rows, count);
        } else {
            throw new IllegalArgumentException(step.getClass().getName());
        }
        return count;
    }

    private void map(Function<Object, Object> function, Object[] rows, int count) {
        int row = 0;
        try {
            for (; row < count; row++) {
                scope.checkInterrupted();
                rows[row] = function.call(rows[row]);
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, positionOf(row));
        }
    }

    private void mapValues(Function<Object, Object> function, Object[] rows, int count) {
        int row = 0;
        try {
            for (; row < count; row++) {
                scope.checkInterrupted();
                Tuple2<?, ?> pair = (Tuple2<?, ?>) rows[row];
                rows[row] = new Tuple2<>(pair._1(), function.call(pair._2()));
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, positionOf(row));
        }
    }

    private void mapToDouble(DoubleFunction<Object> function, Object[] rows, int count) {
        int row = 0;
        try {
            for (; row < count; row++) {
                scope.checkInterrupted();
                rows[row] = function.call(rows[row]);
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, positionOf(row));
        }
    }

    private int filter(Function<Object, Boolean> function, Object[] rows, int count) {
        int row = 0;
        int kept = 0;
        try {
            for (; row < count; row++) {
                scope.checkInterrupted();
                if (function.call(rows[row])) {
                    rows[kept] = rows[row];
                    origins[kept++] = hasOrigins ? origins[row] : row;
                }
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, positionOf(row));
        }
        hasOrigins = true;
        return kept;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return child.positionOf(hasOrigins ? origins[index] : index);
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
