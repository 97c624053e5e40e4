package dev.kindling.executor.memory;

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

    /** The most this attempt ever held. */
    long peak();
}
