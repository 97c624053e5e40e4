package dev.kindling.executor.memory;

import dev.kindling.config.MemoryMap;

/**
 * Counted memory of one attempt. It never waits: who gets less than it asked for spills what it holds and goes on.
 * Every attempt can always have its guaranteed share, whatever the others hold.
 */
public interface TaskMemory {
    /** Grants all of {@code bytes} or nothing. */
    boolean tryAcquire(long bytes);

    void release(long bytes);

    /** Bytes held now. */
    long held();

    /** Bytes this attempt can have in any case, held ones included. */
    long guaranteed();

    /**
     * The most this attempt can have while as many attempts run as now, if it is free: what to plan with where less is
     * no harm. At least {@link #guaranteed}.
     */
    long share();

    /** The most this attempt ever held. */
    long peak();

    /** What an operator may hold uncounted when nothing is granted: with less, every few rows would be a spill. */
    default long floorBytes() {
        return Math.max(16 << 10, Math.min(256 << 10, guaranteed() / 4));
    }

    /** Heap bytes that the rows of one batch may take, beside what is counted: each step of a chain may hold one. */
    default long batchBytes() {
        return Math.max(64 << 10, Math.min(4 << 20, guaranteed() / 8));
    }

    /** The most that one row may take when it is written: several copies of it exist at a time, beside what is counted. */
    long maxRowBytes();

    /** How the memory of the executor is divided, for errors. */
    MemoryMap map();
}
