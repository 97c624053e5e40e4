package dev.kindling.executor.operator;

import dev.kindling.executor.memory.TaskMemory;

/** Memory counted for decoded rows of one operator: grown by steps, given back at once. */
final class Reservation implements AutoCloseable {
    // A call to the arbiter takes a lock: not more often than every few thousand rows.
    private static final long STEP_BYTES = 256 << 10;

    private final TaskMemory memory;
    private final double part;
    private long bytes;

    /**
     * @param part the most it grows to, as a part of the task's share: the rest of the chain, above all the writer of a
     *     shuffle, has to live beside it
     */
    Reservation(TaskMemory memory, double part) {
        this.memory = memory;
        this.part = part;
    }

    /** Whether {@code wanted} bytes are reserved now; if not, what was reserved before still is. */
    boolean growTo(long wanted) {
        if (wanted <= bytes) {
            return true;
        }
        if (!mayGrowTo(wanted)) {
            return false;
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

    /** Whether so much may be granted, as things stand. */
    boolean mayGrowTo(long wanted) {
        return wanted <= (long) (memory.share() * part);
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
