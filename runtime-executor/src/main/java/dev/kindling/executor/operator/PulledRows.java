package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import dev.kindling.plan.TaskRows;
import dev.kindling.serde.PackedRows;
import dev.kindling.util.ByteSizes;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A child's rows as the iterator that user code pulls. Nobody knows how far it will pull, so the first request is one
 * row and each further one twice as many, never more than are wanted downstream: a function that stops early has read
 * at most twice what it used. Where the reader says how many rows it wants, exactly these are read.
 */
public final class PulledRows implements TaskRows, AutoCloseable {
    private final Operator child;
    private final TaskScope scope;
    private final Batch batch;
    private final PackedRows packed = new PackedRows();
    private final boolean isExact;
    private final Reservation reservation;
    private long heldBytes;
    private long wanted;
    private int request = 1;
    private int next;

    /** Rows at hand: in {@link #packed} where they came as no objects, in the batch otherwise. */
    private int count;

    private boolean arePacked;

    /** Rows of a batch that is not full may be large: none is held longer than its reader wants it. */
    private boolean areLarge;

    private boolean ended;

    /** @param wanted rows the reader wants at most; {@code Long.MAX_VALUE} when it cannot say */
    public PulledRows(Operator child, TaskScope scope, long wanted) {
        this.child = child;
        this.scope = scope;
        this.wanted = wanted;
        this.isExact = wanted != Long.MAX_VALUE;
        this.batch = new Batch(scope.batchRows());
        this.reservation = new Reservation(scope.memory(), 1);
    }

    /** From now on not more than {@code rowCount} rows are of use at once. */
    void want(long rowCount) {
        wanted = rowCount;
    }

    @Override
    public boolean hasNext() {
        return next < count || refill();
    }

    @Override
    public Object next() {
        if (next >= count && !refill()) {
            throw new NoSuchElementException();
        }
        if (arePacked) {
            return packed.row(next++);
        }
        Object row = batch.rows[next];
        if (areLarge) {
            batch.rows[next] = null;
        }
        next++;
        return row;
    }

    @Override
    public long skipAll() {
        long skipped = count - next;
        next = count;
        long passedOver = passOver();
        if (passedOver >= 0) {
            return skipped + passedOver;
        }
        while (refill()) {
            skipped += count;
        }
        return skipped;
    }

    private long passOver() {
        if (ended) {
            return 0;
        }
        try {
            long rowCount = child.passOver();
            ended = rowCount >= 0;
            return rowCount;
        } catch (Throwable t) {
            ended = true;
            throw scope.failedBelowUserCode(t);
        }
    }

    @Override
    public Object keep(Object row) {
        return scope.keep(row);
    }

    @Override
    public void hold(long bytes, String advice) {
        heldBytes += bytes;
        if (heldBytes > scope.memory().floorBytes() && !reservation.growTo(heldBytes)) {
            requireSmallEnough(advice);
        }
    }

    /** What a function keeps can be put nowhere else: it may be more than is granted, but not more than its share. */
    private void requireSmallEnough(String advice) {
        long share = scope.memory().share();
        if (heldBytes > share) {
            throw scope.failedBelowUserCode(new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "what this task keeps in memory takes about " + ByteSizes.format(heldBytes)
                            + ", more than its share of " + ByteSizes.format(share) + " in a heap of "
                            + ByteSizes.format(Runtime.getRuntime().maxMemory()) + ": " + advice
                            + ", or raise kindling.executor.memory"));
        }
    }

    /** What was held is given back. */
    public void close() {
        reservation.close();
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
            count = 0;
            count = read(batch.limitTo(isExact ? wanted : Math.min(wanted, request)));
            ended = count == 0;
            request = Math.min(2 * request, batch.capacity());
            if (isExact) {
                wanted -= count;
            }
            return !ended;
        } catch (Throwable t) {
            ended = true;
            throw scope.failedBelowUserCode(t);
        }
    }

    private int read(Batch target) throws Exception {
        int read = child.readPacked(packed, target.limit());
        arePacked = read >= 0;
        if (!arePacked) {
            read = child.read(target);
            areLarge = read < target.capacity();
        }
        return read;
    }
}
