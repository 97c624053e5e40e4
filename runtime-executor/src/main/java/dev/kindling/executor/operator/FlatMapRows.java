package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.data.Batch;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;

/**
 * Any number of rows out of one, read from the user's iterator only as they are asked for, so it may be endless. A
 * batch never mixes rows of two batches of the child: that keeps positions known.
 */
final class FlatMapRows implements Operator {
    private final Operator child;
    private final FlatMapFunction<Object, Object> function;
    private final boolean onValues;
    private final TaskScope scope;
    private final Batch input;
    private final int[] origins;
    private final BatchBudget made;
    private int inputRow;
    private Object key;
    private Iterator<?> current;

    /** @param onValues the function takes the value of a pair, and each row it gives is paired with the same key */
    FlatMapRows(Operator child, FlatMapFunction<Object, Object> function, boolean onValues, TaskScope scope) {
        this.child = child;
        this.function = function;
        this.onValues = onValues;
        this.scope = scope;
        this.input = new Batch(scope.batchRows());
        this.origins = new int[scope.batchRows()];
        this.made = new BatchBudget(scope);
    }

    @Override
    public int read(Batch batch) throws Exception {
        batch.count = 0;
        for (; ; ) {
            scope.checkCancelled();
            if (inputRow < input.count) {
                expand(batch);
            }
            if (batch.count > 0) {
                return batch.count;
            }
            // A reader that wants less than a batch wants exactly that: one input row may already be enough.
            input.limitTo(batch.limit() < batch.capacity() ? 1 : input.capacity());
            current = null;
            inputRow = 0;
            input.count = 0;
            if (child.read(input) == 0) {
                return 0;
            }
        }
    }

    private void expand(Batch batch) {
        int count = 0;
        int limit = batch.limit();
        Object[] rows = batch.rows;
        made.start();
        try {
            while (inputRow < input.count) {
                if (current == null) {
                    current = call(input.rows[inputRow]);
                }
                while (count < limit && current.hasNext()) {
                    scope.checkInterrupted();
                    Object row = current.next();
                    rows[count] = onValues ? new Tuple2<>(key, row) : row;
                    origins[count] = inputRow;
                    if (made.endsWith(row, count)) {
                        limit = count + 1;
                    }
                    count++;
                }
                if (count == limit) {
                    break;
                }
                current = null;
                inputRow++;
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, child.positionOf(inputRow));
        }
        batch.count = count;
    }

    private Iterator<?> call(Object row) throws Exception {
        scope.checkInterrupted();
        Object argument = row;
        if (onValues) {
            Tuple2<?, ?> pair = (Tuple2<?, ?>) row;
            key = pair._1();
            argument = pair._2();
        }
        Iterator<?> made = function.call(argument);
        if (made == null) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    "a flatMap function returned null instead of an iterator; return Collections.emptyIterator()");
        }
        return made;
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
