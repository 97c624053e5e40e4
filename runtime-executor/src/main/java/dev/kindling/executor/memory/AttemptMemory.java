package dev.kindling.executor.memory;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.MemoryMap;

/** The {@link TaskMemory} of a real attempt, out of a {@link MemoryPool}. Owned by the attempt's thread. */
public final class AttemptMemory implements TaskMemory, AutoCloseable {
    private final MemoryPool pool;
    private final int task;
    private final long unitBytes;
    private long granted;
    private long held;
    private long peak;
    private boolean isClosed;

    AttemptMemory(MemoryPool pool, int task, long unitBytes) {
        this.pool = pool;
        this.task = task;
        this.unitBytes = unitBytes;
    }

    @Override
    public boolean tryAcquire(long bytes) {
        if (held + bytes > granted && !grow(held + bytes - granted)) {
            return false;
        }
        held += bytes;
        peak = Math.max(peak, held);
        return true;
    }

    private boolean grow(long missing) {
        long units = (missing + unitBytes - 1) / unitBytes * unitBytes;
        if (pool.acquire(task, units)) {
            granted += units;
            return true;
        }
        if (pool.acquire(task, missing)) {
            granted += missing;
            return true;
        }
        return false;
    }

    @Override
    public void release(long bytes) {
        if (isClosed) {
            return; // given back as a whole; what is left is cleaned up afterwards
        }
        if (bytes > held) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "an attempt gives back " + bytes + " bytes and holds " + held);
        }
        held -= bytes;
        // One unit is kept, so that a page taken and given in a loop does not take the lock each time.
        long surplus = granted - held - unitBytes;
        if (surplus >= unitBytes) {
            pool.release(task, surplus);
            granted -= surplus;
        }
    }

    @Override
    public long held() {
        return held;
    }

    @Override
    public long guaranteed() {
        return pool.guaranteed(task);
    }

    @Override
    public long share() {
        return pool.share();
    }

    @Override
    public long maxRowBytes() {
        return pool.map().rowBytes();
    }

    @Override
    public MemoryMap map() {
        return pool.map();
    }

    @Override
    public long peak() {
        return peak;
    }

    @Override
    public void close() {
        pool.close(task);
        granted = 0;
        held = 0;
        isClosed = true;
    }
}
