package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.api.function.Function;
import dev.kindling.data.Batch;
import dev.kindling.plan.RowFunction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final List<Function<Object, Boolean>> filters;
    private final boolean isOnlyFilter;
    private final BatchBudget made;
    private final Batch input;
    /** The row of {@link #input} to take next. */
    private int next;

    /** Index in the child's batch of each row handed out last. */
    private final int[] origins;

    RowSteps(Operator child, List<RowFunction> steps, TaskScope scope) {
        this.child = child;
        this.steps = steps.toArray(new RowFunction[0]);
        this.scope = scope;
        this.filters = filtersOf(steps);
        this.isOnlyFilter = filters.size() == steps.size();
        this.made = new BatchBudget(scope);
        this.input = new Batch(scope.batchRows());
        this.origins = new int[scope.batchRows()];
    }

    /** Those steps that are filters. */
    private static List<Function<Object, Boolean>> filtersOf(List<RowFunction> steps) {
        List<Function<Object, Boolean>> filters = new ArrayList<>();
        for (RowFunction step : steps) {
            if (step instanceof RowFunction.Filter filter) {
                filters.add(filter.function());
            }
        }
        return filters;
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
        int first = next;
        made.start();
        try {
            batch.count = isOnlyFilter ? filter(batch) : applyAll(batch);
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(next));
        }
        // They may be large, and the rest of the batch may wait for a long time.
        Arrays.fill(input.rows, first, next, null);
    }

    // The two loops below keep what they count in local variables: in fields it is half of what a cheap function costs.

    private int applyAll(Batch batch) throws Exception {
        Object[] from = input.rows;
        Object[] to = batch.rows;
        int at = next;
        int end = input.count;
        int count = 0;
        int limit = batch.limit();
        try {
            for (; at < end && count < limit; at++) {
                Object row = apply(from[at]);
                if (row != DROPPED) {
                    to[count] = row;
                    origins[count++] = at;
                    if (made.endsWith(row, count - 1)) {
                        limit = count;
                    }
                }
            }
        } finally {
            next = at;
        }
        return count;
    }

    /** As {@link #applyAll}; rows that pass are the child's own, so they end the batch where those did. */
    private int filter(Batch batch) throws Exception {
        Object[] from = input.rows;
        Object[] to = batch.rows;
        int at = next;
        int end = input.count;
        int count = 0;
        int limit = batch.limit();
        try {
            for (; at < end && count < limit; at++) {
                Object row = from[at];
                scope.checkInterrupted();
                if (passes(row)) {
                    to[count] = row;
                    origins[count++] = at;
                }
            }
        } finally {
            next = at;
        }
        return count;
    }

    private boolean passes(Object row) throws Exception {
        for (int i = 0; i < filters.size(); i++) {
            if (!filters.get(i).call(row)) {
                return false;
            }
        }
        return true;
    }

    /** What all functions make of {@code row}; {@link #DROPPED} when a filter leaves it out. */
    private Object apply(Object row) throws Exception {
        Object at = row;
        scope.checkInterrupted();
        for (RowFunction step : steps) {
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
