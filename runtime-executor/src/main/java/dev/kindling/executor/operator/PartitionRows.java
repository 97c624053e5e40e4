package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function2;
import dev.kindling.data.Batch;
import java.io.IOException;
import java.util.Iterator;

/** A user's function over a whole partition: it pulls its input as its output is pulled. */
final class PartitionRows implements Operator {
    private final Operator child;
    private final Function2<Integer, Iterator<Object>, Iterator<Object>> function;
    private final int partition;
    private final TaskScope scope;
    private final PulledRows input;
    private Iterator<Object> output;

    PartitionRows(
            Operator child,
            Function2<Integer, Iterator<Object>, Iterator<Object>> function,
            int partition,
            TaskScope scope) {
        this.child = child;
        this.function = function;
        this.partition = partition;
        this.scope = scope;
        this.input = new PulledRows(child, scope, Long.MAX_VALUE);
    }

    @Override
    public int read(Batch batch) {
        int count = 0;
        int limit = batch.limit();
        scope.checkCancelled();
        try {
            if (output == null) {
                input.want(limit);
                output = function.call(partition, input);
                if (output == null) {
                    throw new KindlingException(
                            ErrorCode.USER_CODE_FAILED,
                            "a mapPartitions function returned null instead of an iterator;"
                                    + " return Collections.emptyIterator()");
                }
            }
            while (count < limit) {
                input.want(limit - count);
                if (!output.hasNext()) {
                    break;
                }
                scope.checkInterrupted();
                batch.rows[count++] = output.next();
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, input.position());
        }
        batch.count = count;
        return count;
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
