package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A user's function over a whole partition, or over one partition of each of two sets: it pulls its inputs as its output
 * is pulled.
 */
final class PartitionRows implements Operator {
    /** The user's function, called once. */
    @FunctionalInterface
    interface Body {
        Iterator<Object> call(PulledRows[] inputs) throws Exception;
    }

    private final List<Operator> children;
    private final Body body;
    private final TaskScope scope;
    private final PulledRows[] inputs;
    private final BatchBudget made;
    private Iterator<Object> output;

    PartitionRows(List<Operator> children, Body body, TaskScope scope) {
        this.children = children;
        this.body = body;
        this.scope = scope;
        this.made = new BatchBudget(scope);
        this.inputs = new PulledRows[children.size()];
        for (int input = 0; input < inputs.length; input++) {
            inputs[input] = new PulledRows(children.get(input), scope, Long.MAX_VALUE);
        }
    }

    @Override
    public int read(Batch batch) {
        int count = 0;
        int limit = batch.limit();
        made.start();
        scope.checkCancelled();
        try {
            if (output == null) {
                want(limit);
                output = body.call(inputs);
                if (output == null) {
                    throw new KindlingException(
                            ErrorCode.USER_CODE_FAILED,
                            "a function over partitions returned null instead of an iterator;"
                                    + " return Collections.emptyIterator()");
                }
            }
            while (count < limit) {
                want(limit - count);
                if (!output.hasNext()) {
                    break;
                }
                scope.checkInterrupted();
                Object row = output.next();
                batch.rows[count] = row;
                if (made.endsWith(row, count)) {
                    limit = count + 1;
                }
                count++;
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, position());
        }
        batch.count = count;
        return count;
    }

    private void want(int rowCount) {
        for (PulledRows input : inputs) {
            input.want(rowCount);
        }
    }

    /** Of the one input; of two nobody knows which one the function stumbled over. */
    private Optional<InputPosition> position() {
        return inputs.length == 1 ? inputs[0].position() : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        for (PulledRows input : inputs) {
            input.close();
        }
        CoGroupRows.closeAll(children);
    }
}
