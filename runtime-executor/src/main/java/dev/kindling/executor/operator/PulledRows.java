package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.plan.TaskRows;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A child's rows as the iterator that user code pulls. Nobody knows how far it will pull, so the first request is one
 * row and each further one twice as many, never more than are wanted downstream: a function that stops early has read
 * at most twice what it used. Where the reader says how many rows it wants, exactly these are read.
 */
public final class PulledRows implements TaskRows {
    private final Operator child;
    private final TaskScope scope;
    private final Batch batch;
    private final boolean isExact;
    private long wanted;
    private int request = 1;
    private int next;
    private boolean ended;

    /** @param wanted rows the reader wants at most; {@code Long.MAX_VALUE} when it cannot say */
    public PulledRows(Operator child, TaskScope scope, long wanted) {
        this.child = child;
        this.scope = scope;
        this.wanted = wanted;
        this.isExact = wanted != Long.MAX_VALUE;
        this.batch = new Batch(scope.batchRows());
    }

    /** From now on not more than {@code rowCount} rows are of use at once. */
    void want(long rowCount) {
        wanted = rowCount;
    }

    @Override
    public boolean hasNext() {
        return next < batch.count || refill();
    }

    @Override
    public Object next() {
        if (next >= batch.count && !refill()) {
            throw new NoSuchElementException();
        }
        Object row = batch.rows[next];
        batch.rows[next++] = null;
        return row;
    }

    @Override
    public Object keep(Object row) {
        return scope.keep(row);
    }

    /** Where the row handed out last comes from. */
    public Optional<InputPosition> position() {
        return next == 0 ? Optional.empty() : child.positionOf(next - 1);
    }

    /** Calls a user's function that pulls these rows: when it throws, the row it pulled last is the one to name. */
    public <T> T callUserCode(Callable<T> code) {
        try {
            return code.call();
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, position());
        }
    }

    private boolean refill() {
        if (ended) {
            return false;
        }
        try {
            scope.checkCancelled();
            next = 0;
            batch.count = 0;
            batch.limitTo(isExact ? wanted : Math.min(wanted, request));
            ended = child.read(batch) == 0;
            request = Math.min(2 * request, batch.capacity());
            if (isExact) {
                wanted -= batch.count;
            }
            return !ended;
        } catch (Throwable t) {
            ended = true;
            throw scope.failedBelowUserCode(t);
        }
    }
}
