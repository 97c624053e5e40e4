package dev.kindling.executor.operator;

import dev.kindling.executor.memory.TaskMemory;

/** Memory counted for decoded rows of one operator: grown by steps, given back at once. */
final class Reservation implements AutoCloseable {
    // A call to the arbiter takes a lock: not more often than every few thousand rows.
    private static final long STEP_BYTES = 256 << 10;

    private final TaskMemory memory;
    private long bytes;

    Reservation(TaskMemory memory) {
        this.memory = memory;
    }

    /** Whether {@code wanted} bytes are reserved now; if not, what was reserved before still is. */
    boolean growTo(long wanted) {
        if (wanted <= bytes) {
            return true;
        }
        long more = Math.max(STEP_BYTES, wanted - bytes);
        if (memory.tryAcquire(more)) {
            bytes += more;
            return true;
        }
        if (wanted - bytes < more && memory.tryAcquire(wanted - bytes)) {
            bytes = wanted;
            return true;
        }
        return false;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        memory.release(bytes);
        bytes = 0;
    }
}
