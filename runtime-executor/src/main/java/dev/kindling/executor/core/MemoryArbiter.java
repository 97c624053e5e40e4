package dev.kindling.executor.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides who gets how much of the executor's page memory. Pure: no lock, no clock; {@code MemoryPool} puts a lock
 * around it.
 *
 * <p>The pool is shared by execution (what running attempts hold) and storage (blocks kept in memory). Each slot has a
 * guaranteed share that is never lent: together a quarter of the pool. The rest is lent to whoever asks first. Storage
 * takes what is free; execution takes what is free and then has storage evicted, but not below half of the pool.
 * Storage never has execution evicted. While several attempts run, none gets more than an equal part of what execution
 * can have, so the first one cannot starve those that start later. Nobody ever waits: an answer is yes or no.
 *
 * <p>Invariant: sum over attempts of max(held, guaranteed) + guaranteed x idle slots + storage &lt;= pool.
 */
public final class MemoryArbiter {
    private final long poolBytes;
    private final int slots;
    private final long guaranteedBytes;
    private final long protectedStorageBytes;
    private final Map<Integer, Long> heldByTask = new TreeMap<>();
    private long storageBytes;
    private long lentBytes;

    public MemoryArbiter(long poolBytes, int slots) {
        if (poolBytes < slots || slots < 1) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES, poolBytes + " bytes of page memory for " + slots + " task slots");
        }
        this.poolBytes = poolBytes;
        this.slots = slots;
        this.guaranteedBytes = poolBytes / 4 / slots;
        this.protectedStorageBytes = poolBytes / 2;
    }

    /** Lets task {@code task} in, holding nothing. More tasks than slots get no guarantee, so they are refused. */
    public void open(int task) {
        if (heldByTask.size() == slots) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "task " + task + " wants memory while " + slots + " tasks have all of it");
        }
        if (heldByTask.putIfAbsent(task, 0L) != null) {
            throw new KindlingException(ErrorCode.INTERNAL, "task " + task + " has its memory twice");
        }
    }

    /** Takes back all that {@code task} held. */
    public void close(int task) {
        Long held = heldByTask.remove(task);
        if (held != null) {
            lentBytes -= overGuarantee(held);
        }
    }

    /** How an execution request was decided: if granted, {@code evictBytes} of storage must go first. */
    public record Grant(boolean isGranted, long evictBytes) {
        static final Grant REFUSED = new Grant(false, 0);
        static final Grant FREE = new Grant(true, 0);
    }

    /** All of {@code bytes} more for {@code task}, or nothing. Evicted storage is counted as gone at once. */
    public Grant acquire(int task, long bytes) {
        long held = heldByTask.get(task);
        long wanted = held + bytes;
        long moreLent = overGuarantee(wanted) - overGuarantee(held);
        long free = freeBytes();
        long evict = Math.max(0, moreLent - free);
        if (moreLent > 0 && (wanted > fairShare() || evict > evictableBytes())) {
            return Grant.REFUSED;
        }
        heldByTask.put(task, wanted);
        lentBytes += moreLent;
        storageBytes -= evict;
        return evict == 0 ? Grant.FREE : new Grant(true, evict);
    }

    public void release(int task, long bytes) {
        long held = heldByTask.get(task);
        if (bytes > held) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "task " + task + " gives back " + bytes + " bytes and holds " + held);
        }
        heldByTask.put(task, held - bytes);
        lentBytes -= overGuarantee(held) - overGuarantee(held - bytes);
    }

    /** Room for a stored block, if it is free. */
    public boolean acquireStorage(long bytes) {
        if (bytes > freeBytes()) {
            return false;
        }
        storageBytes += bytes;
        return true;
    }

    public void releaseStorage(long bytes) {
        storageBytes -= bytes;
    }

    public long held(int task) {
        return heldByTask.get(task);
    }

    public long guaranteedBytes() {
        return guaranteedBytes;
    }

    public long poolBytes() {
        return poolBytes;
    }

    public long storageBytes() {
        return storageBytes;
    }

    /** What nobody holds and no slot is guaranteed. */
    public long freeBytes() {
        return poolBytes - guaranteedBytes * slots - lentBytes - storageBytes;
    }

    private long evictableBytes() {
        return Math.max(0, storageBytes - protectedStorageBytes);
    }

    private long fairShare() {
        long forExecution = poolBytes - Math.min(storageBytes, protectedStorageBytes);
        return Math.max(guaranteedBytes, forExecution / Math.max(1, heldByTask.size()));
    }

    private long overGuarantee(long held) {
        return Math.max(0, held - guaranteedBytes);
    }
}
