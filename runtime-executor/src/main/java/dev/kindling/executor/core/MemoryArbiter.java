package dev.kindling.executor.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides who gets how much of the executor's page memory. Pure: no lock, no clock; {@code MemoryPool} puts a lock
 * around it.
 *
 * <p>The pool is shared by execution (what running attempts hold) and storage (blocks kept in memory). Each slot has a
 * guaranteed share that is never lent: together a quarter of the pool. The rest is lent to whoever asks first. Storage
 * takes what is free; execution takes what is free and then has storage evicted, but not below half of the pool.
 * Storage never has execution evicted. Nobody ever waits: an answer is yes or no.
 *
 * <p>Of what execution can have, an attempt gets at most an equal part among those that run, and never so much that
 * another slot could not get half of its equal part: with N attempts on N slots, each has from 1/2N to 1/N of it,
 * whoever came first. What storage has taken meanwhile, down to its protected half, is no longer execution's.
 *
 * <p>A task that does not stop when it is told to may outlive its slot: the one that comes beyond the slots then has no
 * guarantee until one of the others ends, and lives from what is lent.
 *
 * <p>Invariant: sum over tasks of max(held, their guarantee) + guarantee x idle slots + storage &lt;= pool.
 */
public final class MemoryArbiter {
    private final Set<PlantedBug> bugs;
    private final long poolBytes;
    private final int slots;
    private final long guaranteedBytes;
    private final long protectedStorageBytes;
    private final Map<Integer, Account> accounts = new TreeMap<>();
    private long storageBytes;
    private long lentBytes;
    private int guaranteedTasks;

    private static final class Account {
        private long heldBytes;
        private long guaranteedBytes;

        private long lentBytes() {
            return Math.max(0, heldBytes - guaranteedBytes);
        }
    }

    public MemoryArbiter(long poolBytes, int slots) {
        this(poolBytes, slots, PlantedBug.NONE);
    }

    MemoryArbiter(long poolBytes, int slots, Set<PlantedBug> bugs) {
        this.bugs = bugs;
        if (poolBytes < slots || slots < 1) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES, poolBytes + " bytes of page memory for " + slots + " task slots");
        }
        this.poolBytes = poolBytes;
        this.slots = slots;
        this.guaranteedBytes = poolBytes / 4 / slots;
        this.protectedStorageBytes = poolBytes / 2;
    }

    /** Lets task {@code task} in, holding nothing. */
    public void open(int task) {
        Account account = new Account();
        if (accounts.putIfAbsent(task, account) != null) {
            throw new KindlingException(ErrorCode.INTERNAL, "task " + task + " has its memory twice");
        }
        if (guaranteedTasks < slots) {
            guarantee(account);
        }
    }

    private void guarantee(Account account) {
        lentBytes -= account.lentBytes();
        account.guaranteedBytes = guaranteedBytes;
        lentBytes += account.lentBytes();
        guaranteedTasks++;
    }

    /** Takes back all that {@code task} held; a task without a guarantee gets its one. */
    public void close(int task) {
        Account account = accounts.remove(task);
        if (account == null) {
            return;
        }
        lentBytes -= bugs.contains(PlantedBug.GRANT_LEAKED) ? 0 : account.lentBytes();
        if (account.guaranteedBytes == 0) {
            return;
        }
        guaranteedTasks--;
        for (Account other : accounts.values()) {
            if (other.guaranteedBytes == 0) {
                guarantee(other);
                return;
            }
        }
    }

    /**
     * How an execution request was decided: granted, or refused; with {@code evictBytes}, refused until that much
     * storage has been given back, and worth asking again then.
     */
    public record Grant(boolean isGranted, long evictBytes) {
        static final Grant REFUSED = new Grant(false, 0);
        static final Grant GRANTED = new Grant(true, 0);
    }

    /** All of {@code bytes} more for {@code task}, or nothing. */
    public Grant acquire(int task, long bytes) {
        Account account = accounts.get(task);
        long wanted = account.heldBytes + bytes;
        long moreLent = Math.max(0, wanted - account.guaranteedBytes) - account.lentBytes();
        long evict = Math.max(0, moreLent - freeBytes());
        if (bugs.contains(PlantedBug.GRANT_BEYOND_POOL)) {
            account.heldBytes = wanted;
            lentBytes += moreLent;
            return Grant.GRANTED;
        }
        if (moreLent > 0 && (wanted > fairShare() || evict > evictableBytes())) {
            return Grant.REFUSED;
        }
        if (moreLent > 0 && wanted > leastShare() && moreLent > freeBytes() + evictableBytes() - keptFor(account)) {
            return Grant.REFUSED;
        }
        if (evict > 0) {
            return new Grant(false, evict);
        }
        account.heldBytes = wanted;
        lentBytes += moreLent;
        return Grant.GRANTED;
    }

    public void release(int task, long bytes) {
        Account account = accounts.get(task);
        if (bytes > account.heldBytes) {
            throw new KindlingException(
                    ErrorCode.INTERNAL,
                    "task " + task + " gives back " + bytes + " bytes and holds " + account.heldBytes);
        }
        lentBytes -= account.lentBytes();
        account.heldBytes -= bytes;
        lentBytes += account.lentBytes();
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
        return accounts.get(task).heldBytes;
    }

    /** What {@code task} can have in any case, now: a task beyond the slots gets its guarantee later. */
    public long guaranteedBytes(int task) {
        return accounts.get(task).guaranteedBytes;
    }

    /** The share of a slot. */
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

    private long forExecution() {
        return poolBytes - Math.min(storageBytes, protectedStorageBytes);
    }

    private long fairShare() {
        return Math.max(guaranteedBytes, forExecution() / Math.max(1, accounts.size()));
    }

    /** Half of an equal part: what each slot can have, as long as storage does not take it. */
    private long leastShare() {
        return Math.max(guaranteedBytes, forExecution() / (2L * slots));
    }

    /** What the others, running or to come, lack to their least shares. */
    private long keptFor(Account asking) {
        long least = leastShare();
        long kept = (slots - guaranteedTasks) * (least - guaranteedBytes);
        for (Account other : accounts.values()) {
            if (other != asking && other.guaranteedBytes > 0) {
                kept += Math.max(0, least - Math.max(other.heldBytes, other.guaranteedBytes));
            }
        }
        return kept;
    }

    /** The most a task can have while as many run as now, should all of it be free. */
    public long shareBytes() {
        long others = (slots - 1) * leastShare();
        return Math.max(guaranteedBytes, Math.min(fairShare(), forExecution() - others));
    }
}
