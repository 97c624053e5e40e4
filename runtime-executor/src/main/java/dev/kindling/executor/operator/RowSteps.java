package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.Function;
import dev.kindling.data.Batch;
import dev.kindling.plan.RowFunction;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A run of row functions that never make more rows out of one: one tight loop a function over a batch of the child.
 * No function is called for more rows than the reader asked for.
 *
 * <p>Where a function makes large rows, the batch falls into pieces: as soon as a piece is large enough it goes through
 * the functions behind, and the rest follows when nothing is left of it. So of {@code map(read a file).map(digest it)}
 * a few files are in memory, not a thousand.
 */
final class RowSteps implements Operator {
    private final Operator child;
    private final RowFunction[] steps;
    private final TaskScope scope;
    private final BatchBudget made;
    private final BatchBudget handedOut;

    /** The child's rows, and in their place what the functions make of them. */
    private final Batch input;

    /** Index in the child's batch of each row of {@link #input}, once a filter has moved them. */
    private final int[] origins;

    private boolean hasOrigins;

    // Pieces of the input, the next one on top: rows from..to have passed the first `step` functions.
    private final int[] pieceSteps;
    private final int[] pieceStarts;
    private final int[] pieceEnds;
    private int pieces;

    /** Index in the child's batch of each row handed out last, unless that is its own index. */
    private final int[] handedOutOrigins;

    private boolean isAsRead;

    RowSteps(Operator child, List<RowFunction> steps, TaskScope scope) {
        this.child = child;
        this.steps = steps.toArray(RowFunction[]::new);
        this.scope = scope;
        this.made = new BatchBudget(scope);
        this.handedOut = new BatchBudget(scope);
        this.input = new Batch(scope.batchRows());
        this.origins = new int[scope.batchRows()];
        this.handedOutOrigins = new int[scope.batchRows()];
        this.pieceSteps = new int[this.steps.length + 2];
        this.pieceStarts = new int[pieceSteps.length];
        this.pieceEnds = new int[pieceSteps.length];
    }

    @Override
    public int read(Batch batch) throws Exception {
        batch.count = 0;
        handedOut.start();
        isAsRead = true;
        for (; ; ) {
            if (pieces == 0) {
                if (batch.count > 0) {
                    return batch.count;
                }
                scope.checkCancelled();
                input.limitTo(batch.limit());
                hasOrigins = false;
                if (child.read(input) == 0) {
                    return 0;
                }
                push(0, 0, input.count);
            }
            pieces--;
            int step = pieceSteps[pieces];
            if (step < steps.length) {
                apply(step, pieceStarts[pieces], pieceEnds[pieces]);
            } else if (handOut(pieceStarts[pieces], pieceEnds[pieces], batch)) {
                return batch.count;
            }
        }
    }

    private void push(int step, int from, int to) {
        if (from < to) {
            pieceSteps[pieces] = step;
            pieceStarts[pieces] = from;
            pieceEnds[pieces++] = to;
        }
    }

    /** Whether the batch is to go now: no more rows fit, or what they take is enough. */
    private boolean handOut(int from, int to, Batch batch) {
        int count = Math.min(to - from, batch.limit() - batch.count);
        System.arraycopy(input.rows, from, batch.rows, batch.count, count);
        if (hasOrigins || batch.count > 0 || from > 0) {
            noteOrigins(from, count, batch.count);
        }
        batch.count += count;
        push(steps.length, from + count, to);
        if (pieces > 0) {
            // The rows may be large, and the input is read to its end before others take their place.
            Object first = input.rows[from];
            Arrays.fill(input.rows, from, from + count, null);
            return batch.count == batch.limit() || handedOut.isFilledBy(first, count);
        }
        return false;
    }

    private void noteOrigins(int from, int count, int at) {
        if (isAsRead) {
            for (int row = 0; row < at; row++) {
                handedOutOrigins[row] = row;
            }
            isAsRead = false;
        }
        for (int i = 0; i < count; i++) {
            handedOutOrigins[at + i] = originOf(from + i);
        }
    }

    // ---- the functions ----------------------------------------------------------------------------------------------

    private void apply(int step, int from, int to) {
        RowFunction function = steps[step];
        int end = to;
        int kept = to;
        if (function instanceof RowFunction.Map map) {
            kept = end = map(map.function(), from, to);
        } else if (function instanceof RowFunction.MapValues map) {
            kept = end = mapValues(map.function(), from, to);
        } else if (function instanceof RowFunction.MapToDouble map) {
            mapToDouble(map.function(), from, to);
        } else if (function instanceof RowFunction.Filter filter) {
            kept = filter(filter.function(), from, to);
        } else {
            throw new IllegalArgumentException(function.getClass().getName());
        }
        push(step, end, to);
        push(step + 1, from, kept);
    }

    private int map(Function<Object, Object> function, int from, int to) {
        Object[] rows = input.rows;
        int row = from;
        made.start();
        try {
            for (; row < to; row++) {
                scope.checkInterrupted();
                Object result = function.call(rows[row]);
                rows[row] = result;
                if (BatchBudget.isMeasured(row - from) && made.isFilledBy(result)) {
                    return row + 1;
                }
            }
            return to;
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(originOf(row)));
        }
    }

    private int mapValues(Function<Object, Object> function, int from, int to) {
        Object[] rows = input.rows;
        int row = from;
        made.start();
        try {
            for (; row < to; row++) {
                scope.checkInterrupted();
                Tuple2<?, ?> pair = (Tuple2<?, ?>) rows[row];
                Object result = function.call(pair._2());
                rows[row] = new Tuple2<>(pair._1(), result);
                if (BatchBudget.isMeasured(row - from) && made.isFilledBy(result)) {
                    return row + 1;
                }
            }
            return to;
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(originOf(row)));
        }
    }

    private void mapToDouble(DoubleFunction<Object> function, int from, int to) {
        Object[] rows = input.rows;
        int row = from;
        try {
            for (; row < to; row++) {
                scope.checkInterrupted();
                rows[row] = function.call(rows[row]);
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(originOf(row)));
        }
    }

    private int filter(Function<Object, Boolean> function, int from, int to) {
        Object[] rows = input.rows;
        if (!hasOrigins) {
            for (int row = 0; row < input.count; row++) {
                origins[row] = row;
            }
            hasOrigins = true;
        }
        int row = from;
        int kept = from;
        try {
            for (; row < to; row++) {
                scope.checkInterrupted();
                if (function.call(rows[row])) {
                    rows[kept] = rows[row];
                    origins[kept++] = origins[row];
                }
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(originOf(row)));
        }
        return kept;
    }

    private int originOf(int row) {
        return hasOrigins ? origins[row] : row;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return child.positionOf(isAsRead ? index : handedOutOrigins[index]);
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
